namespace Sed.Core.Annotations;

/// <summary>
/// The times at which the events of each class are annotated, for each file. At other times, it is unknown whether an
/// event occurs, so nothing is scored there.
/// </summary>
public sealed class KnownTimes
{
    private readonly Dictionary<string, KnownSpans[]> files;

    private KnownTimes(Dictionary<string, KnownSpans[]> files) => this.files = files;

    /// <summary>Collects the known times of files; null if all classes are known at all times of all files.</summary>
    /// <param name="files">Each file with the known times of each class, in class order.</param>
    public static KnownTimes? Of(IEnumerable<(string File, KnownSpans[] PerClass)> files)
    {
        ArgumentNullException.ThrowIfNull(files);
        Dictionary<string, KnownSpans[]> partly = new(StringComparer.Ordinal);
        foreach (var (file, perClass) in files)
            if (!Array.TrueForAll(perClass, spans => spans.IsAlways))
                partly[file] = perClass;
        return partly.Count == 0 ? null : new KnownTimes(partly);
    }

    /// <summary>
    /// The known times of a class in a file. A file that was not passed to <see cref="Of"/> is known at all times.
    /// </summary>
    /// <param name="file">Name of the file.</param>
    /// <param name="classIndex">Position of the class.</param>
    public KnownSpans this[string file, int classIndex] =>
        files.TryGetValue(file, out var perClass) ? perClass[classIndex] : KnownSpans.Always;
}

/// <summary>
/// Spans of time in seconds, for example those in which the events of a class are annotated. Immutable.
/// </summary>
public sealed class KnownSpans
{
    // Rounding of times must not make a span look incomplete.
    private const double Tolerance = 1e-6;

    // Ordered and disjoint; null: all times.
    private readonly (double From, double To)[]? spans;

    private KnownSpans((double From, double To)[]? spans) => this.spans = spans;

    /// <summary>All times.</summary>
    public static KnownSpans Always { get; } = new(null);

    /// <summary>No time.</summary>
    public static KnownSpans Never { get; } = new([]);

    /// <summary>The union of spans.</summary>
    public static KnownSpans Of(IEnumerable<(double From, double To)> spans)
    {
        ArgumentNullException.ThrowIfNull(spans);
        List<(double From, double To)> joined = [];
        foreach (var span in spans.Where(span => span.To > span.From).OrderBy(span => span.From))
            if (joined.Count > 0 && span.From <= joined[^1].To + Tolerance)
                joined[^1] = (joined[^1].From, Math.Max(joined[^1].To, span.To));
            else
                joined.Add(span);
        return joined.Count == 0 ? Never : new KnownSpans([.. joined]);
    }

    /// <summary>Whether the spans cover all times.</summary>
    public bool IsAlways => spans is null;

    /// <summary>The spans, ordered and disjoint, in seconds; null: all times.</summary>
    internal IReadOnlyList<(double From, double To)>? Spans => spans;

    /// <summary>The times that lie both in these spans and in <paramref name="other"/>.</summary>
    internal KnownSpans And(KnownSpans other) =>
        spans is null ? other
        : other.spans is null ? this
        : Of(
            spans.SelectMany(one => other.spans.Select(two => (Math.Max(one.From, two.From), Math.Min(one.To, two.To))))
        );

    /// <summary>Whether a span of time lies completely within these spans.</summary>
    public bool Contain(double from, double to)
    {
        if (spans is null)
            return true;
        foreach (var span in spans)
            if (from >= span.From - Tolerance && to <= span.To + Tolerance)
                return true;
        return false;
    }

    /// <summary>Number of seconds of a span of time that lie within these spans.</summary>
    public double SecondsIn(double from, double to)
    {
        if (spans is null)
            return Math.Max(0, to - from);
        var sum = 0.0;
        foreach (var span in spans)
            sum += Math.Max(0, Math.Min(to, span.To) - Math.Max(from, span.From));
        return sum;
    }

    /// <summary>
    /// Whether at least half of a span of time lies within these spans. An estimated event counts as a false positive
    /// only if this is true of its time span.
    /// </summary>
    public bool ContainHalf(double from, double to) =>
        spans is null || (to - from > Tolerance ? 2 * SecondsIn(from, to) >= to - from - Tolerance : Contain(from, to));
}
