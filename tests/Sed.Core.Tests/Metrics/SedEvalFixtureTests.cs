using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Segments;

namespace Sed.Core.Tests.Metrics;

/// <summary>The lists of sed_eval's tests, with the expected values of those tests.</summary>
public class SedEvalFixtureTests
{
    private static EventList Read(string name) =>
        EventListFile.Read(
            Path.Combine(SharedFolder.Require("reference", "sed_eval_fixtures"), $"sound_event__{name}.txt")
        );

    private static EventPairs Pair(string name)
    {
        var reference = Read(name);
        return EventPairs.Of(ClassList.Of(reference), reference, Read($"{name}_detected"));
    }

    [Fact]
    public void Counts_of_a_recording_and_a_silent_recording_add_up()
    {
        ClassList classes = new(["event1"]);
        EventPairs[] pairs =
        [
            .. new[] { "binary1", "binary2" }.Select(name =>
                EventPairs.Of(classes, Silent(Read(name)), Read($"{name}_detected"))
            ),
        ];
        var segments = (SegmentBased.Count(pairs[0]) + SegmentBased.Count(pairs[1])).Scores().Overall;
        Assert.Equal(0.666666666, segments.Accuracies!.Value.Accuracy.Value, 1e-7);
        Assert.Equal(0.75, segments.Accuracies.Value.Balanced.Value, 1e-12);
        Assert.Equal(1.0, segments.Accuracies.Value.Sensitivity.Value, 1e-12);
        Assert.Equal(0.5, segments.Accuracies.Value.Specificity.Value, 1e-12);
        Assert.Equal(1.0, segments.ErrorRates.ErrorRate.Value, 1e-12);
        Assert.Equal(2.0 / 3, segments.FMeasure.F.Value, 1e-12);

        var events = (EventBased.Count(pairs[0]) + EventBased.Count(pairs[1])).Scores().Overall;
        Assert.Equal(1.0, events.ErrorRates.ErrorRate.Value, 1e-12);
        Assert.Equal(2.0 / 3, events.FMeasure.F.Value, 1e-12);
    }

    [Fact]
    public void Padded_numbers_and_a_file_without_detections_are_read()
    {
        var events = EventBased.Count(Pair("binary5")).Scores().Overall;
        Assert.Equal(1.5, events.ErrorRates.ErrorRate.Value, 1e-12);
        Assert.Equal(0.0, events.FMeasure.F.Value);
    }

    [Fact]
    public void Equal_lists_have_perfect_scores()
    {
        var overall = SegmentBased.Count(Pair("audioset1")).Scores().Overall;
        Assert.Equal((0.0, 1.0), (overall.ErrorRates.ErrorRate.Value, overall.FMeasure.F.Value));
    }

    [Fact]
    public void Optimal_and_greedy_matching_agree_on_the_street_scene()
    {
        var (reference, estimated) = (Read("street_fold1_reference"), Read("street_fold1_detected"));
        var pairs = EventPairs.Of(ClassList.Of(reference), reference, estimated);
        var optimal = EventBased.Count(pairs);
        var greedy = EventBased.Count(pairs, new EventOptions { Matching = EventMatching.Greedy });
        Assert.Equal(optimal.Values.ToArray(), greedy.Values.ToArray());
    }

    [Theory]
    [InlineData("mini_detected_a")]
    [InlineData("mini_detected_b")]
    public void The_optimal_matching_finds_both_events_in_any_order_of_detections(string detected)
    {
        var reference = Read("mini_reference");
        var pairs = EventPairs.Of(ClassList.Of(reference), reference, Read(detected));
        var counts = EventBased.Count(pairs, new EventOptions { CollarSeconds = 0.25, EvaluateOffset = false });
        Assert.Equal(2, counts.TruePositives);
    }

    [Fact]
    public void The_worked_example_of_segments_is_reproduced()
    {
        var pairs = EventPairs.Of(
            new ClassList(["car"]),
            [
                [new(0.0, 2.5, "car"), new(2.8, 4.5, "car"), new(6.0, 10.0, "car")],
            ],
            [
                [new(1.0, 3.5, "car"), new(7.0, 8.0, "car")],
            ]
        );
        var overall = SegmentBased.Count(pairs).Scores().Overall;
        Assert.Equal(0.5, overall.Accuracies!.Value.Accuracy.Value, 1e-12);
        Assert.Equal(5.0 / 9, overall.ErrorRates.ErrorRate.Value, 1e-12);
    }

    [Fact]
    public void The_worked_example_of_events_is_reproduced()
    {
        var pairs = EventPairs.Of(
            new ClassList(["car"]),
            [
                [new(0.0, 2.5, "car"), new(2.8, 4.5, "car"), new(6.0, 10.0, "car")],
            ],
            [
                [new(0.2, 3.5, "car"), new(6.0, 8.0, "car")],
            ]
        );
        var overall = EventBased.Count(pairs).Scores().Overall;
        Assert.Equal(0.8, overall.FMeasure.F.Value, 1e-12);
        Assert.Equal(1.0 / 3, overall.ErrorRates.ErrorRate.Value, 1e-12);
    }

    /// <summary>Replaces a list without rows by one with an unnamed recording without events.</summary>
    private static EventList Silent(EventList list) => list.Files.IsEmpty ? EventList.Of([("", [])]) : list;
}
