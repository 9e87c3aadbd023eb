using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Models;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Models;

/// <summary>How a model decides: in ways of each class's own, at the ends of recordings, on samples.</summary>
[Collection(TorchCollection.Name)]
public sealed class ListeningTests : IDisposable
{
    private const string Car = "Car";

    // A burst of 0.2 s, one of 1.2 s, and two of 0.4 s with 0.2 s between them.
    private static readonly float[] sound = LoudnessModel.Sound(6, (0.4, 0.6), (1.2, 2.4), (3.2, 3.6), (3.8, 4.2));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Wav(string name, float[] samples)
    {
        WavWriter.Write(folder.File(name), samples, 8000);
        return folder.File(name);
    }

    /// <summary>Only long events of cars count, and gaps between them do not; of the other class everything does.</summary>
    private static DetectionOptions Tuned(params DecodingStep[] steps) =>
        new()
        {
            Threshold = 0.999,
            PerClass = new Dictionary<string, ClassDetection>
            {
                [Car] = new()
                {
                    Threshold = 0.6,
                    Steps =
                        steps.Length > 0
                            ? steps
                            : [new DecodingStep.MinimumGap(0.3), new DecodingStep.MinimumDuration(0.5)],
                },
            },
        };

    private static void AssertLongOnes(IEnumerable<SoundEvent> events) =>
        Assert.Collection(events, one => AssertNear(one, 1.2, 2.4), other => AssertNear(other, 3.2, 4.2));

    private static void AssertNear(SoundEvent found, double onset, double offset)
    {
        Assert.Equal(Car, found.Label);
        Assert.InRange(found.Onset, onset - 0.08, onset + 0.08);
        Assert.InRange(found.Offset, offset - 0.08, offset + 0.08);
    }

    [Fact]
    public void A_class_s_own_threshold_and_steps_hold_in_files_in_long_ones_and_of_sound_as_it_comes()
    {
        var saved = LoudnessModel.Make(Tuned());
        ModelFile.Write(folder.File("m.sed"), saved);
        using var model = SedModel.Load(folder.File("m.sed"), device: "cpu");
        AssertLongOnes(model.Detect(Wav("long.wav", sound)));
        Assert.Empty(model.Detect(Wav("clip.wav", sound[..8000])));
        Assert.Single(model.Detect(Wav("other.wav", sound[9600..17600])));

        var live = model.Live(8000);
        Assert.InRange(live.DelaySeconds, 0.8, 1.3); // the steps look 0.7 s ahead
        List<(SoundEvent Event, double At)> told = [];
        for (var at = 0; at < sound.Length; at += 80)
            foreach (var one in live.Push(sound.AsSpan(at, 80)))
                told.Add((one, (at + 80) / 8000.0));
        AssertLongOnes(told.Select(one => one.Event));
        Assert.All(told, one => Assert.InRange(one.At - one.Event.Offset, 0, live.DelaySeconds + 0.01));
        Assert.Empty(live.Finish());
    }

    [Fact]
    public void With_usual_decoding_an_event_is_told_within_a_second_of_its_end()
    {
        foreach (
            var steps in new DecodingStep[][]
            {
                [],
                [new DecodingStep.MedianFilter(0.54)],
                [new DecodingStep.MinimumGap(0.4)],
            }
        )
        {
            using var model = SedModel.Of(LoudnessModel.Make(new DetectionOptions { Steps = steps }));
            var live = model.Live(8000);
            Assert.InRange(live.DelaySeconds, 0.2, 1.1);
            var count = 0;
            for (var at = 0; at < sound.Length; at += 80)
                foreach (var one in live.Push(sound.AsSpan(at, 80)))
                {
                    Assert.InRange((at + 80) / 8000.0 - one.Offset, 0, 1);
                    count++;
                }
            Assert.InRange(count, 1, 4);
            Assert.Empty(live.Finish());
        }
    }

    [Fact]
    public void Boxes_of_change_points_are_found_in_files_and_refused_of_sound_as_it_comes()
    {
        using var model = SedModel.Of(LoudnessModel.Make(Tuned(new DecodingStep.ChangePoints(0.4, 0.5))));
        var found = model.Detect(Wav("long.wav", sound));
        Assert.Contains(found, one => Math.Abs(one.Onset - 1.2) < 0.1 && Math.Abs(one.Offset - 2.4) < 0.1);
        Assert.StartsWith(
            "change points with a filter of 0.4 s, merged below a difference of 0.5 (Car) looks at the whole recording: ",
            Assert.Throws<NotSupportedException>(() => model.Live(8000)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Tags_of_the_weak_output_are_held_against_thresholds_of_their_own()
    {
        var file = Wav("clip.wav", LoudnessModel.Sound(1, (0.2, 0.8)));
        using var probe = SedModel.Of(LoudnessModel.Make());
        // Of the class that the model is never sure of.
        var probability = probe.Listen(file).TagProbabilities[0];
        Assert.Contains(probe.Classes[0], Tags(0.9 * probability));
        Assert.DoesNotContain(probe.Classes[0], Tags(1.1 * probability));

        IReadOnlyList<string> Tags(double threshold)
        {
            DetectionOptions options = new()
            {
                Tags = TagSource.WeakOutput,
                Threshold = 0.999,
                PerClass = new Dictionary<string, ClassDetection>
                {
                    [probe.Classes[0]] = new() { Threshold = 0.99, TagThreshold = threshold },
                },
            };
            using var model = SedModel.Of(LoudnessModel.Make(), options);
            return model.DetectTags(file);
        }
    }

    [Fact]
    public void A_way_of_deciding_on_a_class_that_is_not_there_is_refused()
    {
        DetectionOptions options = new()
        {
            PerClass = new Dictionary<string, ClassDetection> { ["Tram"] = new() { Threshold = 0.3 } },
        };
        var wrong = LoudnessModel.Make(options);
        Assert.Equal(
            ["detection: Tram: there is no such class; use one of Air horn, truck horn; Car"],
            wrong.Problems()
        );
        Assert.Throws<ArgumentException>(() => SedModel.Of(LoudnessModel.Make(), options));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.717)]
    [InlineData(0.99)]
    public void Events_of_a_recording_shorter_than_a_clip_end_with_it(double seconds)
    {
        // In silence this one is sure of cars: they go on behind the sound.
        var model = LoudnessModel.Make(new DetectionOptions { Steps = [new DecodingStep.MinimumGap(0.5)] });
        var weights = model.Members[0].Weights.ToDictionary();
        weights["strong.bias"] = NumpyArray.Of([-9f, 9f]);
        using var sure = SedModel.Of(model with { Members = [model.Members[0] with { Weights = weights }] });
        List<float> scores = [];
        var file = Wav("short.wav", LoudnessModel.Sound(seconds, (0.08, seconds)));
        var recording = sure.Listen(file, (_, _, frames) => scores.AddRange(frames));
        var last = recording.Events[^1];
        var length = Math.Round(seconds * 8000) / 8000;
        Assert.Equal(length, recording.Seconds);
        Assert.Equal(length, last.Offset);
        Assert.All(recording.Events, sound => Assert.True(sound.Onset < sound.Offset));
        Assert.Equal((int)Math.Ceiling(seconds / 0.04), scores.Count / 2);
        // A recording of a clip's length is left as it is.
        var whole = sure.Listen(Wav("whole.wav", LoudnessModel.Sound(1, (0.08, 1))));
        Assert.Equal(1, whole.Events[^1].Offset);
    }

    [Fact]
    public void A_network_that_hears_samples_is_written_read_and_asked()
    {
        var saved = SmallModel.OfSamples();
        ModelFile.Write(folder.File("m.sed"), saved);
        var read = ModelFile.Read(folder.File("m.sed"));
        Assert.Equal(saved.Features, read.Features);
        using var model = SedModel.Load(folder.File("m.sed"), device: "cpu");
        var clip = Wav("clip.wav", sound[..8000]);

        using ModelNetworks networks = new(saved, TorchSharp.torch.CPU);
        var said = networks.Ask([new Window(AudioFile.Read(clip, 8000).ToArray(), 25)])[0];
        Assert.Equal(said.Weak, model.Listen(clip).TagProbabilities);
        Assert.Equal(25, model.Scores(clip).Frames);
        Assert.Equal(150, model.Scores(Wav("long.wav", sound)).Frames);
        var live = model.Live(16000);
        live.Push(sound);
        live.Finish();
    }

    public static TheoryData<string, Layer[]> Resolutions =>
        new()
        {
            { "6 answers to 25 frames, the last of which is left out", [new Layer.Pooling(4, 1, PoolingKind.Mean)] },
            { "one answer, to the first 16 frames", [new Layer.Pooling(16, 1, PoolingKind.Mean)] },
            {
                "an answer to each of the first 16 frames",
                [new Layer.Pooling(16, 1, PoolingKind.Mean), new Layer.Upsampling(16, UpsamplingKind.Repetition)]
            },
            {
                "two answers to three frames",
                [new Layer.Pooling(3, 1, PoolingKind.Mean), new Layer.Upsampling(2, UpsamplingKind.Repetition)]
            },
            { "two answers to a frame", [new Layer.Upsampling(2, UpsamplingKind.Linear)] },
        };

    [Theory]
    [MemberData(nameof(Resolutions))]
    public void Whatever_the_resolution_events_are_where_they_were_in_the_sound(string name, Layer[] layers)
    {
        Assert.NotEmpty(name);
        using var model = SedModel.Of(LoudnessModel.Make(new DetectionOptions(), layers));
        var step = model.Saved.Network.FrameStride;
        Assert.Equal(0.04 * step, model.HopSeconds, 12);
        // Whole multiples of every resolution, so that a frame of the answer is loud or quiet.
        (double Onset, double Offset)[] events = [(3.84, 7.68), (26.88, 30.72), (53.76, 57.6)];
        var long60 = LoudnessModel.Sound(60, events);
        var file = Wav("long.wav", long60);
        // A window that begins in the middle of a pool mixes loud and quiet, so edges are as sharp as the pool is long.
        var near = 0.04 * layers.OfType<Layer.Pooling>().Select(pool => pool.Frames).DefaultIfEmpty(2).Max() + 1e-9;
        AssertAreThose(model.Detect(file));
        Assert.Equal((int)Math.Ceiling(1500 / step), model.Scores(file).Frames);

        var live = model.Live(8000);
        List<SoundEvent> told = [];
        for (var at = 0; at < long60.Length; at += 80)
            foreach (var one in live.Push(long60.AsSpan(at, 80)))
            {
                Assert.InRange((at + 80) / 8000.0 - one.Offset, 0, live.DelaySeconds + 0.01);
                told.Add(one);
            }
        AssertAreThose(told);
        Assert.Empty(live.Finish());

        void AssertAreThose(IReadOnlyList<SoundEvent> found)
        {
            Assert.Equal(events.Length, found.Count);
            foreach (var (sound, one) in events.Zip(found))
            {
                Assert.InRange(one.Onset, sound.Onset - near, sound.Onset + near);
                Assert.InRange(one.Offset, sound.Offset - near, sound.Offset + near);
            }
        }
    }
}
