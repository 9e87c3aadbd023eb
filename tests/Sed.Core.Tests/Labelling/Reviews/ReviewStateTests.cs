using Sed.Core.Labelling.Reviews;

namespace Sed.Core.Tests.Labelling.Reviews;

public sealed class ReviewStateTests
{
    private static readonly DateTime noon = new(2026, 11, 30, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_decision_sets_changes_and_removes_marks()
    {
        var state = ReviewState.Empty.Apply(Decision("1", ("e", Event(1, 2, "dog")), ("f", Event(3, 4, "cat"))));
        state = state.Apply(Decision("2", ("e", Event(1, 2.5, "dog")), ("f", null)));
        var mark = Assert.Single(state.Of("a.wav").Current).Mark;
        Assert.Equal((1, 2.5, "dog"), (mark.Onset, mark.Offset, mark.Label));
        Assert.Empty(state.Of("b.wav").Current);
        Assert.Equal(2, state.Count);
    }

    [Fact]
    public void Undoing_restores_what_each_decision_replaced_and_goes_on_backwards()
    {
        var state = ReviewState.Empty.Apply(Decision("1", ("e", Event(1, 2, "dog"))));
        state = state.Apply(Decision("2", ("e", Event(1, 3, "dog"))));
        state = state.Apply(Decision("3", ("e", null)));
        Assert.Equal("3", state.LastOf("tab")!.Id);
        state = Undone(state, "3");
        Assert.Equal(3, Assert.Single(state.Of("a.wav").Current).Mark.Offset);
        state = Undone(state, "2");
        Assert.Equal(2, Assert.Single(state.Of("a.wav").Current).Mark.Offset);
        state = Undone(state, "1");
        Assert.Empty(state.Of("a.wav").Current);
        Assert.Null(state.LastOf("tab"));
        Assert.Equal(6, state.Count);
    }

    [Fact]
    public void A_decision_after_an_undo_is_undone_next()
    {
        var state = ReviewState.Empty.Apply(Decision("1", ("e", Event(1, 2, "dog"))));
        state = Undone(state.Apply(Decision("2", ("e", Event(1, 3, "dog")))), "2");
        state = state.Apply(Decision("3", ("e", Event(1, 4, "dog"))));
        Assert.Equal("3", state.LastOf("tab")!.Id);
        state = Undone(state, "3");
        Assert.Equal("1", state.LastOf("tab")!.Id);
        Assert.Equal(2, Assert.Single(state.Of("a.wav").Current).Mark.Offset);
    }

    [Fact]
    public void A_decision_whose_mark_was_changed_later_cannot_be_undone()
    {
        var state = ReviewState.Empty.Apply(Decision("1", ("e", Event(1, 2, "dog"))));
        state = state.Apply(Decision("2", ("e", Event(1, 3, "dog"))) with { Session = "other", Reviewer = "Bo" });
        Assert.Equal("1", state.LastOf("tab")!.Id);
        Assert.Equal(
            "The last change cannot be undone, because Bo changed the same label later.",
            state.ObstacleToUndo("1")
        );
        Assert.Throws<InvalidDataException>(() => Undone(state, "1"));
        Assert.Null(state.ObstacleToUndo("2"));
        Assert.Null(Undone(state, "2").ObstacleToUndo("1"));
    }

    [Fact]
    public void A_decision_is_applied_once_and_undone_once()
    {
        var state = ReviewState.Empty.Apply(Decision("1", ("e", Event(1, 2, "dog"))));
        Assert.Throws<InvalidDataException>(() => state.Apply(Decision("1", ("e", null))));
        state = Undone(state, "1");
        Assert.Throws<InvalidDataException>(() => Undone(state, "1"));
        Assert.Throws<InvalidDataException>(() => Undone(state, "no such"));
    }

    [Fact]
    public void The_version_of_a_stretch_is_that_of_the_last_decision_on_it()
    {
        var state = ReviewState.Empty.Apply(Decision("1", ("e", Event(1, 2, "dog"))));
        state = state.Apply(Decision("2", ("f", Event(12, 13, "dog"))));
        Assert.Equal(1, VersionOf(state, 0, 10));
        Assert.Equal(2, VersionOf(state, 10, 20));
        Assert.Equal(0, VersionOf(state, 20, 30));
        // An event that is moved away changes the stretch that it leaves.
        state = state.Apply(Decision("3", ("f", Event(25, 26, "dog"))));
        Assert.Equal(3, VersionOf(state, 10, 20));
        Assert.Equal(3, VersionOf(state, 20, 30));
        // Tags belong to all stretches.
        ReviewMark tag = new()
        {
            Kind = MarkKind.Tag,
            Label = "cat",
            Presence = TagPresence.Absent,
        };
        state = state.Apply(Decision("4", ("tag:cat", tag)));
        Assert.Equal(4, VersionOf(state, 0, 10));
        Assert.Equal(4, VersionOf(state, 50, 60));
    }

    [Fact]
    public void Random_decisions_and_their_reversal_leave_no_mark()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            Random random = new(seed);
            var state = ReviewState.Empty;
            for (var k = 0; k < 50; k++)
            {
                var key = $"e{random.Next(5)}";
                var mark = random.Next(4) == 0 ? null : Event(random.Next(10), 10 + random.Next(10), "dog");
                state =
                    random.Next(3) == 0 && state.LastOf("tab") is { } last
                        ? Undone(state, last.Id)
                        : state.Apply(Decision($"{k}", (key, mark)));
            }
            while (state.LastOf("tab") is { } last)
                state = Undone(state, last.Id);
            Assert.Empty(state.Of("a.wav").Current);
        }
    }

    private static long VersionOf(ReviewState state, double from, double to) =>
        state.Of("a.wav").VersionOf((from, to), (from, to));

    private static int reversals;

    private static ReviewState Undone(ReviewState state, string id) =>
        state.Apply(
            new ReviewDecision
            {
                Id = $"undo {Interlocked.Increment(ref reversals)}",
                Session = "tab",
                Reviewer = "Ada",
                Time = noon,
                Recording = "a.wav",
                Undoes = id,
            }
        );

    private static ReviewDecision Decision(string id, params (string Key, ReviewMark? Mark)[] marks) =>
        new()
        {
            Id = id,
            Session = "tab",
            Reviewer = "Ada",
            Time = noon,
            Recording = "a.wav",
            Operations = [.. marks.Select(mark => new ReviewOperation(mark.Key, mark.Mark))],
        };

    private static ReviewMark Event(double onset, double offset, string label) =>
        new()
        {
            Kind = MarkKind.Event,
            Onset = onset,
            Offset = offset,
            Label = label,
        };
}
