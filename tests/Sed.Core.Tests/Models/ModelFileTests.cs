using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Sed.Core.Detection.Steps;
using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Tests.Models;

[Collection(TorchCollection.Name)]
public sealed class ModelFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_survives_writing_and_reading_and_is_rewritten_byte_for_byte()
    {
        var model = SmallModel.Make(members: 2);
        var (first, second) = (folder.File("first.sed"), folder.File("second.sed"));
        ModelFile.Write(first, model);
        var read = ModelFile.Read(first);
        ModelFile.Write(second, read);

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.Equal(model.Classes, read.Classes);
        Assert.Equal(model.Features, read.Features);
        Assert.Equal(model.Network.Summary(), read.Network.Summary());
        Assert.Equal(model.Detection.Steps, read.Detection.Steps);
        Assert.Equal(["seed 1", "seed 2"], read.Members.Select(member => member.Name));
        Assert.Equal(0.52, read.Members[1].Scores["Testing"]["weak F"]);
        Assert.Equal(model.Members[1].Statistics.Means, read.Members[1].Statistics.Means);
        foreach (var (name, array) in model.Members[1].Weights)
            Assert.Equal(array.Bytes, read.Members[1].Weights[name].Bytes);
    }

    [Fact]
    public void A_model_that_is_no_better_than_a_constant_prediction_is_marked_in_its_file()
    {
        var plain = SmallModel.Make();
        ModelFile.Write(folder.File("plain.sed"), plain);
        ModelFile.Write(folder.File("marked.sed"), plain with { IsNoBetterThanConstant = true });
        Assert.False(ModelFile.Read(folder.File("plain.sed")).IsNoBetterThanConstant);
        Assert.DoesNotContain("noBetterThanConstant", File.ReadAllText(folder.File("plain.sed"), Encoding.Latin1));
        using var marked = SedModel.Load(folder.File("marked.sed"), device: "cpu");
        Assert.True(marked.IsNoBetterThanConstant);
    }

    [Fact]
    public void A_network_read_from_a_file_has_the_outputs_of_the_saved_one()
    {
        var model = SmallModel.Make();
        ModelFile.Write(folder.File("m.sed"), model);
        using var scope = torch.NewDisposeScope();
        using var saved = model.Build(0);
        using var read = ModelFile.Read(folder.File("m.sed")).Build(0);
        using var noGradients = torch.no_grad();
        var clip = torch.randn(2, 25, 8);
        Assert.Equal(saved.call(clip).Strong.data<float>().ToArray(), read.call(clip).Strong.data<float>().ToArray());
    }

    public static TheoryData<Type> Kinds() =>
        [
            .. new[] { typeof(Layer), typeof(WeakOutput), typeof(DecodingStep) }
                .SelectMany(kind => kind.GetNestedTypes().Where(type => type.IsSubclassOf(kind)))
                .Where(ModelJson.IsData),
        ];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_layer_weak_output_step_and_feature_kind_survives_writing_and_reading(Type kind)
    {
        var example = Example(kind);
        var text = JsonSerializer.Serialize(example, kind.BaseType!, ModelJson.Options);
        var read = JsonSerializer.Deserialize(text, kind.BaseType!, ModelJson.Options);

        Assert.StartsWith($"{{\n  \"kind\": \"{KeyContract.Of(kind)!.Name}\"", text, StringComparison.Ordinal);
        Assert.Equal(kind, read!.GetType());
        Assert.Equal(text, JsonSerializer.Serialize(read, kind.BaseType!, ModelJson.Options));
        foreach (var property in kind.GetProperties().Where(property => property.PropertyType.IsValueType))
            if (property.CanWrite)
                Assert.Equal(property.GetValue(example), property.GetValue(read));
    }

    /// <summary>A value of a kind whose constructor arguments all differ from their defaults.</summary>
    private static object Example(Type type) =>
        type switch
        {
            _ when type == typeof(int) => 3,
            _ when type == typeof(double) => 0.375,
            _ when type == typeof(bool) => true,
            _ when type == typeof(string) => "a name",
            { IsEnum: true } => Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!,
            _ when type.IsAssignableFrom(typeof(Layer[])) => new Layer[] { new Layer.Convolution(3) },
            _ when type.IsAssignableFrom(typeof(string[])) => new[] { "one", "two" },
            _ when type.IsAssignableFrom(typeof(int[])) => new[] { 3, 5 },
            _ when type.IsAssignableFrom(typeof(double[])) => new[] { 0.375, 0.625 },
            _ => type.GetConstructors() is [var one, ..]
                ? one.Invoke([.. one.GetParameters().Select(parameter => Example(parameter.ParameterType))])
                : throw new InvalidOperationException($"Give an example of a {type}."),
        };

    [Fact]
    public void The_names_in_a_file_are_stable()
    {
        const string Text = """
            {
              "layers": [
                { "kind": "convolution", "filters": 48, "kernelFrames": 3, "kernelBands": 3 },
                { "kind": "bandPooling", "bands": 5 },
                { "kind": "bidirectionalGru", "units": 32, "merge": "multiply" },
                { "kind": "dense", "units": 64, "activation": "linear" }
              ],
              "frames": 500,
              "bands": 40,
              "classes": 17,
              "dropout": 0.15,
              "weak": { "kind": "denseOverFrames" }
            }
            """;
        var read = JsonSerializer.Deserialize<NetworkDescription>(Text, ModelJson.Options)!;

        Assert.Equal(
            "500 frames of 40 bands; conv 48 3x3, pool 5, biGru 32 multiply, dense 64; 17 classes, "
                + "dense over all frames; dropout 0.15",
            read.Summary()
        );
    }

    /// <summary>Model files that an earlier state of the source wrote stay readable.</summary>
    [Fact]
    public void The_golden_model_file_is_read()
    {
        var model = ModelFile.Read(Path.Combine(AppContext.BaseDirectory, "Models", "Golden", "baseline.sed"));
        Assert.Equal(17, model.Classes.Count);
        Assert.Equal(13_467, model.Network.Parameters);
        Assert.Equal(0.04, model.Features.HopSeconds);
        using var network = model.Build(0);
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var output = network.call(torch.zeros(1, model.Network.Frames, model.Network.Bands));
        Assert.Equal([1, model.Network.OutputFrames, 17], output.Strong.shape);
    }

    [Fact]
    public void A_custom_layer_cannot_be_saved()
    {
        var model = SmallModel.Make(1, new Layer.Dense(4, Activation.Relu));
        var custom = new Layer.Custom("tcn", 1, 4, width => torch.nn.Linear(width, 4));
        var refused = Assert.Throws<ArgumentException>(() =>
            ModelFile.Write(folder.File("m.sed"), model with { Network = model.Network with { Layers = [custom] } })
        );
        Assert.StartsWith(
            "network: the layer tcn version 1, 4 units is defined by code in a script, which a model file cannot contain; "
                + "use built-in layers, or keep the script and the trial folder instead of a model file",
            refused.Message,
            StringComparison.Ordinal
        );
        Assert.False(File.Exists(folder.File("m.sed")));
    }

    [Fact]
    public void All_problems_of_a_model_are_reported()
    {
        var model = SmallModel.Make(members: 2);
        var weights = model.Members[0].Weights.ToDictionary();
        weights["strong.bias"] = NumpyArray.Of([float.NaN, 0f]);
        var wrong = model with
        {
            ClipSeconds = 2,
            Members = [model.Members[0] with { Weights = weights }, model.Members[1] with { Name = "seed 1" }],
        };
        Assert.Equal(
            [
                "a clip of 2 s has 50 frames, but the network's input has 25",
                "seed 1: 2 members have this name",
                "seed 1: strong.bias has values that are not finite",
            ],
            wrong.Problems().Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void NumPy_reads_the_file()
    {
        const string Script = """
            import sys
            try:
                import numpy
            except ImportError:
                sys.exit(77)
            with numpy.load(sys.argv[1]) as model:
                print(*[name for name in model if not name.startswith("1/weights")])
                weights = [name for name in model if name.startswith("1/weights")]
                print(len(weights), sum(model[name].size for name in weights), *sorted({str(model[name].dtype) for name in weights}))
                print(*model["1/means"])
                print(model["model.json"][:15])
            """;
        var saved = SmallModel.Make();
        ModelFile.Write(folder.File("m.sed"), saved);
        using var python = Start(Environment.GetEnvironmentVariable("SED_PYTHON") ?? "/usr/bin/python3");
        python.StandardInput.Write(Script);
        python.StandardInput.Close();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Assert.SkipWhen(python.ExitCode == 77, Requirement);
        var weights = saved.Members[0].Weights;
        Assert.Equal(
            $$"""
            model.json 1/means 1/deviations
            {{weights.Count}} {{weights.Values.Sum(array =>
                array.Shape.Aggregate(1L, (all, size) => all * size)
            )}} float32 int64
            {{string.Join(' ', saved.Members[0].Statistics.Means.Select(mean => FormattableString.Invariant($"{mean:F1}")))}}
            b'{\n  "layout": 2'

            """.ReplaceLineEndings(
                "\n"
            ),
            output
        );
    }

    private const string Requirement =
        "Needs NumPy (Debian: python3-numpy); SED_PYTHON names the Python that has it, /usr/bin/python3 by default.";

    private Process Start(string python)
    {
        try
        {
            return Process.Start(
                new ProcessStartInfo(python, ["-", folder.File("m.sed")])
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                }
            )!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip(Requirement);
            throw;
        }
    }

    [Fact]
    public void The_file_starts_with_the_description_and_names_arrays_by_member()
    {
        ModelFile.Write(folder.File("m.sed"), SmallModel.Make());
        using var archive = System.IO.Compression.ZipFile.OpenRead(folder.File("m.sed"));
        var first = archive.Entries[0];
        Assert.Equal("model.json", first.FullName);
        Assert.StartsWith(
            "{\n  \"layout\": 2,",
            Encoding.UTF8.GetString(NumpyArchive.BytesOf(first)),
            StringComparison.Ordinal
        );
        Assert.Equal(
            ["1/means.npy", "1/deviations.npy"],
            archive
                .Entries.Select(entry => entry.FullName)
                .Where(name =>
                    name.StartsWith("1/", StringComparison.Ordinal)
                    && !name.Contains("weights", StringComparison.Ordinal)
                )
        );
    }
}
