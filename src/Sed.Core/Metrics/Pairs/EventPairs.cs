using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Pairs;

/// <summary>
/// Reference and estimated events, file by file, checked against the class list. As in sed_eval, the reference
/// determines the files: a file that is missing from the estimate has no estimated events, and an estimated file that
/// is missing from the reference is not scored.
/// </summary>
public sealed class EventPairs
{
    private readonly CodedEvent[] reference;
    private readonly CodedEvent[] estimated;
    private readonly int[] referenceStarts;
    private readonly int[] estimatedStarts;
    private KnownTimes? known;

    private EventPairs(
        ClassList classes,
        ImmutableArray<string> files,
        ImmutableArray<string> ignored,
        Coding reference,
        Coding estimated
    )
    {
        Classes = classes;
        Files = files;
        Count = reference.Starts.Count - 1;
        IgnoredFiles = ignored;
        HasUnknownLabels = reference.Unknown || estimated.Unknown;
        (this.reference, referenceStarts) = ([.. reference.Events], [.. reference.Starts]);
        (this.estimated, estimatedStarts) = ([.. estimated.Events], [.. estimated.Starts]);
    }

    /// <summary>Pairs the reference events and the estimated events of two lists by file name.</summary>
    /// <param name="classes">Classes to score.</param>
    /// <param name="estimated">The estimated events.</param>
    /// <param name="unknown">Treatment of labels outside the class list. Default: an error.</param>
    /// <param name="known">The times at which the reference is annotated. Default: all times.</param>
    /// <exception cref="AnnotationException">
    /// A label is not in the class list, or only one of the two lists has file names.
    /// </exception>
    public static EventPairs Of(
        ClassList classes,
        EventList reference,
        EventList estimated,
        UnknownLabels unknown = UnknownLabels.Reject,
        KnownTimes? known = null
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(estimated);
        RequireSameNaming(reference, estimated);
        ProblemList problems = new();
        Labels labels = new(classes, unknown, problems);
        var (truth, guess) = (new Coding(reference.Files.Length), new Coding(reference.Files.Length));
        for (var file = 0; file < reference.Files.Length; file++)
        {
            truth.Add(reference, file, labels);
            guess.Add(estimated, estimated.IndexOf(reference.Files[file]), labels);
        }
        var ignored = estimated.Files.Where(file => reference.IndexOf(file) < 0).ToImmutableArray();
        foreach (var file in ignored)
            labels.Check(estimated, estimated.IndexOf(file));
        labels.Foreign.Report();
        problems.ThrowIfAny();
        return new EventPairs(classes, reference.Files, ignored, truth, guess) { known = known };
    }

    /// <summary>Pairs clips in memory by position.</summary>
    /// <param name="classes">Classes to score.</param>
    /// <param name="reference">The reference events of each clip.</param>
    /// <param name="estimated">The estimated events of the same clips, in the same order.</param>
    /// <exception cref="ArgumentException">The numbers of clips differ.</exception>
    /// <exception cref="AnnotationException">An event is invalid, or its label is not in the class list.</exception>
    public static EventPairs Of(
        ClassList classes,
        IReadOnlyList<IReadOnlyList<SoundEvent>> reference,
        IReadOnlyList<IReadOnlyList<SoundEvent>> estimated
    )
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(estimated);
        SameClips.RequireCount(reference.Count, estimated.Count);
        ProblemList problems = new();
        Labels labels = new(classes, UnknownLabels.Reject, problems);
        var (truth, guess) = (new Coding(reference.Count), new Coding(reference.Count));
        for (var clip = 0; clip < reference.Count; clip++)
        {
            truth.Add(reference[clip], $"reference, clip {clip}", labels);
            guess.Add(estimated[clip], $"estimate, clip {clip}", labels);
        }
        labels.Foreign.Report();
        problems.ThrowIfAny();
        return new EventPairs(classes, [], [], truth, guess);
    }

    /// <summary>The classes that are scored.</summary>
    public ClassList Classes { get; }

    /// <summary>The scored files, in the order of the reference; empty when clips were paired by position.</summary>
    public ImmutableArray<string> Files { get; }

    /// <summary>Number of scored files.</summary>
    public int Count { get; }

    /// <summary>Estimated files that are missing from the reference; they are not scored.</summary>
    public ImmutableArray<string> IgnoredFiles { get; }

    /// <summary>Whether an event has a label outside the class list.</summary>
    public bool HasUnknownLabels { get; }

    /// <summary>The name of a file in messages.</summary>
    internal string NameOf(int file) => Files.IsEmpty ? $"clip {file}" : $"\"{Files[file]}\"";

    /// <summary>Whether all classes are annotated at all times in every file.</summary>
    internal bool IsFullyKnown => known is null;

    /// <summary>The times at which the events of a class are annotated in a file.</summary>
    internal KnownSpans KnownOf(int file, int classIndex) =>
        known is null || classIndex >= Classes.Count ? KnownSpans.Always : known[Files[file], classIndex];

    internal ReadOnlySpan<CodedEvent> ReferenceOf(int file) =>
        reference.AsSpan(referenceStarts[file]..referenceStarts[file + 1]);

    internal ReadOnlySpan<CodedEvent> EstimatedOf(int file) =>
        estimated.AsSpan(estimatedStarts[file]..estimatedStarts[file + 1]);

    /// <summary>Throws if one list has file names and the other does not.</summary>
    private static void RequireSameNaming(EventList reference, EventList estimated)
    {
        var (unnamedReference, unnamedEstimate) = (reference.IndexOf("") >= 0, estimated.IndexOf("") >= 0);
        if (unnamedReference == unnamedEstimate || reference.Count == 0 || estimated.Count == 0)
            return;
        var unnamed = unnamedReference ? reference : estimated;
        throw new AnnotationException(
            unnamed.Source,
            0,
            $"the rows have no file names, but the rows of {(unnamedReference ? estimated : reference).Source} do"
        );
    }

    /// <summary>The events of the reference or of the estimate, file after file.</summary>
    private sealed class Coding(int files)
    {
        public List<CodedEvent> Events { get; } = [];
        public List<int> Starts { get; } = new(files + 1) { 0 };
        public bool Unknown { get; private set; }

        public void Add(EventList list, int file, Labels labels)
        {
            if (file >= 0)
            {
                var events = list.EventsAt(file);
                for (var k = 0; k < events.Length; k++)
                    Add(events[k], labels.CodeOf(events[k].Label, list, file, k), labels);
            }
            Starts.Add(Events.Count);
        }

        public void Add(IReadOnlyList<SoundEvent> events, string clip, Labels labels)
        {
            foreach (var sound in events)
                Add(sound, labels.CodeOf(sound, clip), labels);
            Starts.Add(Events.Count);
        }

        private void Add(SoundEvent sound, int code, Labels labels)
        {
            Unknown |= code >= labels.Classes.Count;
            Events.Add(new CodedEvent(sound.Onset, sound.Offset, code));
        }
    }

    /// <summary>Maps labels to class positions and collects problems.</summary>
    private sealed class Labels(ClassList classes, UnknownLabels unknown, ProblemList problems)
    {
        private readonly Dictionary<string, int> unknownCodes = new(StringComparer.Ordinal);

        public ClassList Classes => classes;

        public ForeignLabels Foreign { get; } = new(classes, problems);

        public int CodeOf(string label, EventList list, int file, int index)
        {
            var code = CodeOf(label);
            if (code < 0)
                Foreign.Add(list.Source, list.SourceAt(file), list.LineOf(file, index), label);
            return code;
        }

        public int CodeOf(SoundEvent sound, string clip)
        {
            if (sound.Problem() is { } problem)
                problems.Add(clip, 0, problem);
            var code = sound.Label is null ? -1 : CodeOf(sound.Label);
            if (code < 0)
                Foreign.Add(clip, clip, 0, sound.Label);
            return code;
        }

        /// <summary>
        /// Checks the labels of a file that is not scored, so that a misspelt label in it is reported.
        /// </summary>
        public void Check(EventList list, int file)
        {
            var events = list.EventsAt(file);
            for (var k = 0; k < events.Length; k++)
                CodeOf(events[k].Label, list, file, k);
        }

        private int CodeOf(string label)
        {
            var code = classes.IndexOf(label);
            if (code >= 0 || unknown == UnknownLabels.Reject)
                return code;
            if (!unknownCodes.TryGetValue(label, out code))
                unknownCodes.Add(label, code = classes.Count + unknownCodes.Count);
            return code;
        }
    }
}

/// <summary>Treatment of events whose label is not in the class list.</summary>
public enum UnknownLabels
{
    /// <summary>An event with an unknown label is an error.</summary>
    Reject,

    /// <summary>
    /// Events with unknown labels count in the overall event-based metrics but in no class, as in sed_eval.
    /// Segment-based metrics reject them.
    /// </summary>
    CountOverall,
}

/// <summary>
/// An event with its label as a class index. Indices that are not below the number of classes stand for labels outside
/// the class list.
/// </summary>
internal readonly record struct CodedEvent(double Onset, double Offset, int Class);
