using Sed.Core.Labelling.Reviews;
using static Sed.Core.Tests.Labelling.Reviews.ReviewFixture;

namespace Sed.Core.Tests.Labelling.Reviews;

/// <summary>Decisions on a stretch that was changed in another tab in the meantime.</summary>
public sealed class OutdatedDecisionsTests
{
    [Fact]
    public void A_decision_on_an_outdated_state_is_not_applied()
    {
        using ReviewFixture review = new();
        using var session = review.Open();
        var first = review.Request(session, 0, ("e", Event(1, 2, "dog")));
        var second = review.Request(session, 0, ("f", Event(1, 3, "cat"))) with { Session = "other tab" };
        var elsewhere = review.Request(session, 1, ("g", Event(11, 12, "cat")));
        Assert.Equal(DecisionResult.Applied, session.Decide(first).Result);
        var outdated = session.Decide(second);
        Assert.Equal(DecisionResult.Outdated, outdated.Result);
        Assert.Equal(
            "Labels in this view were changed in another tab. Your last change was not saved; the page shows the current state.",
            outdated.Message
        );
        Assert.Equal("e", Assert.Single(outdated.State.Marks).Key);
        // Other stretches of the recording are not affected.
        Assert.Equal(DecisionResult.Applied, session.Decide(elsewhere).Result);
        var again = second with { Id = "again", Version = outdated.State.Version };
        Assert.Equal(DecisionResult.Applied, session.Decide(again).Result);
        Assert.Equal(3, review.List("events.tsv").Length);
    }

    [Fact]
    public void A_decision_on_an_outdated_margin_of_a_view_is_not_applied()
    {
        using ReviewFixture review = new();
        using var session = review.Open();
        // The views of the stretches from 0 s to 10 s and from 10 s to 20 s share 9 s to 11 s.
        review.Decide(session, 1, ("e", Event(10.2, 10.8, "dog")));
        var first = review.Request(session, 0, ("e", Event(10.2, 10.6, "dog"))) with { Session = "other tab" };
        review.Decide(session, 1, ("e", Event(10.2, 10.8, "cat")));
        Assert.Equal(DecisionResult.Outdated, session.Decide(first).Result);
        Assert.Equal(["a.wav\t10.2\t10.8\tcat\tAda\t2026-11-30T12:00:00Z"], review.List("events.tsv"));
        // Labels outside of the view do not count.
        var second = review.Request(session, 0, ("e", Event(10.2, 10.6, "dog"))) with
        {
            Session = "other tab",
        };
        review.Decide(session, 1, ("f", Event(15, 16, "dog")));
        Assert.Equal(DecisionResult.Applied, session.Decide(second).Result);
    }

    [Fact]
    public void A_decision_is_applied_after_the_review_of_a_neighbouring_stretch_was_completed_in_another_tab()
    {
        using ReviewFixture review = new();
        // The view of the stretch from 10 s to 20 s begins at 9 s and shows this event, too.
        File.WriteAllText(review.File("a.txt"), "9.2\t9.8\tcat\n");
        using var session = review.Open();
        var request = review.Request(session, 1, ("e", Event(12, 13, "dog"))) with { Session = "other tab" };
        review.Decide(session, 0, Done(0, 10));
        Assert.Equal(DecisionResult.Applied, session.Decide(request).Result);
        var second = review.Request(session, 1, ("e", Event(12, 14, "dog"))) with { Session = "other tab" };
        Assert.Equal(DecisionResult.Applied, session.Decide(Undo()).Result);
        Assert.Equal(DecisionResult.Applied, session.Decide(second).Result);
        // A completed review of the stretch itself counts.
        var third = review.Request(session, 1, ("e", Event(12, 15, "dog"))) with
        {
            Session = "other tab",
        };
        review.Decide(session, 1, Done(10, 20));
        Assert.Equal(DecisionResult.Outdated, session.Decide(third).Result);
    }

    [Fact]
    public void A_decision_is_not_applied_after_an_earlier_event_in_its_view_was_accepted_or_changed_in_another_tab()
    {
        using ReviewFixture review = new();
        File.WriteAllText(review.File("a.txt"), "9.2\t9.8\tcat\n");
        using var session = review.Open();
        var (key, earlier, _) = session.StateOf(0, 0, 10, "tab").Marks.Single();
        foreach (var offset in (double[])[9.8, 9.9])
        {
            var request = review.Request(session, 1, (key, Event(9.2, 9.8, "dog"))) with { Session = "other tab" };
            review.Decide(session, 0, (key, earlier with { Offset = offset }));
            Assert.Equal(DecisionResult.Outdated, session.Decide(request).Result);
        }
    }
}
