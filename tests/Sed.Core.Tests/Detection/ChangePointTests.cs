using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Runtime.Keys;
using Sed.Core.Scoring;

namespace Sed.Core.Tests.Detection;

public sealed class ChangePointTests
{
    private static readonly ClassList Classes = new(["Car", "Bus"]);

    private static readonly float[] TwoBoxes = Plateaus((0.9f, 10), (0.01f, 10), (0.1f, 10));

    private static readonly float[] Hump = [0, 0.375f, 1, 1, 1, 0.25f, 0, 0];

    private static float[] Plateaus(params (float Score, int Frames)[] parts) =>
        [.. parts.SelectMany(part => Enumerable.Repeat(part.Score, part.Frames))];

    /// <summary>Boxes of frames of 0.1 s, confidences rounded to 6 digits.</summary>
    private static IEnumerable<EventBox> Boxes(DecodingStep.ChangePoints step, params float[] scores) =>
        step.Boxes(scores, 10).Select(box => box with { Confidence = Math.Round(box.Confidence, 6) });

    [Fact]
    public void A_box_extends_from_the_steepest_rise_to_the_steepest_fall_and_its_confidence_is_the_mean()
    {
        Assert.Equal(
            [new EventBox(0.2, 0.6, 0.75)],
            Boxes(new(0.4), 0.125f, 0.125f, 0.75f, 0.5f, 1, 0.75f, 0.125f, 0.125f)
        );
        // A plateau that is longer than half the filter is a box of its own.
        Assert.Equal(
            [new EventBox(0.1, 0.2, 0.25), new(0.3, 0.6, 0.875)],
            Boxes(new(0.2), 0, 0.25f, 0.25f, 0.875f, 0.875f, 0.875f)
        );
    }

    [Fact]
    public void The_filter_is_neither_rounded_to_frames_nor_halved_to_frames()
    {
        // Half of 0.3 s is 1.5 frames: the response has an extreme within the last frame but one.
        Assert.Equal([new EventBox(0.2, 0.5, 1), new(0.7, 0.8, 0)], Boxes(new(0.2), Hump));
        Assert.Equal([new EventBox(0.2, 0.5, 1), new(0.75, 0.8, 0)], Boxes(new(0.3), Hump));
        Assert.Equal([new EventBox(0.2, 0.5, 1)], Boxes(new(0.5), Hump));
    }

    [Fact]
    public void Boxes_can_touch_both_ends_of_the_clip_and_nothing_is_detected_in_silence()
    {
        Assert.Equal([new EventBox(0, 0.3, 0.5)], Boxes(new(0.2), 0.5f, 0.5f, 0.5f));
        Assert.Equal([new EventBox(0, 0.1, 0.5)], Boxes(new(2), 0.5f));
        Assert.Equal([new EventBox(0, 0.3, 0)], Boxes(new(0.2), 0, 0, 0));
        Assert.Empty(Boxes(new(0.2)));
        EventDecoder decoder = new(
            Classes,
            0.1,
            new() { Threshold = 1e-6, Steps = [new DecodingStep.ChangePoints(0.2)] }
        );
        Assert.Empty(decoder.Decode(new float[20]));
    }

    [Fact]
    public void Both_neighbours_must_be_close_to_the_gap_to_be_merged()
    {
        // The difference to the gap of 0.01 is 0.89 on one side and 0.09 on the other. The plateau in the gap is a box as well.
        Assert.Equal([new EventBox(0, 1, 0.9), new(1.2, 1.8, 0.01), new(2, 3, 0.1)], Boxes(new(0.4), TwoBoxes));
        Assert.Equal([new EventBox(0, 1, 0.9), new(1.2, 3, 0.06)], Boxes(new(0.4, MergeDifference: 0.2), TwoBoxes));
        Assert.Equal([new EventBox(0, 3, 0.336667)], Boxes(new(0.4, MergeDifference: 0.9), TwoBoxes));
    }

    [Theory]
    [InlineData(0, 1, false)]
    [InlineData(0.62, 1, false)]
    [InlineData(0.63, 1, true)]
    // 0.876 / 0.251 = 3.49, with 0.001 added to both.
    [InlineData(0, 3.48, false)]
    [InlineData(0, 3.5, true)]
    [InlineData(0.62, 3.5, false)]
    [InlineData(0.63, 3.48, false)]
    [InlineData(0.63, 3.5, true)]
    public void Boxes_are_merged_below_every_threshold_that_is_used(double difference, double ratio, bool merged)
    {
        float[] clip = [0.75f, 0.75f, 0.25f, 0.25f, 0.875f, 0.875f];
        Assert.Equal(
            merged ? [new EventBox(0, 0.6, 0.625)] : [new(0, 0.2, 0.75), new EventBox(0.4, 0.6, 0.875)],
            Boxes(new(0.2, difference, ratio), clip)
        );
    }

    [Fact]
    public void Maxima_of_boxes_and_minima_of_gaps_decide_not_their_means()
    {
        // Means 0.75 and 0.6, maxima 0.9 and 0.6, gap 0.2.
        float[] clip = [0.1f, 0.9f, 0.6f, 0.2f, 0.6f, 0.6f, 0.1f];
        Assert.Equal(2, Boxes(new(0.2, MergeDifference: 0.69), clip).Count());
        Assert.Single(Boxes(new(0.2, MergeDifference: 0.71), clip));
        // Mean 0.35 and minimum 0.2 of a gap between boxes of 0.6.
        float[] gap = [0.6f, 0.6f, 0.5f, 0.2f, 0.6f, 0.6f];
        Assert.Equal([(0, 0.3), (0.4, 0.6)], Boxes(new(0.2), gap).Select(box => (box.Onset, box.Offset)));
    }

    [Fact]
    public void All_gaps_are_decided_on_at_once_by_the_boxes_as_they_were_found()
    {
        // Merging the first two boxes makes a box whose maximum is 0.9, too high above the second gap of 0.65.
        float[] clip = [0.9f, 0.9f, 0.75f, 0.75f, 0.8f, 0.8f, 0.65f, 0.65f, 0.7f, 0.7f];
        Assert.Equal(3, Boxes(new(0.2), clip).Count());
        Assert.Equal([new EventBox(0, 1, 0.76)], Boxes(new(0.2, MergeDifference: 0.2), clip));
    }

    [Fact]
    public void The_threshold_selects_boxes_and_does_not_move_their_borders()
    {
        Random random = new(1);
        for (var clip = 0; clip < 50; clip++)
        {
            float[] noise = [.. Enumerable.Range(0, 120).Select(_ => random.NextSingle())];
            List<SoundEvent> At(double threshold) =>
                new EventDecoder(
                    Classes,
                    0.1,
                    new() { Threshold = threshold, Steps = [new DecodingStep.ChangePoints(0.5, MergeDifference: 0.1)] }
                ).Decode(noise);
            var all = At(1e-6);
            Assert.Contains(all, sound => sound.Onset * 10 % 1 is > 0.4 and < 0.6);
            for (var threshold = 0.1; threshold < 1; threshold += 0.1)
                Assert.Subset(all.ToHashSet(), At(threshold).ToHashSet());
        }
    }

    [Fact]
    public void Metrics_see_the_exact_borders_of_boxes_beside_classes_on_the_grid_of_frames()
    {
        DetectionOptions options = new()
        {
            PerClass = new Dictionary<string, ClassDetection>
            {
                ["Car"] = new() { Threshold = 0.5, Steps = [new DecodingStep.ChangePoints(0.3)] },
            },
        };
        float[] both = [.. Hump.SelectMany((score, frame) => (float[])[score, frame < 4 ? 0.75f : 0.25f])];
        var scores = new EventDecoder(Classes, 0.1, options).ScoresOverTime(both);
        Assert.Equal(
            [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8],
            scores.Borders.ToArray().Select(time => Math.Round(time, 9))
        );
        const double None = double.NegativeInfinity;
        Assert.Equal([None, None, 1, 1, 1, None, None, None, 0], scores.Of(0).ToArray());
        Assert.Equal([0.75, 0.75, 0.75, 0.75, 0.25, 0.25, 0.25, 0.25, 0.25], scores.Of(1).ToArray());
        Assert.Equal(
            [new SoundEvent(0.2, 0.5, "Car"), new(0, 0.4, "Bus")],
            new EventDecoder(Classes, 0.1, options).Decode(both)
        );
    }

    [Fact]
    public void PSDS_of_boxes_has_no_operating_point_that_detects_what_lies_outside_the_boxes()
    {
        // The reference is the whole clip. Without change points, the lowest threshold detects all of it. The scores fall ever
        // more slowly, so that there is no other box up to the end of the clip.
        float[] car = [.. Enumerable.Range(0, 30).Select(k => k < 10 ? 0.9f : 0.3f * MathF.Exp((10 - k) / 10f))];
        ClipTruth truth = new(
            Classes,
            ["a.wav"],
            [true, false],
            EventList.Of([("a.wav", (IReadOnlyList<SoundEvent>)[new SoundEvent(0, 3, "Car")])])
        );
        float[] strong = [.. car.SelectMany(score => (float[])[score, 0])];
        ClipScores scores = new(["a.wav"], 30, 0.1, strong, [0.9f, 0]);
        ScoredClips boxes = new(truth, scores, new() { Steps = [new DecodingStep.ChangePoints(0.4)] });
        Assert.Equal(0, boxes.Once().Psds(PsdsOptions.Scenario1).Value.Value);
        Assert.Equal(1, new ScoredClips(truth, scores, new()).Once().Psds(PsdsOptions.Scenario1).Value.Value);
        Assert.Equal([new SoundEvent(0, 1, "Car")], boxes.Events.EventsOf("a.wav").ToArray());
        Assert.Equal([0.9f, 0], ((int[])[5, 15]).Select(frame => (float)boxes.FrameScores[0].Of(0)[frame]));
    }

    [Fact]
    public void The_canonical_key_is_not_that_of_boxes_computed_by_other_rules() =>
        Assert.Equal(
            """{"kind":"boundingBoxes","mergeDifference":0.2,"mergeRatio":1,"seconds":0.48}""",
            CanonicalKey.Text(new DecodingStep.ChangePoints(0.48, MergeDifference: 0.2))
        );
}
