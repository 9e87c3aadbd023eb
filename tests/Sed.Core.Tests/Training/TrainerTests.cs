using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed partial class TrainerTests
{
    private static readonly Hums hums = new();

    private static readonly TrainingOptions usual = new()
    {
        Epochs = 5,
        Patience = 100,
        BatchSize = 7,
        Optimizer = new Optimizer.Adam(0.01),
        Seed = 3,
    };

    [Theory]
    [MemberData(nameof(Variants))]
    public void Interrupted_and_resumed_training_gives_identical_results(string variant)
    {
        using var undisturbed = new TemporaryFolder();
        using var interrupted = new TemporaryFolder();
        var options = variants[variant];
        var labels = told.GetValueOrDefault(variant);
        var expected = Train(options, undisturbed.Path, labels: labels);
        foreach (var steps in new[] { 2, 5, 1, 11 })
            Assert.Throws<OperationCanceledException>(() => Train(options, interrupted.Path, steps, labels));
        random.manual_seed(99); // the state of the generator before resumption must not matter
        Assert.Equal(expected, Train(options, interrupted.Path, labels: labels));
        Assert.Equal(
            File.ReadAllBytes(Folder(undisturbed.Path).NetworkFile),
            File.ReadAllBytes(Folder(interrupted.Path).NetworkFile)
        );
    }

    [Fact]
    public void Equal_seeds_give_identical_results_and_different_seeds_different_ones()
    {
        var first = Train(usual, null);
        Assert.Equal(first, Train(usual, null));
        Assert.NotEqual(first, Train(usual with { Seed = 4 }, null));
    }

    [Fact]
    public void Results_do_not_depend_on_the_number_of_threads()
    {
        var threads = Torch.Threads;
        try
        {
            Torch.Threads = 1;
            var alone = Train(usual, null);
            Torch.Threads = 3;
            Assert.Equal(alone, Train(usual, null));
        }
        finally
        {
            Torch.Threads = threads;
        }
    }

    [Fact]
    public void Training_converges()
    {
        Torch.Initialize();
        using var network = Network();
        var reports = new Trainer(
            usual with
            {
                Epochs = 25,
                Monitor = TagMetrics.F - SegmentMetrics.ErrorRate,
            },
            CPU
        ).Train(network, hums.Clips(Split.Training), hums.Evaluator());
        Assert.True(reports[^1].Loss < 0.5 * reports[0].Loss, $"{reports[0].Loss} to {reports[^1].Loss}");
        Assert.True(reports.Max(report => report.Score(TagMetrics.F)) > 0.8);
    }

    [Fact]
    public void The_last_epoch_is_kept_if_requested()
    {
        var options = usual with { Epochs = 25, Monitor = new Sed.Core.Scoring.Monitor.Score(TagMetrics.F) };
        using var network = Network();
        var best = new Trainer(options, CPU).Train(network, hums.Clips(Split.Training), hums.Evaluator());
        Assert.True(best[^1].BestEpoch < 25);
        using var another = Network();
        var last = new Trainer(options.WithKeepsLastEpoch(true), CPU).Train(
            another,
            hums.Clips(Split.Training),
            hums.Evaluator()
        );
        Assert.Equal(25, last[^1].BestEpoch);
    }

    [Fact]
    public void A_loss_above_the_limit_is_reported_with_the_clips_of_the_batch()
    {
        Torch.Initialize();
        using var network = Network();
        var trainer = new Trainer(usual with { LargestLoss = 1e-3, Monitor = TagMetrics.F }, CPU);
        var error = Assert.Throws<TrainingException>(() =>
            trainer.Train(network, hums.Clips(Split.Training), hums.Evaluator())
        );
        Assert.Matches(
            @"^The loss is [\d.]+ in epoch 1, step 1, clips hum\d+, hum\d+, hum\d+, hum\d+, hum\d+ and 2 more: the training has diverged\. "
                + @"Lower the learning rate or limit the gradients \(clipGradients\)\. Alternatively, these clips may be damaged\.$",
            error.Message
        );
    }

    [Theory]
    [InlineData(1e30)]
    [InlineData(1e20)]
    public void Diverged_training_is_reported_with_its_cause_and_clips(double learningRate)
    {
        Torch.Initialize();
        using var network = new SedNetwork(
            hums.Network with
            {
                Layers = [new Layer.Dense(16, Activation.Relu), new Layer.Dense(16, Activation.Relu)],
            }
        );
        var trainer = new Trainer(usual with { Optimizer = new Optimizer.Adam(learningRate) }, CPU);
        var error = Assert.Throws<TrainingException>(() =>
            trainer.Train(network, hums.Clips(Split.Training), hums.Evaluator())
        );
        Assert.Matches(
            @"^The network's outputs are not finite in epoch \d, step \d+, clips hum\d+, .* the training has diverged\. ",
            error.Message
        );
    }

    [Fact]
    public void Every_epoch_is_logged_in_one_line()
    {
        using var folder = new TemporaryFolder();
        Train(usual with { Epochs = 3 }, folder.Path);
        var lines = File.ReadAllLines(Folder(folder.Path).EpochsFile);
        Assert.Equal(4, lines.Length);
        Assert.StartsWith("epoch,loss,monitor,weakF,strongF,strongER,learning rate,", lines[0]);
        Assert.StartsWith("3,", lines[3]);
        Assert.Single(Directory.GetFiles(Folder(folder.Path).TensorBoardFolder, "*", SearchOption.AllDirectories));
    }

    [Fact]
    public void An_epoch_leaks_no_tensor()
    {
        Torch.Initialize();
        using var network = Network();
        TorchCollection.FreeForgottenTensors(); // each convolution of TorchSharp creates one
        var options = variants["mixed, masked, focal, cosine"] with
        {
            Epochs = 6,
            MaxGradientNorm = 1,
            WeightAverage = 0.5,
        };
        var reports = new Trainer(options with { Monitor = TagMetrics.F }, CPU).Train(
            network,
            hums.Clips(Split.Training),
            hums.Evaluator(),
            TorchCollection.FreeForgottenTensors
        );
        TorchCollection.AssertNoneIsLeft(reports);
    }

    [Theory]
    [InlineData("mean teacher, mixed labels, mixup, masks")]
    [InlineData("confident mean teacher that moves first, losses per kind, ramp-up")]
    [InlineData("interpolation, mixed labels, masks")]
    public void An_epoch_with_a_mean_teacher_frame_targets_and_segments_leaks_no_tensor(string variant)
    {
        Torch.Initialize();
        random.manual_seed(1);
        using var network = new SedNetwork(
            hums.Network with
            {
                Segments = new Segmentation(15, SegmentLearning.InheritLabels),
            }
        );
        using var clips = hums.Clips(Split.Training);
        TorchCollection.FreeForgottenTensors();
        var reports = new Trainer(variants[variant] with { Epochs = 6, Monitor = TagMetrics.F }, CPU).Train(
            network,
            clips,
            hums.Evaluator(),
            TorchCollection.FreeForgottenTensors,
            targets: TrainingTargets.Of(told[variant], clips, Hums.HopSeconds)
        );
        TorchCollection.AssertNoneIsLeft(reports);
    }

    [Theory]
    [InlineData("strong labels, time mask, overlay, gain, hard mixup, masked")]
    [InlineData("mean teacher, mixed labels, views")]
    public void An_epoch_with_augmentations_of_the_sound_leaks_no_tensor(string variant)
    {
        Torch.Initialize();
        using var network = Network();
        using var clips = hums.Clips(Split.Training);
        TorchCollection.FreeForgottenTensors();
        var reports = new Trainer(variants[variant] with { Epochs = 6, Monitor = TagMetrics.F }, CPU).Train(
            network,
            clips,
            hums.Evaluator(),
            TorchCollection.FreeForgottenTensors,
            targets: TrainingTargets.Of(told[variant], clips, Hums.HopSeconds)
        );
        TorchCollection.AssertNoneIsLeft(reports);
    }

    [Fact]
    public void Augmentations_of_the_sound_need_the_definition_of_the_features()
    {
        Torch.Initialize();
        using var network = Network();
        using var clips = new ClipSet(hums.Manifest, hums, hums.Statistics, Split.Training);
        var options = usual with { Augmentations = [new Gain(-6, 6)], Monitor = TagMetrics.F };
        var error = Assert.Throws<ArgumentException>(() =>
            new Trainer(options, CPU).Train(network, clips, hums.Evaluator())
        );
        Assert.StartsWith(
            "The augmentations change the sound, so they need the definition of the features; set ClipSet.Source.",
            error.Message
        );
    }

    private static TrainingFolder Folder(string path) => new(path, "the hums' features", "hums");

    private static SedNetwork Network(TrainingOptions? options = null)
    {
        random.manual_seed(1);
        return new SedNetwork(options?.AugmentsNormalised == true ? WithNormalisedBands : hums.Network);
    }

    /// <summary>Losses, monitors and final weights as text.</summary>
    private static string Train(
        TrainingOptions options,
        string? folder,
        int stopAfterSteps = int.MaxValue,
        Labels? labels = null,
        int? pauseAfter = null
    )
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        using var network = Network(options);
        using var stop = new CancellationTokenSource();
        using var clips = hums.Clips(Split.Training);
        var steps = 0;
        network.register_forward_pre_hook(
            (_, input, sound) =>
            {
                if (network.training && ++steps == stopAfterSteps)
                    stop.Cancel();
                return (input, sound);
            }
        );
        var reports = new Trainer(options with { Monitor = TagMetrics.F - SegmentMetrics.ErrorRate }, CPU).Train(
            network,
            clips,
            hums.Evaluator(),
            cancellation: stop.Token,
            folder: folder is null ? null : Folder(folder),
            targets: labels is null ? null : TrainingTargets.Of(labels, clips, Hums.HopSeconds),
            pauseAfter: pauseAfter
        );
        var weights = network.state_dict().Select(entry => entry.Value.to(float64).square().sum().item<double>());
        return string.Join(
            '\n',
            reports
                .Select(report => $"{report.Epoch} {report.Loss:R} {report.Monitor:R} {report.BestEpoch}")
                .Concat(weights.Select(sum => sum.ToString("R")))
        );
    }
}
