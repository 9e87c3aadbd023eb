using System.Diagnostics;
using System.Globalization;
using Sed.Core.Features.LogMel;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>
/// Measures on a GPU the speed of feature extraction, and that of training the 218k network in each precision. The speed of
/// training is compared with PyTorch. On the CPU, this is a dry run with few clips, and the figures are meaningless.
/// </summary>
internal static class GpuBench
{
    private const int Epoch = 51_172;
    private const double EpochTarget = 10; // seconds

    public static int Run(string python, bool onCpu)
    {
        if (!onCpu && !cuda.is_available())
        {
            Console.WriteLine("There is no GPU:");
            foreach (var line in Devices.Describe())
                Console.WriteLine($"  {line}");
            Console.WriteLine("`gpu cpu` is a dry run on the CPU with a few clips.");
            return 0;
        }
        var on = Devices.Choose(onCpu ? "cpu" : "cuda");
        var (batches, steps) = onCpu ? (new[] { 2 }, 2) : ([32, 128, 512], 50);
        Print($"{(onCpu ? "dry run on the CPU" : Name())}; {Torch.Library}");
        Print($"log-mel: {LogMel(on, onCpu ? 2 : 64, steps):F0} clips/s");
        var fastest = 0.0;
        var behind = 0;
        foreach (var precision in Precisions(onCpu))
        foreach (var batch in batches)
        {
            var ours = Train(on, batch, steps, precision);
            var theirs = Theirs(python, on, batch, steps, precision);
            fastest = Math.Max(fastest, ours);
            behind += theirs > ours ? 1 : 0;
            var peer = theirs > 0 ? $"PyTorch {theirs:F0}, {ours / theirs:F2} times" : "PyTorch is not available";
            Print($"{precision, -8} batch {batch, 3}: {ours:F0} clips/s; {peer}{Memory(onCpu)}");
        }
        Print(
            $"an epoch of {Epoch} clips at the highest rate: {Epoch / fastest:F1} s (target on an H100: at most {EpochTarget:F0})"
        );
        return onCpu || behind == 0 ? 0 : 1;
    }

    private static string[] Precisions(bool onCpu) => onCpu ? ["float32", "bfloat16"] : ["float32", "tf32", "bfloat16"];

    private static double LogMel(Device on, int batch, int steps)
    {
        using var extractor = new LogMelExtractor(LogMelOptions.Dcase2017, on);
        using var waveforms = randn(batch, 10 * LogMelOptions.Dcase2017.SampleRate, device: on);
        extractor.Extract(waveforms).Dispose();
        return batch * Rate(on, steps, () => extractor.Extract(waveforms).Dispose());
    }

    private static double Train(Device on, int batch, int steps, string precision)
    {
        Tf32(precision == "tf32");
        using var step = new TrainStep(batch, null, on, precision == "bfloat16");
        for (var i = 0; i < 3; i++)
            step.Run();
        return batch * Rate(on, steps, step.Advance);
    }

    private static void Tf32(bool allowed)
    {
        backends.cuda.matmul.allow_tf32 = allowed;
        backends.cudnn.allow_tf32 = allowed;
    }

    /// <summary>Steps per second, measured until the device has finished the last one.</summary>
    private static double Rate(Device on, int steps, Action step)
    {
        Finish(on);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < steps; i++)
            step();
        Finish(on);
        return steps / clock.Elapsed.TotalSeconds;
    }

    private static void Finish(Device on)
    {
        if (on.type == DeviceType.CUDA)
            cuda.synchronize();
    }

    /// <summary>PyTorch's clips per second for the same network and batch; 0 if PyTorch is not available.</summary>
    private static double Theirs(string python, Device on, int batch, int steps, string precision)
    {
        var folder = Directory.CreateTempSubdirectory("sed-gpu-").FullName;
        try
        {
            var file = Path.Combine(folder, "network");
            using (var step = new TrainStep(batch: 1))
                step.Export(file);
            string[] words =
            [
                Path.Combine("tools", "reference", "gpu_speed.py"),
                file,
                on.type == DeviceType.CUDA ? "cuda" : "cpu",
                precision,
                $"{batch}",
                $"{steps}",
            ];
            using var process = Process.Start(
                new ProcessStartInfo(python, words) { RedirectStandardOutput = true, RedirectStandardError = true }
            )!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode == 0)
                return double.Parse(output, CultureInfo.InvariantCulture);
            Console.Error.WriteLine(errors.Result.Trim().Split('\n')[^1]);
            return 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Name() => Ask("name");

    private static string Memory(bool onCpu) => onCpu ? "" : $"; {Ask("memory.used")} of {Ask("memory.total")} used";

    private static string Ask(string what)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("nvidia-smi", [$"--query-gpu={what}", "--format=csv,noheader", "--id=0"])
                {
                    RedirectStandardOutput = true,
                }
            )!;
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
