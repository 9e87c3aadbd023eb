using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>Augmentations after a leading normalisation of bands.</summary>
public sealed partial class TrainerTests
{
    private static readonly TrainingOptions normalised = usual with { Epochs = 2, AugmentsNormalised = true };

    private static NetworkDescription WithNormalisedBands =>
        hums.Network with
        {
            Layers = [new Layer.BandNormalisation(), .. hums.Network.Layers],
        };

    /// <summary>The weights and statistics of the normalisation after training with these options.</summary>
    private static (string Weights, string Statistics) Normalisation(TrainingOptions options, bool useKernels)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var network = new SedNetwork(WithNormalisedBands) { UseKernels = useKernels };
        using var clips = hums.Clips(Split.Training);
        new Trainer(options with { Monitor = TagMetrics.F, KeepsLastEpoch = true }, CPU).Train(
            network,
            clips,
            hums.Evaluator()
        );
        string Of(params string[] names) =>
            string.Join(
                '\n',
                network
                    .state_dict()
                    .Where(entry => Array.Exists(names, name => entry.Key.EndsWith(name, StringComparison.Ordinal)))
                    .Where(entry =>
                        names[0].StartsWith("running", StringComparison.Ordinal) == entry.Key.Contains("running")
                    )
                    .Where(entry => !entry.Key.Contains("running") || entry.Key.Contains("band-normalisation"))
                    .Select(entry => $"{entry.Key} {string.Join(' ', entry.Value.data<float>().ToArray())}")
            );
        return (Of("weight", "bias"), Of("running_mean", "running_var"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Without_changes_augmentation_after_the_normalisation_trains_the_same_weights(bool useKernels)
    {
        Augmentation[] none = [new SpecAugment(0, 0)];
        var after = Normalisation(normalised with { Augmentations = none }, useKernels);
        var before = Normalisation(normalised with { Augmentations = none, AugmentsNormalised = false }, useKernels);
        Assert.NotEqual("", after.Weights);
        Assert.Equal(before, after);
    }

    [Fact]
    public void The_statistics_of_the_normalisation_are_those_of_clips_that_are_neither_masked_nor_mixed()
    {
        Augmentation[] some = [new Stripes(2, 6, 2, 3), new MixupPairs(1)];
        var plain = Normalisation(usual with { Epochs = 2 }, useKernels: true);
        var after = Normalisation(normalised with { Augmentations = some }, useKernels: true);
        var before = Normalisation(usual with { Epochs = 2, Augmentations = some }, useKernels: true);
        Assert.NotEqual("", plain.Statistics);
        Assert.Equal(plain.Statistics, after.Statistics);
        Assert.NotEqual(plain.Statistics, before.Statistics);
        Assert.NotEqual(plain.Weights, after.Weights);
    }

    [Fact]
    public void An_epoch_with_augmentation_after_the_normalisation_leaks_no_tensor()
    {
        Torch.Initialize();
        random.manual_seed(1);
        using var network = new SedNetwork(WithNormalisedBands);
        TorchCollection.FreeForgottenTensors();
        var options = variants["amsgrad, stripes and mixup after the normalisation of bands"] with { Epochs = 6 };
        var reports = new Trainer(options with { Monitor = TagMetrics.F }, CPU).Train(
            network,
            hums.Clips(Split.Training),
            hums.Evaluator(),
            TorchCollection.FreeForgottenTensors
        );
        TorchCollection.AssertNoneIsLeft(reports);
    }

    [Fact]
    public void Augmentation_after_a_normalisation_that_does_not_exist_is_reported()
    {
        Assert.Equal(
            [
                "`augmentNormalised` has no effect, because there are no augmentations; add `augment [ mixupPairs 1.0 ]`",
                "`augmentNormalised` is not possible with a mean teacher or frozen parts; leave out `augmentNormalised`, or the mean teacher and the frozen parts",
            ],
            (normalised with { MeanTeacher = new MeanTeacher() }).Problems().Select(problem => problem.ToString())
        );
        var options = normalised with { Augmentations = [new MixupPairs(1)] };
        Assert.Empty(options.NetworkProblems(WithNormalisedBands));
        const string Expected =
            "`augmentNormalised` needs a network whose first layer normalises bands; put `normBands` first, or leave out "
            + "`augmentNormalised`";
        Assert.Equal([Expected], options.NetworkProblems(hums.Network).Select(problem => problem.ToString()));
        using var network = Network();
        var error = Assert.Throws<ArgumentException>(() =>
            new Trainer(options, CPU).Train(network, hums.Clips(Split.Training), hums.Evaluator())
        );
        Assert.StartsWith(Expected, error.Message);
    }
}
