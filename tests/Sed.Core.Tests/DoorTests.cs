using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Synthesis;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Segments;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Clips;
using static TorchSharp.torch;

namespace Sed.Core.Tests;

/// <summary>What somebody does first who takes the library without the experiments: each in ten lines.</summary>
[Collection(TorchCollection.Name)]
public sealed class DoorTests
{
    public DoorTests() => Torch.Initialize();

    [Fact]
    public void The_features_of_a_file()
    {
        using TemporaryFolder folder = new();
        var file = Path.Combine(folder.Path, "tone.wav");
        WavWriter.Write(file, new float[44100], 44100);

        using LogMelExtractor extractor = new(LogMelOptions.Dcase2017);
        var samples = AudioFile.Read(file, extractor.Options.SampleRate);
        using var features = extractor.Extract(tensor(samples).unsqueeze(0)); // (1, frames, bands)

        Assert.Equal([1, 50, 40], features.shape);
    }

    [Fact]
    public void A_network_from_its_description()
    {
        NetworkDescription description = new()
        {
            Layers =
            [
                new Layer.Convolution(16),
                new Layer.BandPooling(8),
                new Layer.BidirectionalGru(8, Merge.Concatenate),
            ],
            Weak = new WeakOutput.LinearSoftmax(),
            Frames = 50,
            Bands = 40,
            Classes = 3,
        };
        using SedNetwork network = new(description);
        using var scope = NewDisposeScope();
        var output = network.call(randn(2, 50, 40));

        Assert.Equal([2, 50, 3], output.Strong.shape);
        Assert.Equal(description.Parameters, network.ParameterCount);
    }

    [Fact]
    public void A_training_and_its_scores()
    {
        using TemporaryFolder folder = new();
        SoundscapeOptions few = new()
        {
            TrainingClips = 8,
            TestingClips = 4,
            EvaluationClips = 1,
        };

        var corpus = Soundscapes.Synthesised(folder.Path, few);
        var logMel = LogMelOptions.Dcase2017 with { StepSeconds = 0.04 };
        using var store = FeatureStore.Open(corpus, logMel, folder.Path, CPU);
        var statistics = BandStatistics.Fit(store, corpus.IndicesOf(Split.Training));
        using ClipSet training = new(corpus, store, statistics, Split.Training);
        using ClipSet testing = new(corpus, store, statistics, Split.Testing);
        using SedNetwork network = new(NetworkDescription.Baseline(store.Frames, store.Bands, corpus.Classes.Count));
        Evaluator evaluator = new(testing, logMel.HopSeconds, new DetectionOptions());
        new Trainer(new TrainingOptions { Epochs = 2, Monitor = TagMetrics.F }, CPU).Train(
            network,
            training,
            evaluator
        );
        var scored = evaluator.Evaluate(network, CPU, batchSize: 4);

        Assert.InRange(SegmentMetrics.F.Of(scored), 0, 1);
        Assert.InRange(PsdsMetrics.Scenario1.Of(scored), 0, 1);
        Assert.Equal(4, scored.Events.Files.Length);
    }

    [Fact]
    public void The_scores_of_event_lists()
    {
        using TemporaryFolder folder = new();
        var (truth, found) = (Path.Combine(folder.Path, "truth.tsv"), Path.Combine(folder.Path, "found.tsv"));
        File.WriteAllText(truth, "a.wav\t0\t2\tCar\n");
        File.WriteAllText(found, "a.wav\t0\t1\tCar\n");

        var pairs = EventPairs.Of(new ClassList(["Car"]), EventListFile.Read(truth), EventListFile.Read(found));
        var scores = SegmentBased.Count(pairs).Scores().Overall;

        Assert.Equal(0.5, scores.ErrorRates.ErrorRate.Value);
    }
}
