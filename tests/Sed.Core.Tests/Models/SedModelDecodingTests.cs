using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Detection.Steps;
using Sed.Core.Models;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Models;

/// <summary>
/// Decoding in models: class options, streams, ends of recordings, waveform models and time resolutions.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class SedModelDecodingTests : IDisposable
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

    /// <summary>Options that keep only long events of cars and merge them across short gaps.</summary>
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

    private static void AssertLongEvents(IEnumerable<SoundEvent> events) =>
        Assert.Collection(events, one => AssertNear(one, 1.2, 2.4), other => AssertNear(other, 3.2, 4.2));

    private static void AssertNear(SoundEvent found, double onset, double offset)
    {
        Assert.Equal(Car, found.Label);
        Assert.InRange(found.Onset, onset - 0.08, onset + 0.08);
        Assert.InRange(found.Offset, offset - 0.08, offset + 0.08);
    }

    [Fact]
    public void Class_options_apply_to_clips_long_recordings_and_streams()
    {
        var saved = LoudnessModel.Make(Tuned());
        ModelFile.Write(folder.File("m.sed"), saved);
        using var model = SedModel.Load(folder.File("m.sed"), device: "cpu");
        AssertLongEvents(model.Predict(Wav("long.wav", sound)).Events);
        Assert.Empty(model.Detect(Wav("clip.wav", sound[..8000])));
        Assert.Single(model.Detect(Wav("other.wav", sound[9600..17600])));

        var live = model.Stream(8000);
        Assert.InRange(live.DelaySeconds, 0.8, 1.3); // the steps have a lookahead of 0.7 s
        List<(SoundEvent Event, double At)> reported = [];
        for (var at = 0; at < sound.Length; at += 80)
            foreach (var one in live.Push(sound.AsSpan(at, 80)))
                reported.Add((one, (at + 80) / 8000.0));
        AssertLongEvents(reported.Select(one => one.Event));
        Assert.All(reported, one => Assert.InRange(one.At - one.Event.Offset, 0, live.DelaySeconds + 0.01));
        Assert.Empty(live.Finish());
    }

    [Fact]
    public void A_calibration_is_stored_in_the_model_and_applies_to_clips_recordings_and_streams()
    {
        ProbabilityMap.Temperature map = new(2);
        var maps = new Dictionary<string, ProbabilityMap> { [Car] = map };
        // The same decisions as without calibration, because the threshold is calibrated too.
        var tuned = Tuned();
        var options = tuned with
        {
            PerClass = new Dictionary<string, ClassDetection>
            {
                [Car] = tuned.PerClass[Car] with { Threshold = map.Of(0.6f) },
            },
            Calibration = new() { Frames = maps, Weak = maps },
        };
        ModelFile.Write(folder.File("m.sed"), LoudnessModel.Make(options));
        using var model = SedModel.Load(folder.File("m.sed"), device: "cpu");
        using var plain = SedModel.Of(LoudnessModel.Make(tuned), device: "cpu");
        Assert.Equal(map, model.Detection.Calibration!.Frames[Car]);
        var (calibrated, other) = (model.Predict(Wav("long.wav", sound)), plain.Predict(Wav("plain.wav", sound)));
        AssertLongEvents(calibrated.Events);
        Assert.Equal(other.Events, calibrated.Events);
        var car = model.Classes.IndexOf(Car);
        Assert.Equal(map.Of(other.TagProbabilities[car]), calibrated.TagProbabilities[car]);
        Assert.True(calibrated.Detections[0].Confidence < other.Detections[0].Confidence);
        var live = model.Stream(8000);
        AssertLongEvents([.. live.Push(sound), .. live.Finish()]);
    }

    [Fact]
    public void With_common_steps_a_stream_reports_events_within_a_second()
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
            var live = model.Stream(8000);
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
    public void Change_points_work_for_files_and_are_refused_for_streams()
    {
        using var model = SedModel.Of(LoudnessModel.Make(Tuned(new DecodingStep.ChangePoints(0.4, 0.5))));
        var found = model.Detect(Wav("long.wav", sound));
        Assert.Contains(found, one => Math.Abs(one.Onset - 1.2) < 0.1 && Math.Abs(one.Offset - 2.4) < 0.1);
        Assert.StartsWith(
            "The decoding needs the whole recording: change points with a filter of 0.4 s, merged below a difference of 0.5 (Car). ",
            Assert.Throws<NotSupportedException>(() => model.Stream(8000)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_gate_applies_to_recordings_survives_the_model_file_and_is_refused_for_streams()
    {
        var file = Wav("long.wav", sound);
        using var probe = SedModel.Of(LoudnessModel.Make());
        // The class whose probabilities are always low.
        var (label, probability) = (probe.Classes[0], probe.Predict(file).TagProbabilities[0]);
        Assert.NotEmpty(Detected(0.9 * probability));
        Assert.Empty(Detected(1.1 * probability));

        IReadOnlyList<SoundEvent> Detected(double gate)
        {
            DetectionOptions options = new()
            {
                Threshold = 0.999999,
                PerClass = new Dictionary<string, ClassDetection>
                {
                    [label] = new() { Threshold = 0.5 * probability, Gate = gate },
                },
            };
            ModelFile.Write(folder.File("m.sed"), LoudnessModel.Make(options));
            using var model = SedModel.Load(folder.File("m.sed"), device: "cpu");
            Assert.StartsWith(
                FormattableString.Invariant(
                    $"The decoding needs the whole recording: gate {gate:0.###} on the weak output ({label}). "
                ),
                Assert.Throws<NotSupportedException>(() => model.Stream(8000)).Message,
                StringComparison.Ordinal
            );
            return [.. model.Predict(file).Events.Where(sound => sound.Label == label)];
        }
    }

    [Fact]
    public void Tags_from_the_weak_output_use_the_tag_thresholds()
    {
        var file = Wav("clip.wav", LoudnessModel.Sound(1, (0.2, 0.8)));
        using var probe = SedModel.Of(LoudnessModel.Make());
        // The class whose probabilities are always low.
        var probability = probe.Predict(file).TagProbabilities[0];
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
    public void Options_of_an_unknown_class_are_refused()
    {
        DetectionOptions options = new()
        {
            PerClass = new Dictionary<string, ClassDetection> { ["Tram"] = new() { Threshold = 0.3 } },
        };
        var wrong = LoudnessModel.Make(options);
        Assert.Equal(
            ["detection, Tram: there is no such class; use one of Air horn, truck horn; Car"],
            wrong.Problems().Select(problem => problem.ToString())
        );
        Assert.Throws<ArgumentException>(() => SedModel.Of(LoudnessModel.Make(), options));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.717)]
    [InlineData(0.99)]
    public void Events_end_with_a_recording_that_is_shorter_than_a_clip(double seconds)
    {
        // This model detects cars in silence, so the event extends into the padding.
        var model = LoudnessModel.Make(new DetectionOptions { Steps = [new DecodingStep.MinimumGap(0.5)] });
        var weights = model.Members[0].Weights.ToDictionary();
        weights["strong.bias"] = NumpyArray.Of([-9f, 9f]);
        using var padded = SedModel.Of(model with { Members = [model.Members[0] with { Weights = weights }] });
        List<float> scores = [];
        var file = Wav("short.wav", LoudnessModel.Sound(seconds, (0.08, seconds)));
        var recording = padded.Predict(file, (_, _, frames) => scores.AddRange(frames));
        var last = recording.Events[^1];
        var length = Math.Round(seconds * 8000) / 8000;
        Assert.Equal(length, recording.Seconds);
        Assert.Equal(length, last.Offset);
        Assert.All(recording.Events, sound => Assert.True(sound.Onset < sound.Offset));
        Assert.Equal((int)Math.Ceiling(seconds / 0.04), scores.Count / 2);
        // A recording as long as a clip has no padding, so nothing is cut.
        var whole = padded.Predict(Wav("whole.wav", LoudnessModel.Sound(1, (0.08, 1))));
        Assert.Equal(1, whole.Events[^1].Offset);
    }

    [Fact]
    public void A_waveform_model_survives_writing_and_reading_and_predicts()
    {
        var saved = SmallModel.OfSamples();
        ModelFile.Write(folder.File("m.sed"), saved);
        var read = ModelFile.Read(folder.File("m.sed"));
        Assert.Equal(saved.Features, read.Features);
        using var model = SedModel.Load(folder.File("m.sed"), device: "cpu");
        var clip = Wav("clip.wav", sound[..8000]);

        using ModelEnsemble networks = new(saved, TorchSharp.torch.CPU);
        var output = networks.Predict([new Window(AudioFile.Read(clip, 8000).ToArray(), 25)], clip)[0];
        Assert.Equal(output.Weak, model.Predict(clip).TagProbabilities);
        Assert.Equal(25, model.Scores(clip).Frames);
        Assert.Equal(150, model.Scores(Wav("long.wav", sound)).Frames);
        var live = model.Stream(16000);
        live.Push(sound);
        live.Finish();
    }

    public static TheoryData<string, Layer[]> Resolutions =>
        new()
        {
            {
                "6 output frames for 25 input frames, without the last input frame",
                [new Layer.Pooling(4, 1, PoolingKind.Mean)]
            },
            { "one output frame for the first 16 input frames", [new Layer.Pooling(16, 1, PoolingKind.Mean)] },
            {
                "16 output frames for the first 16 input frames",
                [new Layer.Pooling(16, 1, PoolingKind.Mean), new Layer.Upsampling(16, UpsamplingKind.Repetition)]
            },
            {
                "two output frames for three input frames",
                [new Layer.Pooling(3, 1, PoolingKind.Mean), new Layer.Upsampling(2, UpsamplingKind.Repetition)]
            },
            { "two output frames for one input frame", [new Layer.Upsampling(2, UpsamplingKind.Linear)] },
        };

    [Theory]
    [MemberData(nameof(Resolutions))]
    public void Event_times_are_correct_at_any_resolution(string name, Layer[] layers)
    {
        Assert.NotEmpty(name);
        using var model = SedModel.Of(LoudnessModel.Make(new DetectionOptions(), layers));
        var stride = model.Saved.Network.FrameStride;
        Assert.Equal(0.04 * stride, model.HopSeconds, 12);
        // Multiples of every output frame length, so that each output frame is either loud or quiet.
        (double Onset, double Offset)[] events = [(3.84, 7.68), (26.88, 30.72), (53.76, 57.6)];
        var long60 = LoudnessModel.Sound(60, events);
        var file = Wav("long.wav", long60);
        // A window that starts inside a pooled frame mixes loud and quiet, so the error is at most the pool size.
        var near = 0.04 * layers.OfType<Layer.Pooling>().Select(pool => pool.Frames).DefaultIfEmpty(2).Max() + 1e-9;
        AssertFound(model.Predict(file).Events);
        Assert.Equal((int)Math.Ceiling(1500 / stride), model.Scores(file).Frames);

        var live = model.Stream(8000);
        List<SoundEvent> reported = [];
        for (var at = 0; at < long60.Length; at += 80)
            foreach (var one in live.Push(long60.AsSpan(at, 80)))
            {
                Assert.InRange((at + 80) / 8000.0 - one.Offset, 0, live.DelaySeconds + 0.01);
                reported.Add(one);
            }
        AssertFound(reported);
        Assert.Empty(live.Finish());

        void AssertFound(IReadOnlyList<SoundEvent> found)
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
