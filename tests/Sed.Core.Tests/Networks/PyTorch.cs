using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

/// <summary>
/// Outputs and gradients of PyTorch's modules for networks that cover every layer and weak output, in random sizes. One
/// run of tools/reference/gradients.py computes all of them. SED_PYTHON is the path of a Python with PyTorch; default
/// /usr/bin/python3.
/// </summary>
public sealed class PyTorch : IDisposable
{
    private const int Sizes = 3;
    private readonly TemporaryFolder folder = new();
    private readonly string? missing;

    internal static Dictionary<string, NetworkDescription> Networks { get; } =
        Enumerable
            .Range(1, Sizes)
            .SelectMany(number =>
                EveryLayer.Names.Select(name => ($"{name} {number}", Network: EveryLayer.Of(name, number)))
            )
            .Concat(EveryWeakOutput.All.Select(weak => (weak.Summary, Network: EveryLayer.With(weak))))
            .ToDictionary(entry => entry.Item1, entry => entry.Network);

    public PyTorch()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        foreach (var (name, description) in Networks)
        {
            random.manual_seed(1);
            using SedNetwork network = new(description);
            Disturb(network);
            var (clips, frames) = (2 + name.Length % 5, description.OutputFrames);
            File.WriteAllText(Path(name, "json"), CanonicalKey.Text(description));
            NetworkWeights.Write(network, Path(name, "npz"));
            NumpyArchive.Write(
                Path(name, "batch.npz"),
                new Dictionary<string, NumpyArray>
                {
                    ["clips"] = NumpyArray.Of(randn(clips, description.Frames, description.Bands)),
                    ["strong"] = NumpyArray.Of(randn(clips, frames, description.Classes)),
                    ["weak"] = NumpyArray.Of(randn(clips, description.Classes)),
                }
            );
        }
        missing = Run();
    }

    /// <summary>A network's batch and PyTorch's results for it; skips the test without PyTorch.</summary>
    internal (IReadOnlyDictionary<string, NumpyArray> Batch, IReadOnlyDictionary<string, NumpyArray> Expected) Of(
        string name
    )
    {
        Assert.SkipWhen(missing is not null, missing ?? "");
        return (NumpyArchive.Read(Path(name, "batch.npz")), NumpyArchive.Read(Path(name, "torch.npz")));
    }

    /// <summary>The network with the weights that PyTorch received.</summary>
    internal SedNetwork Network(string name)
    {
        SedNetwork network = new(Networks[name]);
        NetworkWeights.Read(network, Path(name, "npz"));
        return network;
    }

    public void Dispose() => folder.Dispose();

    private string Path(string name, string extension) => folder.File($"{name.Replace(' ', '-')}.{extension}");

    /// <summary>
    /// Perturbs parameters that are initialised to 0 or 1, so that using them incorrectly changes the results.
    /// </summary>
    private static void Disturb(SedNetwork network)
    {
        using var noGradients = no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            if (parameter.dim() == 1)
                parameter.add_(randn(parameter.shape) * 0.3);
    }

    /// <summary>Runs PyTorch; returns why it is unavailable, or null.</summary>
    private string? Run([CallerFilePath] string source = "")
    {
        var python = Environment.GetEnvironmentVariable("SED_PYTHON") ?? "/usr/bin/python3";
        const string remedy =
            "Needs PyTorch and NumPy (Debian: python3-torch); SED_PYTHON names the Python that has them.";
        if (!File.Exists(python) || !Execute(python, "-c", "import torch, numpy").Succeeded)
            return $"{python} has no PyTorch. {remedy}";
        var script = System.IO.Path.Combine(
            System.IO.Path.GetDirectoryName(source)!,
            "../../../tools/reference/gradients.py"
        );
        var (succeeded, errors) = Execute(python, script, folder.Path);
        return succeeded ? null : throw new InvalidOperationException($"{python} {script} failed:\n{errors}");
    }

    private static (bool Succeeded, string Errors) Execute(string python, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(python, arguments) { RedirectStandardError = true, RedirectStandardOutput = true }
        )!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode == 0, errors);
    }
}
