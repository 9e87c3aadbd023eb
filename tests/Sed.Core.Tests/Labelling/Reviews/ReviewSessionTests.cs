using Sed.Core.Annotations.Formats;
using Sed.Core.Labelling.Reviews;
using static Sed.Core.Tests.Labelling.Reviews.ReviewFixture;

namespace Sed.Core.Tests.Labelling.Reviews;

public sealed class ReviewSessionTests
{
    private const string Log = "decisions.jsonl";

    [Fact]
    public void The_lists_contain_what_was_decided()
    {
        using ReviewFixture review = new();
        using var session = review.Open();
        Assert.Equal(4, session.Items.Count);
        review.Decide(session, 0, ("e", Event(1, 2.5, "dog")), ("r", Mark(MarkKind.Rejection, 4, 5, "cat")));
        Assert.Equal(["a.wav\t1\t2.5\tdog\tAda\t2026-11-30T12:00:00Z"], review.List("events.tsv"));
        Assert.Equal(["a.wav\t4\t5\tcat", "a.wav\t1\t2.5\tdog"], review.List("annotated.tsv"));
        review.Decide(session, 1, ("s", Mark(MarkKind.Span, 12, 14)));
        review.Decide(session, 0, Done(0, 10));
        Assert.Equal(["a.wav\t0\t10\t", "a.wav\t12\t14\t"], review.List("annotated.tsv"));
        review.Decide(session, 2, Tag("cat", TagPresence.Unknown), Tag("dog", TagPresence.Absent), Done(0, 10));
        Assert.Equal(
            ["b.wav\tcat\t\tAda\t2026-11-30T12:00:00Z", "b.wav\tdog\t0\tAda\t2026-11-30T12:00:00Z"],
            review.List("tags.tsv")
        );
        // Unknown classes are not annotated by the end of a stretch.
        Assert.Equal(["a.wav\t0\t10\t", "a.wav\t12\t14\t", "b.wav\t0\t10\tdog"], review.List("annotated.tsv"));
        Assert.Equal([true, false, true, false], session.Done);
    }

    [Fact]
    public void An_event_that_replaces_a_detection_annotates_the_time_of_both()
    {
        using ReviewFixture review = new();
        using var session = review.Open();
        var changed = Event(1, 2, "dog") with { Origin = new MarkOrigin(1.5, 3, "cat", 0.7) };
        review.Decide(session, 0, ("e", changed));
        Assert.Equal(["a.wav\t1.5\t3\tcat", "a.wav\t1\t2\tdog"], review.List("annotated.tsv"));
        // A present class without an event is not complete.
        review.Decide(session, 0, Tag("cat", TagPresence.Present), Done(0, 10));
        Assert.Equal(["a.wav\t1.5\t3\tcat", "a.wav\t0\t10\tdog"], review.List("annotated.tsv"));
    }

    [Fact]
    public void A_decision_that_is_sent_again_is_applied_once()
    {
        using ReviewFixture review = new();
        using var session = review.Open();
        var request = review.Request(session, 0, ("e", Event(1, 2, "dog")));
        Assert.Equal(DecisionResult.Applied, session.Decide(request).Result);
        var repeated = session.Decide(request);
        Assert.Equal((DecisionResult.Repeated, 1L), (repeated.Result, repeated.State.Version));
        Assert.Single(repeated.State.Marks);
        Assert.Equal(1, session.Count);
        var undo = Undo();
        Assert.Equal(DecisionResult.Applied, session.Decide(undo).Result);
        Assert.Equal(DecisionResult.Repeated, session.Decide(undo).Result);
        Assert.Equal(2, session.Count);
    }

    [Fact]
    public void Each_tab_undoes_its_own_decisions()
    {
        using ReviewFixture review = new();
        using var session = review.Open();
        review.Decide(session, 0, ("e", Event(1, 2, "dog")));
        session.Decide(review.Request(session, 1, ("f", Event(11, 12, "cat"))) with { Session = "other" });
        var undone = session.Decide(Undo(item: 3));
        Assert.Equal((DecisionResult.Applied, 0), (undone.Result, undone.Item));
        Assert.Equal(["a.wav\t11\t12\tcat\tAda\t2026-11-30T12:00:00Z"], review.List("events.tsv"));
        var nothing = session.Decide(Undo());
        Assert.Equal(
            (DecisionResult.Refused, "There is nothing to undo in this tab."),
            (nothing.Result, nothing.Message)
        );
        Assert.Equal(DecisionResult.Applied, session.Decide(Undo(tab: "other")).Result);
        Assert.Empty(review.List("events.tsv"));
    }

    [Fact]
    public void A_review_continues_after_its_program_has_ended()
    {
        using ReviewFixture review = new();
        using (var session = review.Open())
        {
            review.Decide(session, 0, ("e", Event(1, 2, "new class")), Done(0, 10));
            review.Decide(session, 0, ("e", Event(1, 3, "new class")));
        }
        File.Delete(review.File("review", "events.tsv"));
        using var later = review.Open();
        Assert.False(later.IsRepaired);
        Assert.Equal((2L, 2L), (later.Before, later.Count));
        Assert.Contains("new class", later.Classes);
        Assert.Equal(["a.wav\t1\t3\tnew class\tAda\t2026-11-30T12:00:00Z"], review.List("events.tsv"));
        Assert.Equal([true, false, false, false], later.Done);
        Assert.Equal(DecisionResult.Applied, later.Decide(Undo()).Result);
        Assert.Equal(["a.wav\t1\t2\tnew class\tAda\t2026-11-30T12:00:00Z"], review.List("events.tsv"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(150)]
    public void An_incomplete_last_line_is_removed(int cut)
    {
        using ReviewFixture review = new();
        using (var session = review.Open())
        {
            review.Decide(session, 0, ("e", Event(1, 2, "dog")));
            review.Decide(session, 0, ("f", Event(3, 4, "dog")));
        }
        var log = review.File("review", Log);
        using (var file = File.OpenWrite(log))
            file.SetLength(file.Length - cut);
        using (var repaired = review.Open())
        {
            Assert.True(repaired.IsRepaired);
            Assert.Equal(1, repaired.Count);
            review.Decide(repaired, 0, ("g", Event(5, 6, "dog")));
        }
        using var later = review.Open();
        Assert.False(later.IsRepaired);
        Assert.Equal(["1", "5"], review.List("events.tsv").Select(line => line.Split('\t')[1]));
    }

    [Fact]
    public void A_damaged_line_before_the_last_is_an_error_with_its_number()
    {
        using ReviewFixture review = new();
        using (var session = review.Open())
        {
            review.Decide(session, 0, ("e", Event(1, 2, "dog")));
            review.Decide(session, 0, ("f", null));
        }
        var log = review.File("review", Log);
        var lines = File.ReadAllLines(log);
        lines[1] = lines[1].Replace("\"key\"", "\"hey\"", StringComparison.Ordinal);
        File.WriteAllLines(log, lines);
        var damaged = Assert.Throws<InvalidDataException>(() => review.Open());
        Assert.StartsWith($"{log}, line 2: the decision cannot be read (", damaged.Message);
        File.WriteAllText(log, "something else\n");
        Assert.Contains("the file is not a log of decisions", Assert.Throws<InvalidDataException>(review.Open).Message);
    }

    [Fact]
    public void A_second_program_on_the_folder_is_refused()
    {
        using ReviewFixture review = new();
        using (review.Open())
            Assert.Equal(
                $"{review.File("review")}: another process (seddsl review) serves this folder. Use the page of that process, or end the process with Ctrl-C first.",
                Assert.Throws<IOException>(() => review.Open()).Message
            );
        review.Open().Dispose();
    }

    [Fact]
    public void Invalid_decisions_are_refused_with_their_reason()
    {
        using ReviewFixture review = new();
        using var session = review.Open();
        Refused("the class has no name", ("e", Event(1, 2, " ")));
        Refused("is empty", ("e", Event(2, 2, "dog")));
        Refused("before the onset", ("e", Event(3, 2, "dog")));
        Refused("the onset of -1 s is negative", ("e", Event(-1, 2, "dog")));
        Refused("after the end of the recording at 20 s", ("e", Event(1, 20.5, "dog")));
        Refused("not a time", ("e", Event(1, double.NaN, "dog")));
        Refused("contains a tab, line break or other control character", ("e", Event(1, 2, "a\tb")));
        Refused("contains a tab, line break or other control character", ("e", Event(1, 2, "a\nb")));
        Refused("at most 200", ("e", Event(1, 2, new string('a', 201))));
        Refused("The key of the mark must be tag:dog.", ("tag:cat", Tag("dog", TagPresence.Present).Item2));
        Refused("must have from 1 to 300 characters", ("", Event(1, 2, "dog")));
        Refused("must have from 1 to 2000 changes, but has 0");
        review.Decide(session, 0, ("e", Event(1, 2, "dog")));
        Refused("The recording has events of 'dog'. Remove them before", Tag("dog", TagPresence.Absent));
        Assert.Equal(1, session.Count);

        void Refused(string message, params (string, ReviewMark?)[] marks)
        {
            var outcome = session.Decide(review.Request(session, 0, marks));
            Assert.Equal(DecisionResult.Refused, outcome.Result);
            Assert.Contains(message, outcome.Message);
        }
    }

    [Fact]
    public void Names_with_markup_quotes_and_dots_are_only_names()
    {
        const string label = "<img src=x onerror=alert(1)> \"..\\../\" '; {{}}";
        string[] names = ["\"quoted\".wav", "# comment.wav", "a..wav.wav", "<b>'.wav"];
        using ReviewFixture review = new(names);
        File.Copy(review.File(names[0]), review.File("two\nlines.wav"));
        using (var session = review.Open())
        {
            Assert.Equal(
                names.Order(StringComparer.Ordinal),
                session.Items.Select(item => item.Recording.Name).Distinct()
            );
            for (var item = 0; item < session.Items.Count; item += 2)
                review.Decide(session, item, ("e", Event(1, 2, label)));
        }
        using var later = review.Open();
        var events = EventListFile.Read(review.File("review", "events.tsv"));
        Assert.Equal(names.Order(StringComparer.Ordinal), events.Files);
        Assert.All(events.Files, name => Assert.Equal([new(1, 2, label)], events.EventsOf(name).ToArray()));
        var problem = Assert.Single(ReviewRecordings.Read(review.Path).Problems);
        Assert.Contains("Rename the file to review it.", problem);
    }

    [Fact]
    public void Labels_from_before_are_shown_and_kept_when_a_stretch_ends()
    {
        using ReviewFixture review = new();
        File.WriteAllText(review.File("a.txt"), "1\t2\tdog\n8\t12\tcat\n15\t16\tdog\n");
        using var session = review.Open();
        var before = session.StateOf(0, 0, 10, "tab").Marks;
        Assert.Equal([1, 8], before.Select(own => own.Mark.Onset));
        Assert.All(before, own => Assert.Null(own.Reviewer));
        Assert.False(File.Exists(review.File("review", "events.tsv")));
        // A border is moved, and the stretch ends: the other event of the stretch becomes part of the review.
        var moved = before[0].Mark with
        {
            Offset = 2.5,
        };
        review.Decide(session, 0, (before[0].Key, moved));
        review.Decide(session, 0, Done(0, 10));
        Assert.Equal(
            ["a.wav\t1\t2.5\tdog\tAda\t2026-11-30T12:00:00Z", "a.wav\t8\t12\tcat\tAda\t2026-11-30T12:00:00Z"],
            review.List("events.tsv")
        );
        Assert.Equal(["a.wav\t0\t10\t", "a.wav\t8\t12\tcat"], review.List("annotated.tsv"));
        // Undoing the end leaves the event as it was before.
        session.Decide(Undo());
        Assert.Single(review.List("events.tsv"));
        Assert.Null(session.StateOf(0, 0, 10, "tab").Marks.Single(own => own.Mark.Label == "cat").Reviewer);
    }

    [Fact]
    public void A_new_event_of_an_absent_class_makes_it_present()
    {
        using ReviewFixture review = new();
        using var session = review.Open();
        review.Decide(session, 0, Tag("dog", TagPresence.Absent));
        review.Decide(session, 0, ("e", Event(1, 2, "dog")));
        Assert.Equal(["a.wav\tdog\t1\tAda\t2026-11-30T12:00:00Z"], review.List("tags.tsv"));
        session.Decide(Undo());
        Assert.Equal(["a.wav\tdog\t0\tAda\t2026-11-30T12:00:00Z"], review.List("tags.tsv"));
    }
}
