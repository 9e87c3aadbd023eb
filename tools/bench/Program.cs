using System.Diagnostics; using Sed.Core.Networks.Kernels; using Sed.Core.Networks; using Sed.Core.Runtime; using TorchSharp; using static TorchSharp.torch; using Sed.Core.Training;
if (Sed.Bench.DataBench.Ran(args)) return;
Torch.Initialize(); if(args[0]=="k"){KernelTimes.Run(int.Parse(args[1]),int.Parse(args[2]));return;}
int batch=int.Parse(args.ElementAtOrDefault(0)??"32"); int reps=int.Parse(args.ElementAtOrDefault(1)??"12"); bool fast=args.ElementAtOrDefault(2)!="plain";
double Rate(){ using var s=NewDisposeScope(); var a=randn(2048,2048);var b=randn(2048,2048); matmul(a,b); double best=0; for(int i=0;i<8;i++){var w=Stopwatch.StartNew(); matmul(a,b).Dispose(); best=Math.Max(best,2.0*2048*2048*2048/w.Elapsed.TotalSeconds/1e9);} return best;}
Console.WriteLine($"torch matmul {Rate():F0} GF");
using var net=new SedNetwork(NetworkDescription.Candidate218k()){UseKernels=fast}; net.train();
var loss=new TwoOutputLoss(1,1); using var adam=optim.Adam(net.parameters());
var x=randn(batch,500,40); var y=(rand(batch,17)<0.1).to(float32);
var me=Process.GetCurrentProcess(); double Cpu(){me.Refresh();return me.TotalProcessorTime.TotalMilliseconds;}
var names=new[]{"forward","loss","backward","adam"}; var best=new double[5]; var cpu=new double[5]; Array.Fill(best,1e9);Array.Fill(cpu,1e9);
for(int i=0;i<reps;i++){ using var t=NewDisposeScope(); int k=0; double total=0,totalC=0; var w=Stopwatch.StartNew(); var c=Cpu();
 void Lap(){ var e=w.Elapsed.TotalMilliseconds; var d=Cpu()-c; total+=e; totalC+=d; best[k]=Math.Min(best[k],e); cpu[k]=Math.Min(cpu[k],d); k++; c=Cpu(); w.Restart(); }
 adam.zero_grad(); var o=net.call(x); Lap(); var l=loss.Of(o,y); Lap(); l.backward(); Lap(); adam.step(); Lap();
 best[4]=Math.Min(best[4],total); cpu[4]=Math.Min(cpu[4],totalC); }
for(int k=0;k<4;k++) Console.WriteLine($"{names[k],10}: wall {best[k]/batch:F3} cpu {cpu[k]/batch:F3} ms/clip");
Console.WriteLine($"step: wall {best[4]/batch:F3} cpu {cpu[4]/batch:F3} ms/clip: {batch/best[4]*1e3:F1} clips/s; torch matmul after {Rate():F0} GF");
