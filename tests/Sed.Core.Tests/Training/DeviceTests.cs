using Sed.Core.Corpora;
using Sed.Core.Features.LogMel;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>
/// Runs the same computations on each available device. Results must equal those of the CPU within a tolerance and be
/// reproducible from the seed. For the CPU itself, a second run is compared with the first.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class DeviceTests
{
    private static readonly Hums hums = new();

    private static readonly Dictionary<string, (Func<Device, float[]> Work, double Tolerance)> works = new()
    {
        ["features"] = (Features, 1e-3),
        ["outputs"] = (Outputs, 1e-4),
        ["training without chance"] = Training(new TrainingOptions { Epochs = 2 }),
        ["augmentation"] = Training(
            new TrainingOptions { Epochs = 1, Augmentations = [new Mixup(0.3), new SpecAugment(5, 3)] }
        ),
        ["AMSGrad, stripes and mixup of pairs"] = Training(
            new TrainingOptions
            {
                Epochs = 1,
                Optimizer = new Optimizer.Adam(1e-3, IsAmsGrad: true),
                Augmentations = [new Stripes(2, 6, 2, 3), new MixupPairs(1)],
            }
        ),
        ["augmentations of the sound"] = Training(
            new TrainingOptions
            {
                Epochs = 1,
                Augmentations =
                [
                    new Overlay(0, 10),
                    new MixStyle(0.3),
                    new FrequencyWarp(0.6),
                    new Views([
                        new FilterAugment(-6, 6, FilterShape.Linear, 2, 3, 2),
                        new Noise(10, 20),
                        new FeatureNoise(10, 20),
                    ]),
                ],
            }
        ),
        ["interpolation consistency and ramp-up"] = Training(
            new TrainingOptions
            {
                Epochs = 2,
                Schedule = new Schedule.RampUp(1),
                MeanTeacher = new MeanTeacher { Decay = 0.9, RampUpEpochs = 1 },
                Interpolation = new Interpolation(1, IsAdded: true),
                TeacherMovesFirst = true,
            }
        ),
        // No output is near the thresholds, at which devices could differ.
        ["confident mean teacher"] = Training(
            new TrainingOptions
            {
                Epochs = 1,
                MeanTeacher = new MeanTeacher { Decay = 0.9, RampUpEpochs = 0 },
                Consistency = new Consistency.Confident(0.1, 0.1, 3),
            }
        ),
        ["evaluation"] = (Evaluated, 1e-4),
        ["saliency"] = (Salient, 1e-3),
    };

    public static TheoryData<string, string> WorksOnDevices
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (var work in works.Keys)
            {
                all.Add(work, "cpu");
                all.Add(work, "cuda");
            }
            return all;
        }
    }

    private static Device On(string name)
    {
        Torch.Initialize();
        Assert.SkipWhen(name == "cuda" && !cuda.is_available(), "No CUDA device is available.");
        var device = Devices.Choose(name);
        // TF32 has only ten bits of mantissa, so its results would differ from those of the CPU.
        backends.cuda.matmul.allow_tf32 = false;
        backends.cudnn.allow_tf32 = false;
        return device;
    }

    [Theory]
    [MemberData(nameof(WorksOnDevices))]
    public void Every_device_gives_the_results_of_the_CPU(string work, string name)
    {
        var on = On(name);
        var (run, tolerance) = works[work];
        var expected = run(CPU);
        var found = run(on);
        Assert.Equal(expected.Length, found.Length);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < found.Length; i++)
            Assert.True(
                Math.Abs(found[i] - expected[i]) <= (on.type == DeviceType.CPU ? 0 : tolerance * scale),
                $"value {i} is {found[i]} on {name} and {expected[i]} on the CPU"
            );
    }

    [Theory]
    [InlineData("cpu")]
    [InlineData("cuda")]
    public void Training_with_dropout_and_mixup_is_reproducible_from_the_seed(string name)
    {
        var on = On(name);
        var options = new TrainingOptions
        {
            Epochs = 2,
            BatchSize = 8,
            Augmentations = [new Mixup(0.3)],
            Seed = 3,
        };
        Assert.Equal(Trained(on, options, 0.2), Trained(on, options, 0.2));
    }

    private static float[] Features(Device on)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var waveforms = rand(3, LogMelOptions.Dcase2017.SampleRate) - 0.5f;
        using var extractor = new LogMelExtractor(LogMelOptions.Dcase2017, on);
        return Values(extractor.Extract(waveforms.to(on)));
    }

    private static SedNetwork Network(Device on, double dropout)
    {
        random.manual_seed(2);
        var network = new SedNetwork(hums.Network with { Dropout = dropout });
        network.to(on);
        return network;
    }

    private static float[] Outputs(Device on)
    {
        using var scope = NewDisposeScope();
        using var network = Network(on, 0);
        network.eval();
        using var noGradients = no_grad();
        var output = network.call(Clip(4).to(on));
        return [.. Values(output.Strong), .. Values(output.Weak)];
    }

    /// <summary>Training without dropout, with batches of 8 clips.</summary>
    private static (Func<Device, float[]> Work, double Tolerance) Training(TrainingOptions options) =>
        (on => Trained(on, options with { BatchSize = 8 }, 0), 1e-2);

    private static float[] Trained(Device on, TrainingOptions options, double dropout)
    {
        using var scope = NewDisposeScope();
        using var network = Network(on, dropout);
        using var clips = hums.Clips(Split.Training);
        var reports = new Trainer(options with { Monitor = TagMetrics.F }, on).Train(network, clips, hums.Evaluator());
        return [.. reports.Select(report => (float)report.Loss)];
    }

    private static float[] Evaluated(Device on)
    {
        using var scope = NewDisposeScope();
        using var network = Network(on, 0);
        network.eval();
        var scored = hums.Evaluator().Evaluate(network, on, 4);
        return [.. scored.Scores.Strong, .. scored.Scores.Weak];
    }

    private static float[] Salient(Device on)
    {
        using var scope = NewDisposeScope();
        using var network = Network(on, 0);
        network.eval();
        var map = Saliency.Of(network, Clip(1)[0].to(on), 1);
        return [.. map.Cast<float>()];
    }

    private static Tensor Clip(int count)
    {
        random.manual_seed(3);
        return randn(count, hums.Frames, hums.Bands);
    }

    private static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.cpu().to(float32).contiguous().data<float>().ToArray();
    }
}
