using System.Diagnostics; using Sed.Core.Networks.Kernels; using Sed.Core.Runtime; using TorchSharp; using static TorchSharp.torch;
Torch.Initialize(); if(args.Length>2) Crew.Size=int.Parse(args[2]);

int batch=int.Parse(args.ElementAtOrDefault(0)??"32");
BlockShape[] all=[new(1,48,40,5,500,1e-5,.1,.15),new(48,48,8,4,500,1e-5,.1,.15),new(48,48,2,2,500,1e-5,.1,.15)];
// measured matmul rate
{ using var s=NewDisposeScope(); var a=randn(2048,2048);var b=randn(2048,2048); matmul(a,b); double best=0; for(int i=0;i<8;i++){var w=Stopwatch.StartNew(); matmul(a,b).Dispose(); best=Math.Max(best,2.0*2048*2048*2048/w.Elapsed.TotalSeconds/1e9);} Console.WriteLine($"torch matmul {best:F0} GF"); }
for(int n=1;n<=3;n++){
 using var s=NewDisposeScope();
 var shapes=all[..n]; var pars=shapes.SelectMany(b=>new[]{randn(b.Filters,b.Channels,3,3)*0.1,randn(b.Filters),ones(b.Filters),zeros(b.Filters)}).Select(t=>t.requires_grad_()).ToArray();
 var run=shapes.SelectMany(b=>new[]{zeros(b.Filters),ones(b.Filters)}).ToArray();
 { var maps=new FirstBlock(shapes[0]).Bordered(randn(1,500,40)); double m=1e9; unsafe { for(int i=0;i<300;i++){var w=Stopwatch.StartNew(); PatchMoments.Of(Lanes.Memory<float>(maps),1,500,40); m=Math.Min(m,w.Elapsed.TotalMilliseconds);} } Console.WriteLine($"moments {m:F3}"); }
 var trunk=new ConvolutionTrunk(shapes); var x=randn(batch,500,40);
 double bf=1e9,bb=1e9,cf=1e9,cb=1e9; var me=Process.GetCurrentProcess(); double Cpu(){me.Refresh();return me.TotalProcessorTime.TotalMilliseconds;}
 for(int i=0;i<int.Parse(args[1]);i++){ using var t=NewDisposeScope(); var c=Cpu(); var w=Stopwatch.StartNew(); var y=trunk.Train(x,pars,run,[1,2,3]); var f=w.Elapsed.TotalMilliseconds; var fc=Cpu()-c; var g=ones_like(y); c=Cpu(); w.Restart(); y.backward([g]); var b=w.Elapsed.TotalMilliseconds; var bc=Cpu()-c; bf=Math.Min(bf,f);bb=Math.Min(bb,b);cf=Math.Min(cf,fc);cb=Math.Min(cb,bc); foreach(var p in pars)p.grad=null; }
 Console.WriteLine($"{n} blocks: wall forward {bf/batch:F3} backward {bb/batch:F3} | cpu forward {cf/batch:F3} backward {cb/batch:F3} ms/clip");
}
