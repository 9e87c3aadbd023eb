using Sed.Core.Labelling;
using Sed.Core.Labelling.Estimates;

namespace Sed.Core.Tests.Labelling.Estimates;

public class CollectionSampleTests
{
    private static readonly string[] classes = ["Car", "Horn"];

    /// <summary>Recordings of 30 s with stretches of 10 s; the labels are files of the folder, the queues of its review.</summary>
    private static void Write(TemporaryFolder folder, string name, params string[] rows) =>
        File.WriteAllText(
            folder.File(name.Split('/')),
            string.Concat(rows.Select(row => row.Replace(' ', '\t') + "\n"))
        );

    private static TemporaryFolder Folder()
    {
        TemporaryFolder folder = new();
        foreach (var recording in new[] { "a.wav", "b.wav", "c.wav", "late.wav" })
            File.WriteAllBytes(folder.File(recording), [0]);
        return folder;
    }

    private static Stretch Piece(string recording, int number) => new(recording, 10 * number, 10 * (number + 1));

    private static CollectionSample Collection(TemporaryFolder folder, int firstRound, params string[] recordings) =>
        new(
            [
                .. recordings.SelectMany(recording =>
                    Enumerable.Range(0, 3).Select(k => (Piece(recording, k), new[] { 0.25f * k, 0.5f }))
                ),
            ],
            classes,
            StretchLabels.Read(folder.Path),
            new RandomSample(QueueHistory.Read(folder.File("review")), firstRound)
        );

    private static readonly string[] events =
    [
        "filename onset offset event_label reviewer reviewed",
        "a.wav 5 12 Car Ada 2026-01-01T00:00:00Z",
        "b.wav 20 21 Horn Ada 2026-01-01T00:00:00Z",
    ];

    private static readonly string[] annotated =
    [
        "filename onset offset event_label",
        "a.wav 0 20 ",
        "b.wav 20 30 ",
        "c.wav 0 30 ",
    ];

    [Fact]
    public void Drawn_stretches_have_labels_and_the_others_have_scores()
    {
        using var folder = Folder();
        Write(
            folder,
            "review/next.tsv",
            "filename onset offset reason score inclusion",
            "a.wav 0 10 random  0.5",
            "a.wav 20 30 random  0.5",
            "b.wav 0 10 random  0.5",
            "a.wav 10 20 uncertain 0.9 "
        );
        Write(folder, "review/population.tsv", "filename round", "a.wav 1", "b.wav 1");
        Write(folder, "review/events.tsv", events);
        Write(folder, "review/annotated.tsv", annotated);
        var collection = Collection(folder, 1, "a.wav", "b.wav", "c.wav", "late.wav");
        Assert.Equal((12, 3, 1, 0), (collection.Count, collection.Drawn, collection.Reviewed, collection.Missing));
        var (sample, notRepresented) = collection.Of(0);
        // The stretch of a from 0 s is drawn and reviewed; those from 20 s and of b are drawn, but not reviewed.
        Assert.Equal([new ReviewedStretch(0, true, 0.5)], sample.Drawn);
        // The stretch of a from 10 s was chosen otherwise; that of b from 20 s was annotated without a queue.
        Assert.Equal([new(0.25, 0.5, true), new(0.5, 0.5), new(0, 0.5), new ScoredStretch(0.25, 0.5)], sample.Others);
        // b from 20 s and the three stretches of c, which are not in the population.
        Assert.Equal((4, 0), (sample.KnownStretches, sample.KnownPresent));
        Assert.Equal(3, notRepresented);
        Assert.Equal((4, 1), (collection.Of(1).Sample.KnownStretches, collection.Of(1).Sample.KnownPresent));
    }

    [Fact]
    public void Rounds_before_the_first_one_that_counts_leave_known_stretches()
    {
        using var folder = Folder();
        Write(folder, "review/next-1.tsv", "filename onset offset reason score inclusion", "a.wav 0 10 random  0.2");
        Write(
            folder,
            "review/next.tsv",
            "filename onset offset reason score inclusion",
            "a.wav 10 20 random  0.5",
            "late.wav 0 10 random  0.5"
        );
        Write(folder, "review/population.tsv", "filename round", "a.wav 1", "late.wav 2");
        Write(folder, "review/events.tsv", events);
        Write(folder, "review/annotated.tsv", annotated);
        var all = Collection(folder, 1, "a.wav", "late.wav").Of(0).Sample;
        Assert.Equal([new(0, true, 1 - (0.8 * 0.5)), new ReviewedStretch(0.25, true, 1 - (0.8 * 0.5))], all.Drawn);
        Assert.Equal(0.5, all.Others[^1].Inclusion);
        var later = Collection(folder, 2, "a.wav", "late.wav").Of(0).Sample;
        Assert.Equal([new ReviewedStretch(0.25, true, 0.5)], later.Drawn);
        Assert.Equal((1, 1), (later.KnownStretches, later.KnownPresent));
        Assert.Equal(4, later.Others.Count);
    }

    [Fact]
    public void The_inclusion_probability_of_a_round_is_that_of_its_own_draws_not_of_repeated_stretches()
    {
        using var folder = Folder();
        const string header = "filename onset offset reason score inclusion";
        const string repeated = "a.wav 0 10 random  0.2";
        Write(folder, "review/next-1.tsv", header, repeated);
        Write(folder, "review/next-2.tsv", header, repeated, "b.wav 0 10 random  0.5");
        Write(folder, "review/next.tsv", header, repeated);
        Write(folder, "review/population.tsv", "filename round", "a.wav 1", "b.wav 2", "late.wav 3");
        RandomSample sample = new(QueueHistory.Read(folder.File("review")));
        Assert.Equal(1 - (0.8 * 0.5), sample.InclusionOf(Piece("a.wav", 0)));
        Assert.Equal(1 - (0.8 * 0.5), sample.InclusionOf(Piece("a.wav", 1)));
        Assert.Equal(0.5, sample.InclusionOf(Piece("b.wav", 1)));
        // Round 3 only repeats a stretch, so no stretch of this recording could be drawn.
        Assert.Equal(0, sample.InclusionOf(Piece("late.wav", 0)));
    }

    [Fact]
    public void Drawn_stretches_of_removed_recordings_are_counted()
    {
        using var folder = Folder();
        Write(
            folder,
            "review/next.tsv",
            "filename onset offset reason score inclusion",
            "a.wav 0 10 random  0.5",
            "gone.wav 0 10 random  0.5"
        );
        Write(folder, "review/population.tsv", "filename round", "a.wav 1", "gone.wav 1");
        Write(folder, "review/events.tsv", events);
        Write(folder, "review/annotated.tsv", annotated);
        Assert.Equal(1, Collection(folder, 1, "a.wav").Missing);
    }

    [Fact]
    public void The_label_of_a_stretch_follows_from_events_at_annotated_times_and_from_tags()
    {
        using var folder = Folder();
        Write(folder, "labels_train.tsv", "filename event_labels", "a.wav Car", "b.wav Horn");
        var labels = StretchLabels.Read(folder.Path);
        Assert.True(labels.Of(new("a.wav", 0, 30), "Car", isWhole: true));
        Assert.Null(labels.Of(Piece("a.wav", 0), "Car", isWhole: false));
        Assert.False(labels.Of(Piece("a.wav", 0), "Horn", isWhole: false));
        Assert.Null(labels.Of(Piece("a.wav", 0), "Bell", isWhole: false));
        Assert.Null(labels.Of(Piece("c.wav", 0), "Car", isWhole: true));
        Write(folder, "review/next.tsv", "filename onset offset reason score inclusion");
        Write(folder, "review/events.tsv", events);
        Write(folder, "review/annotated.tsv", annotated);
        var reviewed = StretchLabels.Read(folder.Path);
        Assert.True(reviewed.Of(Piece("a.wav", 1), "Car", isWhole: false));
        Assert.False(reviewed.Of(new("a.wav", 12, 20), "Car", isWhole: false));
        Assert.Null(reviewed.Of(Piece("a.wav", 2), "Car", isWhole: false));
        Assert.False(reviewed.Of(Piece("c.wav", 2), "Car", isWhole: false));
        Assert.False(reviewed.Of(Piece("c.wav", 2), "Bell", isWhole: false));
    }
}
