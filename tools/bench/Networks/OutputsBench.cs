using System.Diagnostics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>Trains a network for a few steps, exports it, and compares its outputs with PyTorch's outputs.</summary>
internal static class OutputsBench
{
    public static int Run(string python)
    {
        using var scope = NewDisposeScope();
        using var step = new TrainStep(batch: 8);
        for (var i = 0; i < 20; i++)
            step.Run();
        step.Network.eval();
        using var noGradients = no_grad();
        var clips = randn(8, 500, 40);
        var output = step.Network.call(clips);
        var folder = Directory.CreateTempSubdirectory("sed-outputs-").FullName;
        var network = Path.Combine(folder, "network");
        var outputs = Path.Combine(folder, "outputs.npz");
        step.Export(network);
        NumpyArchive.Write(
            outputs,
            new Dictionary<string, NumpyArray>
            {
                ["clips"] = NumpyArray.Of(clips),
                ["strong"] = NumpyArray.Of(output.Strong),
                ["weak"] = NumpyArray.Of(output.Weak),
            }
        );
        var script = Path.Combine("tools", "reference", "compare_outputs.py");
        using var process = Process.Start(python, [script, network, outputs]);
        process.WaitForExit();
        Directory.Delete(folder, recursive: true);
        return process.ExitCode;
    }
}
