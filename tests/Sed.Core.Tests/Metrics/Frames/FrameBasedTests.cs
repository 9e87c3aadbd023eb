using Sed.Core.Annotations;
using Sed.Core.Metrics.Frames;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Scoring;

namespace Sed.Core.Tests.Metrics.Frames;

public class FrameBasedTests
{
    private static readonly ClassList classes = new(["a", "b"]);

    [Fact]
    public void A_missed_a_false_and_a_confused_event_are_wrong_for_their_frames()
    {
        var counts = Count(
            [new(0, 0.1, "a"), new(0.2, 0.3, "b"), new(0.5, 0.6, "a")],
            [new(0, 0.1, "a"), new(0.2, 0.3, "a"), new(0.3, 0.35, "b")]
        );
        Assert.Equal((60, 10 + 5 + 10), (counts.Frames, counts.Wrong));
        Assert.Equal(25.0 / 60, counts.Error.Value);
    }

    [Fact]
    public void Frames_are_compared_at_their_centres()
    {
        // Centres at 5, 15, 25 and 35 ms; the estimate ends on a centre, which it does not contain.
        var counts = Count([new(0, 0.04, "a")], [new(0.0051, 0.025, "a")]);
        Assert.Equal((4, 3), (counts.Frames, counts.Wrong));
    }

    [Fact]
    public void Either_class_of_an_overlap_in_the_reference_is_right()
    {
        Assert.Equal(0, Count([new(0, 0.1, "a"), new(0, 0.1, "b")], [new(0, 0.1, "b")]).Wrong);
        // The first class of an overlap in the estimate counts.
        Assert.Equal(10, Count([new(0, 0.1, "b")], [new(0, 0.1, "a"), new(0, 0.1, "b")]).Wrong);
    }

    [Fact]
    public void The_largest_score_above_that_of_no_event_is_the_estimate()
    {
        var scores = FrameScores.Of([0.6f, 0.7f, 0.5f, 0.4f, 0.2f, 0.1f], 2, 0.1);
        ScoreList list = new(classes, [("f", scores)]);
        var reference = EventList.Of([("f", [new SoundEvent(0, 0.2, "b")])]);
        var durations = Durations.Of([("f", 0.4)]);
        var counts = FrameBased.CountEach(ScorePairs.Of(list, reference, durations))[0];
        // 0 to 0.1 s: b. 0.1 to 0.2 s: no event, at equal scores. Then no event until the end of the file.
        Assert.Equal((40, 10), (counts.Frames, counts.Wrong));
    }

    [Fact]
    public void Without_frames_the_error_is_undefined()
    {
        var counts = Count([], []);
        Assert.Equal("the clips have no frames", counts.Error.Why);
        Assert.Equal(
            0,
            FrameMetrics.EventError.Of(
                MetricInputs
                    .Of(
                        EventPairs.Of(
                            classes,
                            [
                                [],
                            ],
                            [
                                [],
                            ]
                        )
                    )
                    .Once()
            )
        );
    }

    private static FrameCounts Count(SoundEvent[] reference, SoundEvent[] estimate) =>
        FrameBased.CountEach(EventPairs.Of(classes, [reference], [estimate]))[0];
}
