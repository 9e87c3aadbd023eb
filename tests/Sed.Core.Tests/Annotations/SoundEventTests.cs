using System.Globalization;
using Sed.Core.Annotations;

namespace Sed.Core.Tests.Annotations;

public sealed class SoundEventTests
{
    [Fact]
    public void An_event_is_formatted_with_its_times_its_label_and_its_confidence()
    {
        var culture = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = "," } };
        try
        {
            SoundEvent sound = new(0.25, 1.5, "Air horn, truck horn");
            Assert.Equal("0.25 s to 1.5 s: Air horn, truck horn", sound.ToString());
            Assert.Equal(
                "0.25 s to 1.5 s: Air horn, truck horn (confidence 0.8)",
                new SoftEvent(sound, 0.8).ToString()
            );
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Fact]
    public void Events_of_other_classes_are_left_out_and_reported()
    {
        var list = EventList.Of(
            [
                ("a.wav", [new SoundEvent(0, 1, "dog"), new SoundEvent(1, 2, "Bus")]),
                ("b.wav", [new SoundEvent(0, 1, "Car")]),
            ],
            "list"
        );
        var dogs = list.OfClasses(new ClassList(["dog", "cat"]));
        Assert.Equal(["a.wav", "b.wav"], dogs.Files);
        Assert.Equal(1, dogs.Count);
        Assert.Equal(
            ["list: 2 rows are left out because their labels are not among the classes: Bus; Car"],
            dogs.Notes
        );
        var tags = TagList.From(list).OfClasses(new ClassList(["dog"]));
        Assert.Equal(["dog"], tags.Labels);
        Assert.Equal(
            ["list: 2 rows are left out because their labels are not among the classes: Bus; Car"],
            tags.Notes
        );
    }

    [Fact]
    public void Copies_of_tags_know_the_annotation_file_of_each_recording()
    {
        EventList Annotations(string recording, string source) =>
            EventList.Of([(recording, [new SoundEvent(0, 1, "dog"), new SoundEvent(1, 2, "Bus")])], source);
        var joined = EventList.Joined("folder", [Annotations("a.wav", "a.txt"), Annotations("b.wav", "b.txt")]);
        var copy = TagList
            .From(joined)
            .OfClasses(new ClassList(["dog"]))
            .Relabelled(label => label.ToUpperInvariant())
            .WithUnknown(new Dictionary<string, IReadOnlyList<string>>());
        Assert.Equal(["DOG"], copy.Labels);
        Assert.Equal("b.txt", copy.SourceAt(1));
    }

    [Fact]
    public void Scores_of_other_classes_are_left_out()
    {
        var text = "filename\tonset\toffset\tBus\tdog\na.wav\t0\t1\t0.25\t0.5\na.wav\t1\t2\t0.75\t1\n"u8;
        var list = ScoreList.Parse(text, "scores.tsv");
        var dogs = list.OfClasses(new ClassList(["cat", "dog"]));
        Assert.Equal(["dog"], dogs.Classes);
        Assert.Equal([0.5, 1], dogs[0].Of(0).ToArray());
        Assert.Equal(
            "scores.tsv: none of the classes in this list (Bus; dog) is one of the classes to evaluate (cat)",
            Assert.Throws<AnnotationException>(() => list.OfClasses(new ClassList(["cat"]))).Message
        );
    }
}
