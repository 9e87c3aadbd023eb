using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Scoring;
using Sed.Core.Training.Targets;

namespace Sed.Core.Tests.Training;

public sealed class FrameTargetsTests
{
    private static readonly ClassList classes = new(["bus", "car"]);

    [Fact]
    public void A_frame_is_active_if_an_event_overlaps_it()
    {
        var targets = FrameTargets.FromEvents(
            classes,
            Events(new(0.25, 0.5, "car"), new(0.3, 0.35, "car"), new(0, 0, "bus"), new(0.55, 9, "bus"))
        );
        // Frames of 0.1 s: the car events overlap those from 0.2 s to 0.5 s; the row "0 0 bus" overlaps none.
        Assert.Equal([0, 0, 0, 0, 0, 1, 1], Of(targets, 7, 0.1, 0));
        Assert.Equal([0, 0, 1, 1, 1, 0, 0], Of(targets, 7, 0.1, 1));
        Assert.True(targets.Knows("clip"));
        Assert.False(targets.Knows("other"));
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.1)]
    [InlineData(1 / 3.0)]
    [InlineData(0.0464)]
    public void Decoding_frames_to_events_and_converting_back_restores_the_frames(double hop)
    {
        var draw = new Random(3);
        var roll = new float[300 * 2];
        for (var at = 0; at < roll.Length; at++)
            roll[at] = draw.Next(2);
        var events = new EventDecoder(classes, hop, new DetectionOptions()).Decode(roll);
        var back = new float[roll.Length];
        FrameTargets.FromEvents(classes, Events([.. events])).Fill("clip", [], hop, back);
        Assert.Equal(roll, back);
    }

    [Fact]
    public void Scores_are_used_unchanged_or_resampled_to_the_frames_of_the_network()
    {
        var targets = FrameTargets.FromScores(Scores(0.5, 0.2f, 0.8f, 0.6f));
        Assert.Equal([0.2f, 0.8f, 0.6f], Of(targets, 3, 0.5, 0));
        Assert.Equal([0.2f, 0.2f, 0.8f, 0.8f, 0.6f, 0.6f], Of(targets, 6, 0.25, 0));
        Close([0.5, 0.6], Of(targets, 2, 1, 0)); // the last frame is cut at the end of the clip
        Close([0.2, (0.25 * 0.2 + 0.5 * 0.8) / 0.75, (0.5 * 0.8 + 0.25 * 0.6) / 0.75], Of(targets, 3, 0.375, 0));
        Close([1 - 0.2, 1 - 0.8, 1 - 0.6], Of(targets, 3, 0.5, 1));
    }

    [Fact]
    public void A_threshold_makes_pseudo_labels_binary_and_tags_exclude_classes()
    {
        var scores = Scores(0.5, 0.2f, 0.8f, 0.5f);
        Assert.Equal([0, 1, 1], Of(FrameTargets.FromScores(scores, 0.5), 3, 0.5, 0));
        var values = new float[6];
        FrameTargets.FromScores(scores, 0.5).Fill("clip", [false, true], 0.5, values);
        Assert.Equal([0, 1, 0, 0, 0, 1], values);
        FrameTargets.FromScores(scores, 0.5, withinTags: false).Fill("clip", [false, true], 0.5, values);
        Assert.Equal([0, 1, 1, 0, 1, 1], values);
    }

    [Fact]
    public void Fallback_targets_are_used_for_clips_without_targets()
    {
        var events = FrameTargets.FromEvents(classes, EventList.Of([("other", [new SoundEvent(0, 1, "car")])]));
        var both = events.Else(FrameTargets.FromScores(Scores(0.5, 0.2f, 0.8f)));
        var values = new float[4];
        both.Fill("other", [], 0.5, values);
        Assert.Equal([0, 1, 0, 1], values);
        both.Fill("clip", [], 0.5, values);
        Assert.Equal(0.2f, values[0]);
        Assert.False(both.Knows("third"));
        Assert.Equal((1, 0.5), both.LengthOf("clip"));
        Assert.Null(both.LengthOf("other"));
    }

    [Fact]
    public void Different_targets_have_different_keys()
    {
        var scores = Scores(0.5, 0.2f, 0.8f);
        string[] all =
        [
            FrameTargets.FromScores(scores).Key.ToJsonString(),
            FrameTargets.FromScores(scores, 0.5).Key.ToJsonString(),
            FrameTargets.FromScores(scores, 0.6).Key.ToJsonString(),
            FrameTargets.FromScores(scores, withinTags: false).Key.ToJsonString(),
            FrameTargets.FromScores(Scores(0.5, 0.2f, 0.9f)).Key.ToJsonString(),
            FrameTargets.FromScores(Scores(0.4, 0.2f, 0.8f)).Key.ToJsonString(),
            FrameTargets.FromEvents(classes, Events(new SoundEvent(0, 1, "car"))).Key.ToJsonString(),
            FrameTargets.FromEvents(classes, Events(new SoundEvent(0, 1, "bus"))).Key.ToJsonString(),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(all[0], FrameTargets.FromScores(Scores(0.5, 0.2f, 0.8f)).Key.ToJsonString());
        Assert.Matches("""^\{"scores":"[0-9a-f]{64}","threshold":0.5,"withinTags":true\}$""", all[1]);
    }

    [Fact]
    public void Invalid_targets_are_rejected()
    {
        Refused(
            "event list in memory: no class is called 'train', 'tram'; the classes are bus; car. (Parameter 'events')",
            () => FrameTargets.FromEvents(classes, Events(new(0, 1, "train"), new(0, 1, "tram"), new(0, 1, "car")))
        );
        Refused(
            "The score of clip in frame 1 is 1.5; scores must be probabilities from 0 to 1. (Parameter 'scores')",
            () => FrameTargets.FromScores(Scores(0.5, 0.2f, 1.5f))
        );
        Refused(
            "The threshold of pseudo-labels is 1; it must be between 0 and 1. (Parameter 'threshold')",
            () => FrameTargets.FromScores(Scores(0.5, 0.2f), 1)
        );
        Refused(
            "Targets of 2 classes cannot be combined with targets of 1. (Parameter 'second')",
            () =>
                FrameTargets
                    .FromScores(Scores(0.5, 0.2f))
                    .Else(FrameTargets.FromScores(new ClipScores(["clip"], 1, 1, [0.5f], [0.5f])))
        );
    }

    private static void Refused(string text, Func<object> make) =>
        Assert.Equal(text, Assert.Throws<ArgumentException>(make).Message);

    private static EventList Events(params SoundEvent[] events) => EventList.Of([("clip", events)]);

    /// <summary>
    /// Scores of one clip: the given probabilities for the first class, 1 minus these for the second.
    /// </summary>
    private static ClipScores Scores(double hop, params float[] first) =>
        new(["clip"], first.Length, hop, [.. first.SelectMany(value => new[] { value, 1 - value })], [0.5f, 0.5f]);

    private static float[] Of(FrameTargets targets, int frames, double hop, int k)
    {
        var values = new float[frames * 2];
        targets.Fill("clip", [], hop, values);
        return [.. values.Chunk(2).Select(frame => frame[k])];
    }

    private static void Close(double[] wanted, float[] found)
    {
        Assert.Equal(wanted.Length, found.Length);
        foreach (var (one, other) in wanted.Zip(found))
            Assert.Equal(one, other, 1e-6);
    }
}
