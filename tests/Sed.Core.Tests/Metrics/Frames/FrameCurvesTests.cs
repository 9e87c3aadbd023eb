using Sed.Core.Annotations;
using Sed.Core.Metrics.Frames;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Thresholds;

namespace Sed.Core.Tests.Metrics.Frames;

public class FrameCurvesTests
{
    private static readonly FrameScores scores = FrameScores.Of([0.9f, 0.4f, 0.6f, 0.2f], 1, 0.1);

    [Fact]
    public void A_frame_is_positive_if_an_event_covers_its_centre()
    {
        // The event covers the centre of the second frame but not that of the third.
        var curve = Curve([new(0, 0.25, "a")], known: null);
        Assert.Equal((2, 2), (curve.References, curve.Points[^1].FalsePositives));
        // Of the four pairs of a positive and a negative frame, 0.4 and 0.6 are in the wrong order.
        Assert.Equal(0.75, curve.RocArea().Value);
    }

    [Fact]
    public void Frames_that_are_not_fully_annotated_do_not_count()
    {
        // Half of the second frame is not annotated.
        var spans = KnownSpans.Of([(0, 0.15), (0.2, 0.4)]);
        var curve = Curve([new(0, 0.25, "a")], KnownTimes.Of([("f", [spans])]));
        Assert.Equal((1, 2), (curve.References, curve.Points[^1].FalsePositives));
        Assert.Equal(1, curve.RocArea().Value);
    }

    private static ThresholdCurve Curve(SoundEvent[] events, KnownTimes? known)
    {
        ScoreList list = new(new(["a"]), [("f", scores)]);
        var pairs = ScorePairs.Of(list, EventList.Of([("f", events)]), Durations.Of([("f", 0.4)]), known);
        return FrameCurves.Sweep(pairs).OfAll(pairs).Of("a");
    }
}
