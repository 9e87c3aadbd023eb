using Sed.Core.Annotations;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Segments;

namespace Sed.Core.Tests.Metrics.Pairs;

public class EventPairsTests
{
    private static readonly ClassList Classes = new(["Bus", "Car"]);

    private static EventList List(string source, params (string File, IReadOnlyList<SoundEvent> Events)[] files) =>
        EventList.Of(files, source);

    [Fact]
    public void The_files_are_those_of_the_reference()
    {
        var pairs = EventPairs.Of(
            Classes,
            List("reference", ("a", [new(0, 1, "Car")]), ("b", [])),
            List("estimate", ("zzz", [new(0, 9, "Car")]), ("b", [new(0, 1, "Bus")]))
        );
        Assert.Equal(["a", "b"], pairs.Files);
        Assert.Equal(["zzz"], pairs.IgnoredFiles);
        var counts = SegmentBased.Count(pairs);
        Assert.Equal((1, 1), (counts.Deletions, counts.Insertions));
    }

    [Fact]
    public void A_label_outside_the_classes_is_reported_for_either_list()
    {
        var reference = List("reference", ("a", [new(0, 1, "Car")]));
        var thrown = Assert.Throws<AnnotationException>(() =>
            EventPairs.Of(
                Classes,
                reference,
                List("estimate", ("a", [new(0, 1, "car")]), ("other", [new(0, 1, "Zebra")]))
            )
        );
        Assert.Equal(
            [
                "estimate: 2 labels are not among the 2 classes (Bus; Car): \"car\" (1 row); \"Zebra\" (1 row); \"car\" resembles the class \"Car\"; correct the labels, or add them to the classes",
            ],
            thrown.Problems.Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void A_label_in_another_Unicode_form_resembles_its_class()
    {
        var thrown = Assert.Throws<AnnotationException>(() =>
            EventPairs.Of(
                new ClassList(["\u00C4rger"]),
                List("reference", ("a", [new(0, 1, "\u00C4rger")])),
                List("estimate", ("a", [new(0, 1, "A\u0308rger")]))
            )
        );
        Assert.EndsWith(
            "\"A\u0308rger\" resembles the class \"\u00C4rger\"; correct the labels, or add them to the classes",
            thrown.Message
        );
    }

    [Fact]
    public void A_list_without_file_names_is_not_compared_with_a_list_with_file_names()
    {
        var thrown = Assert.Throws<AnnotationException>(() =>
            EventPairs.Of(
                Classes,
                List("reference", ("a", [new(0, 1, "Car")])),
                List("estimate", ("", [new(0, 1, "Car")]))
            )
        );
        Assert.Equal("estimate: the rows have no file names, but the rows of reference do", thrown.Message);
    }

    [Fact]
    public void Reference_and_estimate_in_memory_must_have_the_same_number_of_clips() =>
        Assert.Throws<ArgumentException>(() =>
            EventPairs.Of(
                Classes,
                [
                    [],
                ],
                [
                    [],
                    [],
                ]
            )
        );

    [Fact]
    public void An_invalid_event_in_memory_is_reported_with_its_clip()
    {
        var thrown = Assert.Throws<AnnotationException>(() =>
            EventPairs.Of(
                Classes,
                [
                    [],
                ],
                [
                    [new(2, 1, "Car")],
                ]
            )
        );
        Assert.Equal("estimate, clip 0: the offset of 1 s is before the onset of 2 s", thrown.Message);
    }

    [Fact]
    public void Counts_with_different_classes_or_options_cannot_be_added()
    {
        var pairs = EventPairs.Of(
            Classes,
            [
                [],
            ],
            [
                [],
            ]
        );
        var fine = SegmentBased.Count(pairs, new SegmentOptions { ResolutionSeconds = 0.1 });
        Assert.Throws<ArgumentException>(() => SegmentBased.Count(pairs) + fine);
    }

    [Fact]
    public void Memory_does_not_depend_on_the_number_of_segments()
    {
        var pairs = EventPairs.Of(
            Classes,
            [
                [new(0, 3e7, "Car")],
            ],
            [
                [new(1, 3e7, "Car")],
            ]
        );
        var counts = SegmentBased.Count(pairs, new SegmentOptions { ResolutionSeconds = 1e-6 });
        Assert.Equal((29_999_999_000_000, 1_000_000), (counts.Overall.TruePositives, counts.Deletions));
    }

    [Fact]
    public void Too_many_agreeing_pairs_are_rejected_with_the_file_name()
    {
        SoundEvent[] same = [.. Enumerable.Repeat(new SoundEvent(1, 2, "Car"), 4000)];
        var pairs = EventPairs.Of(Classes, [same], [same]);
        var thrown = Assert.Throws<InvalidOperationException>(() => EventBased.Count(pairs));
        Assert.StartsWith("clip 0: more than 10000000 pairs", thrown.Message);
    }
}
