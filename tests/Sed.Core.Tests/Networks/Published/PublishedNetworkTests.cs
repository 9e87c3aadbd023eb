using System.Diagnostics;
using System.Runtime.CompilerServices;
using Sed.Core.Features.LogMel;
using Sed.Core.Networks;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Tests.Metrics;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Published;

/// <summary>
/// Published networks with their authors' weights have the authors' outputs. The weights are not in the repository: the
/// tests of weights are skipped without them.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class PublishedNetworkTests(ITestOutputHelper log)
{
    [Theory]
    [InlineData("Cnn6", 4_837_455)]
    [InlineData("Cnn10", 5_219_279)]
    [InlineData("Cnn14", 80_753_615)]
    [InlineData("Cnn14DecisionLevelMax", 80_753_615)]
    [InlineData("CDur", 682_867)]
    [InlineData("mn04", 983_599)]
    [InlineData("KongMean", 4_694_993)]
    [InlineData("KongGru", 5_886_434)] // 34 of the authors' 5,886,468 parameters are unused
    [InlineData("KongTransformer", 5_754_338)] // 1,058 of the authors' 5,755,396 parameters are unused
    [InlineData("Wang", 936_041)]
    [InlineData("Desed2022", 1_112_420)]
    [InlineData("Desed2024", 1_119_238)]
    [InlineData("Nam2022", 11_061_468)]
    [InlineData("Nam2023", 4_547_988)]
    [InlineData("Nam2024", 11_061_468)]
    public void Networks_have_the_published_numbers_of_parameters(string name, long parameters) =>
        Assert.Equal(parameters, Named(name, 1000).Description.Parameters);

    [Fact]
    public void The_voice_activity_teacher_of_Dinkel_et_al_has_the_authors_outputs()
    {
        var reference = Reference("gpvad_teacher1_reference.npz");
        var weights = Saved("gpvad_teacher1.pth");
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var network = PublishedNetwork.Cdur(frames: 200).With(weights, "gpvad_teacher1.pth");
        foreach (var kernels in new[] { true, false })
        {
            network.UseKernels = kernels;
            var output = network.call(Values(reference["features"]));
            Close("strong", reference["strong"], output.Strong, 1e-5);
            Close("weak", reference["weak"], output.Weak, 1e-5);
        }
    }

    [Fact]
    public void A_MobileNet_of_EfficientAT_has_the_authors_tags_for_samples()
    {
        var reference = Reference("mn04_reference.npz");
        var weights = Saved("mn04_as.pt");
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using LogMelExtractor extractor = new(LogMelOptions.EfficientAt);
        var logMel = extractor.Extract(Values(reference["samples"]));
        using var network = MobileNets.Of(0.4, (int)logMel.shape[1]).With(weights, "mn04_as.pt");
        var tags = network.call(logMel).Weak.to(float64);
        Close("tags", reference["tags"], (tags / tags.neg().add(1)).log(), 1e-4);
    }

    /// <summary>
    /// Reads what published.py, dcase2017.py and desed.py of tools/reference wrote with the authors' code: CDur with the
    /// weights of DCASE 2017 Task 4, the other networks with random weights.
    /// </summary>
    [Theory]
    [InlineData("Cnn6")]
    [InlineData("Cnn10")]
    [InlineData("Cnn14")]
    [InlineData("Cnn14DecisionLevelMax")]
    [InlineData("CDur")]
    [InlineData("KongMean")]
    [InlineData("KongGru")]
    [InlineData("KongTransformer")]
    [InlineData("Wang")]
    [InlineData("Desed2022")]
    [InlineData("Desed2024")]
    [InlineData("Nam2022")]
    [InlineData("Nam2023")]
    [InlineData("Nam2024")]
    public void A_network_has_the_outputs_of_its_authors_code(string name)
    {
        var folder = SharedFolder.Require("models", "published");
        Assert.SkipUnless(File.Exists(Path.Combine(folder, $"{name}.npz")), $"{folder} has no weights of {name}.");
        var reference = NumpyArchive.Read(Path.Combine(folder, $"{name}_reference.npz"));
        var weights = NumpyArchive.Read(Path.Combine(folder, $"{name}.npz"));
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var features = Values(reference["features"]);
        using var network = Named(name, (int)features.shape[1]).With(weights, name);
        // The classes that the corpus of each clip annotates. The authors' outputs of other classes are 0.
        var annotated = reference.TryGetValue("annotated", out var classes) ? Values(classes) : null;
        foreach (var kernels in new[] { true, false })
        {
            network.UseKernels = kernels;
            var output = network.call(features, OutputMask.Of(null, annotated));
            Close("weak", reference["weak"], annotated is null ? output.Weak : output.Weak * annotated, 1e-5);
            if (reference.TryGetValue("strong", out var strong))
                Close(
                    "strong",
                    strong,
                    annotated is null ? output.Strong : output.Strong * annotated.unsqueeze(1),
                    1e-5
                );
        }
    }

    private static PublishedNetwork Named(string name, int frames) =>
        name switch
        {
            "Cnn6" => PublishedNetwork.Cnn6(frames),
            "Cnn10" => PublishedNetwork.Cnn10(frames),
            "Cnn14" => PublishedNetwork.Cnn14(frames),
            "Cnn14DecisionLevelMax" => PublishedNetwork.Cnn14DecisionLevelMax(frames),
            "CDur" => PublishedNetwork.Cdur(frames, 17, poolsInterpolated: false),
            "KongMean" => TaskNetworks.KongMean(frames),
            "KongGru" => TaskNetworks.KongGru(frames),
            "KongTransformer" => TaskNetworks.KongTransformer(frames),
            "Wang" => TaskNetworks.Wang(frames),
            "Desed2022" => DesedNetworks.Baseline2022(frames),
            "Desed2024" => DesedNetworks.Baseline2024(frames),
            "Nam2022" => DesedNetworks.Nam2022(frames),
            "Nam2023" => DesedNetworks.Nam2023(frames),
            "Nam2024" => DesedNetworks.Nam2024(frames),
            _ => MobileNets.Of(0.4, frames),
        };

    private void Close(string what, NumpyArray expected, Tensor found, double tolerance)
    {
        var reference = Values(expected);
        Assert.Equal(reference.shape, found.shape);
        var difference = (reference - found).abs().max().to(float64).item<double>();
        log.WriteLine($"{what}: largest difference {difference:E1}");
        Assert.InRange(difference, 0, tolerance);
    }

    private static Tensor Values(NumpyArray array)
    {
        long[] shape = [.. array.Shape.Select(size => (long)size)];
        return tensor(array.Floats.ToArray(), shape);
    }

    private static IReadOnlyDictionary<string, NumpyArray> Reference(string file) =>
        NumpyArchive.Read(Path.Combine(SharedFolder.Require("models"), file));

    /// <summary>
    /// Weights that PyTorch saved, converted by tools/reference/weights.py. Skips the test without PyTorch. SED_PYTHON is
    /// the path of a Python with PyTorch; default /usr/bin/python3.
    /// </summary>
    private static IReadOnlyDictionary<string, NumpyArray> Saved(string file, [CallerFilePath] string source = "")
    {
        Torch.Initialize();
        var weights = Path.Combine(SharedFolder.Require("models"), file);
        var python = Environment.GetEnvironmentVariable("SED_PYTHON") ?? "/usr/bin/python3";
        using TemporaryFolder folder = new();
        var script = Path.Combine(Path.GetDirectoryName(source)!, "../../../../tools/reference/weights.py");
        var converted = folder.File("weights.npz");
        using var process = File.Exists(python) ? Process.Start(python, [script, weights, converted]) : null;
        process?.WaitForExit();
        Assert.SkipUnless(
            process?.ExitCode == 0,
            $"{python} could not convert the weights; it needs PyTorch and NumPy (Debian: python3-torch)."
        );
        return NumpyArchive.Read(converted);
    }
}
