using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// The folder "review" of a corpus, in which <c>seddsl review</c> keeps the annotators' decisions and the lists of
/// reviewed labels. Its lists are not label files of a layout; <see cref="ReviewedLabels"/> reads them.
/// </summary>
internal static class ReviewFolder
{
    /// <summary>Name of the folder.</summary>
    internal const string Name = "review";

    /// <summary>Name of the log of the annotators' decisions.</summary>
    internal const string Decisions = "decisions.jsonl";

    /// <summary>Name of the list of stretches to review next.</summary>
    internal const string Queue = "next.tsv";

    /// <summary>Name of the list of reviewed events: filename, onset, offset, event_label, reviewer, reviewed.</summary>
    internal const string Events = "events.tsv";

    /// <summary>Name of the list of annotated times: filename, onset, offset, event_label.</summary>
    internal const string Annotated = "annotated.tsv";

    /// <summary>Name of the list of reviewed tags: filename, event_label, presence, reviewer, reviewed.</summary>
    internal const string Tags = "tags.tsv";

    /// <summary>Separates the files of a corpus from the files of its review.</summary>
    internal static (CorpusFolder Corpus, IReadOnlyList<string> Review) Split(CorpusFolder folder)
    {
        string[] own = [.. folder.Files.Where(file => IsIn(folder, file))];
        // A folder with this name belongs to the corpus if it contains neither a log of decisions nor a queue.
        return own.Any(file => Path.GetFileName(file) is Decisions or Queue)
            ? (folder.Without(own), own)
            : (folder, []);
    }

    private static bool IsIn(CorpusFolder folder, string file) =>
        folder.Relative(file).Replace('\\', '/').Split('/') is [Name, _];
}
