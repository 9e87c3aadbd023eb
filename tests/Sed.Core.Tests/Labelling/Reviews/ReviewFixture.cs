using Sed.Core.Audio;
using Sed.Core.Labelling.Reviews;

namespace Sed.Core.Tests.Labelling.Reviews;

/// <summary>A folder with recordings of 20 s, and its review in stretches of 10 s.</summary>
internal sealed class ReviewFixture : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private int decisions;

    internal ReviewFixture(params string[] names)
    {
        foreach (var name in names.Length > 0 ? names : ["a.wav", "b.wav"])
            WavWriter.Write(folder.File(name), new float[20_000], 1000);
    }

    internal string Path => folder.Path;

    internal string[] Classes { get; init; } = ["cat", "dog"];

    internal string File(params string[] parts) => folder.File(parts);

    internal string[] List(string name) => [.. System.IO.File.ReadAllLines(folder.File("review", name)).Skip(1)];

    internal ReviewSession Open()
    {
        var recordings = ReviewRecordings.Read(folder.Path);
        return ReviewSession.Open(
            folder.Path,
            new ReviewOptions
            {
                Recordings = recordings.All,
                Items = ReviewQueue.OfAll(recordings.All, 10),
                Classes = [.. Classes, .. recordings.Classes],
                Reviewer = "Ada",
                Clock = new Noon(),
            }
        );
    }

    /// <summary>A decision on the current state of a stretch.</summary>
    internal DecisionRequest Request(ReviewSession session, int item, params (string Key, ReviewMark? Mark)[] marks) =>
        new()
        {
            Id = $"decision {++decisions} {Guid.NewGuid()}",
            Session = "tab",
            Item = item,
            Version = session.StateOf(item, 0, 20, "tab").Version,
            From = 0,
            To = 20,
            Operations = [.. marks.Select(mark => new ReviewOperation(mark.Key, mark.Mark))],
        };

    internal DecisionOutcome Decide(ReviewSession session, int item, params (string Key, ReviewMark? Mark)[] marks)
    {
        var outcome = session.Decide(Request(session, item, marks));
        Assert.Equal((DecisionResult.Applied, null), (outcome.Result, outcome.Message));
        return outcome;
    }

    internal static DecisionRequest Undo(int item = 0, string tab = "tab") =>
        new()
        {
            Id = $"undo {Guid.NewGuid()}",
            Session = tab,
            Item = item,
            Version = 0,
            IsUndo = true,
        };

    internal static ReviewMark Event(double onset, double offset, string label) =>
        Mark(MarkKind.Event, onset, offset, label);

    internal static ReviewMark Mark(MarkKind kind, double onset, double offset, string? label = null) =>
        new()
        {
            Kind = kind,
            Onset = onset,
            Offset = offset,
            Label = label,
        };

    internal static (string, ReviewMark) Done(double onset, double offset) =>
        (FormattableString.Invariant($"done:{onset:R}-{offset:R}"), Mark(MarkKind.Done, onset, offset));

    internal static (string, ReviewMark) Tag(string label, TagPresence presence) =>
        (
            $"tag:{label}",
            new ReviewMark
            {
                Kind = MarkKind.Tag,
                Label = label,
                Presence = presence,
            }
        );

    public void Dispose() => folder.Dispose();

    private sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);
    }
}
