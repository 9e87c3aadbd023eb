using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Synthesis;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Clips;
using TorchSharp;

namespace Sed.Core.Tests.Models;

[Collection(TorchCollection.Name)]
public sealed class SedModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Wav(string name, float[] samples, int rate = 8000)
    {
        WavWriter.Write(folder.File(name), samples, rate);
        return folder.File(name);
    }

    [Fact]
    public void A_model_is_used_in_three_lines()
    {
        ModelFile.Write(folder.File("m.sed"), LoudnessModel.Make());
        Wav("street.wav", LoudnessModel.Sound(1, (0.4, 0.8)));

        using var model = SedModel.Load(folder.File("m.sed"));
        foreach (var sound in model.Detect(folder.File("street.wav")))
            Assert.Equal("Car", sound.Label);

        Assert.Equal(["Car"], model.DetectTags(folder.File("street.wav")));
        Assert.Equal(25, model.Scores(folder.File("street.wav")).Frames);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_predictions_for_testing_clips_equal_those_of_the_trial(int seeds)
    {
        SoundscapeOptions few = new()
        {
            TrainingClips = 8,
            TestingClips = 6,
            EvaluationClips = 1,
        };
        var corpus = Soundscapes.Synthesised(folder.Path, few);
        var logMel = LogMelOptions.Dcase2017 with { StepSeconds = 0.04 };
        using var store = FeatureStore.Open(corpus, logMel, folder.Path, torch.CPU);
        var statistics = BandStatistics.Fit(store, corpus.IndicesOf(Split.Training));
        using ClipSet testing = new(corpus, store, statistics, Split.Testing);
        NetworkDescription network = new()
        {
            Layers =
            [
                new Layer.Convolution(8),
                new Layer.BandPooling(5),
                new Layer.Convolution(8),
                new Layer.BandPooling(8),
                new Layer.BidirectionalGru(8, Merge.Multiply),
            ],
            Frames = store.Frames,
            Bands = store.Bands,
            Classes = corpus.Classes.Count,
            Weak = new WeakOutput.LinearSoftmax(),
        };
        DetectionOptions detection = new() { Threshold = 0.48, Steps = [new DecodingStep.MedianFilter(0.2)] };
        Evaluator evaluator = new(testing, logMel.HopSeconds, detection);
        List<ClipScores> scores = [];
        List<ModelMember> members = [];
        for (var seed = 1; seed <= seeds; seed++)
        {
            torch.manual_seed(seed);
            using SedNetwork trained = new(network);
            using ClipSet training = new(corpus, store, statistics, Split.Training);
            TrainingOptions options = new()
            {
                Epochs = 3,
                BatchSize = 4,
                Seed = seed,
            };
            new Trainer(options with { Monitor = TagMetrics.F }, torch.CPU).Train(trained, training, evaluator);
            scores.Add(evaluator.Evaluate(trained, torch.CPU, batchSize: 4).Scores);
            members.Add(
                new ModelMember(
                    $"seed {seed}",
                    "",
                    new Dictionary<string, IReadOnlyDictionary<string, double>>(),
                    statistics,
                    NetworkWeights.Of(trained)
                )
            );
        }
        var trial = new ScoredClips(testing.Truth, seeds == 1 ? scores[0] : ClipScores.Average(scores), detection);
        SavedModel saved = new()
        {
            Name = "trial",
            Classes = corpus.Classes,
            ClipSeconds = corpus.ClipSeconds,
            Features = logMel,
            Network = network,
            Detection = detection,
            Corpus = corpus.Corpus,
            CorpusHash = corpus.Hash,
            Members = members,
        };
        ModelFile.Write(folder.File("m.sed"), saved);
        using var model = SedModel.Load(folder.File("m.sed"), device: "cpu");

        List<float> probabilities = [];
        var predictions = model
            .PredictAll(
                testing.Rows.Select(row => corpus.Clips[row].AudioPath),
                (_, _, frames) => probabilities.AddRange(frames)
            )
            .Select(file => file.Prediction!)
            .ToArray();

        Assert.Equal(trial.Scores.Strong, probabilities);
        Assert.NotEmpty(predictions.SelectMany(prediction => prediction.Events));
        for (var clip = 0; clip < predictions.Length; clip++)
        {
            var events = trial.Events.EventsAt(clip).ToArray();
            Assert.Equal(
                events.OrderBy(sound => (sound.Onset, sound.Offset, sound.Label)),
                predictions[clip].Events.OrderBy(sound => (sound.Onset, sound.Offset, sound.Label))
            );
            Assert.Equal(trial.Tags.RowsAt(clip).ToArray().Select(row => row.Label), predictions[clip].Tags);
            Assert.Equal(
                trial.Scores.Weak.Chunk(corpus.Classes.Count).ElementAt(clip),
                predictions[clip].TagProbabilities
            );
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_tags_of_a_short_recording_leave_out_its_padding_if_the_network_does(bool leavesOut)
    {
        var loud = LoudnessModel.Make();
        var network = loud.Network with { Weak = new WeakOutput.MeanPooling(), LeavesOutPadding = leavesOut };
        using var model = SedModel.Of(loud with { Network = network });
        var whole = model.Predict(Wav("whole.wav", LoudnessModel.Sound(1, (0, 1)))).TagProbabilities[1];
        var half = model.Predict(Wav("half.wav", LoudnessModel.Sound(0.48, (0, 0.48)))).TagProbabilities[1];
        Assert.InRange(whole, 0.6, 1);
        // Padding has the mean of each band, for which the dense layer gives a probability of 0.5.
        Assert.Equal(leavesOut ? whole : (12.0 / 25 * whole) + (13.0 / 25 * 0.5), half, 0.03);
    }

    [Fact]
    public void An_event_across_windows_is_one_event()
    {
        // Windows of 1 s start every 0.8 s; the first event spans five of them.
        var file = Wav("long.wav", LoudnessModel.Sound(5.2, (0.6, 4.36), (4.8, 5.0)));
        using var model = SedModel.Of(LoudnessModel.Make());
        var events = model.Detect(file);

        Assert.Equal(2, events.Count);
        Assert.InRange(events[0].Onset, 0.56, 0.64);
        Assert.InRange(events[0].Offset, 4.32, 4.4);
        Assert.InRange(events[1].Onset, 4.76, 4.84);
    }

    [Theory]
    [InlineData(1.2)]
    [InlineData(1.8)]
    [InlineData(2.3)]
    [InlineData(17.77)]
    public void Every_frame_of_a_long_recording_has_the_correct_probability(double seconds)
    {
        var sound = LoudnessModel.Sound(seconds, (0.1, 0.5), (0.9, 1.0), (5, 9.5));
        var saved = LoudnessModel.Make();
        using var extractor = saved.Features.Extractor(torch.CPU);
        var frames = saved.Features.FramesOf(sound.Length);
        var features = new float[frames * 8];
        extractor.Extract(sound, features);
        saved.Members[0].Statistics.Apply(features);
        using var model = SedModel.Of(saved);
        var file = folder.File("long.wav");
        Wav("long.wav", sound);
        // The samples of the file are rounded to 16 bits.
        extractor.Extract(AudioFile.Read(file, 8000), features);
        saved.Members[0].Statistics.Apply(features);
        var scores = model.Scores(file);

        Assert.Equal(frames, scores.Frames);
        for (var frame = 0; frame < frames; frame++)
        {
            var loudness = features.AsSpan(frame * 8, 8).ToArray().Average();
            Assert.Equal(1 / (1 + Math.Exp(-4 * loudness)), scores.Of(1)[frame], 1e-4);
        }
    }

    [Fact]
    public void Windows_of_a_network_that_pools_over_time_coincide_in_their_output_frames()
    {
        // 25 input frames become 5, so windows start at multiples of 5 frames; 17.77 s are 444 input and 89 output
        // frames.
        var saved = SmallModel.Make(1, new Layer.Convolution(4), new Layer.Pooling(5, 8, PoolingKind.Mean));
        using var model = SedModel.Of(saved);
        Assert.Equal(0.2, model.HopSeconds, 1e-12);
        Assert.Equal(89, model.Scores(Wav("long.wav", LoudnessModel.Sound(17.77, (3, 9)))).Frames);
    }

    [Fact]
    public void Sample_rates_are_converted_and_damaged_files_are_reported_in_order()
    {
        var sound = LoudnessModel.Sound(1, (0.4, 0.8));
        var twice = sound.SelectMany(sample => new[] { sample, sample }).ToArray();
        string[] files =
        [
            Wav("plain.wav", sound),
            folder.File("broken.wav"),
            Wav("faster.wav", twice, 16000),
            folder.File("none.wav"),
            Wav("long.wav", LoudnessModel.Sound(3, (0.4, 0.8))),
        ];
        File.WriteAllBytes(files[1], File.ReadAllBytes(files[0])[..5000]);
        using var model = SedModel.Of(LoudnessModel.Make());
        var results = model.PredictAll(files).ToArray();

        Assert.Equal(files, results.Select(one => one.Path));
        Assert.Equal(
            [1, 1, 3],
            results.Where(one => one.Prediction is not null).Select(one => one.Prediction!.Seconds)
        );
        Assert.All(results.Where(one => one.Prediction is not null), one => Assert.Single(one.Prediction!.Events));
        Assert.Contains("claims 16000 bytes, but the file ends after", results[1].Problem, StringComparison.Ordinal);
        Assert.Equal($"{files[3]}: there is no such file.", results[3].Problem);
    }

    [Fact]
    public void A_stream_reports_events_within_the_stated_delay()
    {
        (double Onset, double Offset)[] events = [(0.3, 0.7), (1.5, 4.1), (6, 6.6)];
        var sound = LoudnessModel.Sound(8, events);
        DetectionOptions detection = new() { Steps = [new DecodingStep.MedianFilter(0.2)] };
        using var model = SedModel.Of(LoudnessModel.Make(detection));
        var live = model.Stream(8000);
        Assert.InRange(live.DelaySeconds, 0.3, 1);

        List<(SoundEvent Event, double At)> reported = [];
        const int Piece = 160; // 20 ms
        for (var at = 0; at < sound.Length; at += Piece)
            foreach (var one in live.Push(sound.AsSpan(at, Piece)))
                reported.Add((one, (at + Piece) / 8000.0));
        Assert.Equal(events.Length, reported.Count);
        foreach (var ((one, at), expected) in reported.Zip(events))
        {
            Assert.InRange(one.Onset, expected.Onset - 0.08, expected.Onset + 0.08);
            Assert.InRange(one.Offset, expected.Offset - 0.08, expected.Offset + 0.08);
            Assert.InRange(at - one.Offset, 0, live.DelaySeconds + 0.02);
        }
        Assert.Empty(live.Finish());
    }

    [Fact]
    public void The_events_of_a_stream_do_not_depend_on_the_length_of_its_pieces()
    {
        var sound = LoudnessModel.Sound(3, (0.3, 0.7), (2.5, 3));
        using var loudness = SedModel.Of(LoudnessModel.Make());
        var whole = All(loudness, sound.Length);
        Assert.Equal(2, whole.Count);
        Assert.Equal(3, whole[1].Offset, 1e-9);
        Assert.Equal(whole, All(loudness, 77));

        // The output of a recurrent network depends on the window. The threshold is the median of its first class.
        sound = LoudnessModel.Sound(10, (0, 10));
        var saved = SmallModel.Make();
        List<float> scores = [];
        using (var untuned = SedModel.Of(saved))
            untuned.Predict(sound, 8000, (_, _, piece) => scores.AddRange(piece));
        DetectionOptions detection = new()
        {
            Threshold = scores.Where((_, at) => at % 2 == 0).Order().ElementAt(scores.Count / 4),
        };
        using var recurrent = SedModel.Of(saved with { Detection = detection });
        var expected = All(recurrent, sound.Length);
        Assert.InRange(expected.Count, 10, 100);
        foreach (var piece in (int[])[77, 321, 1000, 5000])
            Assert.Equal(expected, All(recurrent, piece));

        List<SoundEvent> All(SedModel model, int piece)
        {
            var live = model.Stream(8000);
            List<SoundEvent> events = [];
            for (var at = 0; at < sound.Length; at += piece)
                events.AddRange(live.Push(sound.AsSpan(at, Math.Min(piece, sound.Length - at))));
            return [.. events, .. live.Finish()];
        }
    }

    [Fact]
    public void Prediction_leaks_no_tensor_and_can_be_cancelled()
    {
        using var model = SedModel.Of(LoudnessModel.Make());
        var file = Wav("long.wav", LoudnessModel.Sound(20, (3, 9)));
        model.Predict(file);
        TorchCollection.FreeForgottenTensors();
        var before = torch.Tensor.TotalCount;
        model.Predict(file);
        Assert.Equal(before, torch.Tensor.TotalCount);
        using CancellationTokenSource stop = new();
        stop.Cancel();
        Assert.Throws<OperationCanceledException>(() => model.Predict(file, cancellation: stop.Token));
    }
}
