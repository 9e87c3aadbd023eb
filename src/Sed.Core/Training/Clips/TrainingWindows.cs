using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Features;

namespace Sed.Core.Training.Clips;

/// <summary>
/// The training recordings of a corpus, divided into windows of the clip length. Windows do not overlap, except that
/// the last window ends at the end of the recording and can overlap the previous window. A recording shorter than a
/// window is padded to one window. Each window has the events within its time span, truncated at its borders. Windows
/// outside the annotated times of a recording are left out, because nothing is known about them.
/// </summary>
public sealed class TrainingWindows : IFeatureReader
{
    private readonly IFeatureReader recordings;
    private readonly (int Clip, int First)[] windows;

    /// <param name="manifest">A corpus with recordings of any length.</param>
    /// <param name="recordings">Features of the recordings.</param>
    /// <param name="hopSeconds">Hop of the features, in seconds.</param>
    public TrainingWindows(Manifest manifest, IFeatureReader recordings, double hopSeconds)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(recordings);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        this.recordings = recordings;
        (int Clip, int First, Clip Window)[] known =
        [
            .. manifest
                .IndicesOf(Split.Training)
                .SelectMany(clip =>
                    Starts(recordings.FramesOf(clip), recordings.Frames)
                        .Select(first => (Clip: clip, First: first, Window: Cut(manifest, clip, first * hopSeconds)))
                )
                .Where(window => window.Window.AnnotatedSpans is not { Count: 0 }),
        ];
        windows = [.. known.Select(window => (window.Clip, window.First))];
        Manifest = new Manifest(
            manifest.Corpus,
            manifest.Classes,
            manifest.SampleRate,
            manifest.ClipSeconds,
            [.. known.Select(window => window.Window)],
            masksPadding: true
        );
    }

    /// <summary>The windows as clips of fixed length.</summary>
    public Manifest Manifest { get; }

    /// <inheritdoc/>
    public int Count => windows.Length;

    /// <inheritdoc/>
    public int Frames => recordings.Frames;

    /// <inheritdoc/>
    public int Bands => recordings.Bands;

    /// <inheritdoc/>
    public bool IsUniform => recordings.IsUniform;

    /// <inheritdoc/>
    public IReadOnlyList<BrokenClip> Broken
    {
        get
        {
            var reasons = recordings.Broken.ToDictionary(broken => broken.Index);
            return
            [
                .. windows
                    .Index()
                    .Where(window => reasons.ContainsKey(window.Item.Clip))
                    .Select(window => reasons[window.Item.Clip] with { Index = window.Index }),
            ];
        }
    }

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<int> clips, Span<float> destination)
    {
        var size = Frames * Bands;
        for (var i = 0; i < clips.Length; i++)
            recordings.Read(windows[clips[i]].Clip, windows[clips[i]].First, destination.Slice(i * size, size));
    }

    /// <inheritdoc/>
    public int FramesWithSound(int clip) =>
        Math.Clamp(recordings.FramesWithSound(windows[clip].Clip) - windows[clip].First, 0, Frames);

    private static IEnumerable<int> Starts(int frames, int length)
    {
        for (var first = 0; first + length < frames; first += length)
            yield return first;
        yield return Math.Max(0, frames - length);
    }

    private static Clip Cut(Manifest manifest, int index, double from)
    {
        var whole = manifest.Clips[index];
        var length = manifest.ClipSeconds;
        var events = whole.StrongEvents is { } all ? Within(all, from, length) : null;
        var isPart = whole.DurationSeconds > length;
        var seconds = Math.Min(length, Math.Max(0, whole.DurationSeconds - from));
        var labels =
            isPart && events is not null
                ? LabelledClip.InOrder(events.Select(sound => sound.Label), manifest.Classes)
                : whole.WeakLabels;
        AnnotatedSpan[]? annotated = whole.AnnotatedSpans is { } spans ? Within(spans, from, length) : null;
        return whole with
        {
            Name = isPart ? FormattableString.Invariant($"{whole.Name} from {from:0.###} s") : whole.Name,
            DurationSeconds = seconds,
            WeakLabels = labels,
            UnknownLabels =
                isPart && annotated is not null
                    ? AnnotatedSpan.UnknownLabels(annotated, labels, manifest.Classes, seconds)
                    : whole.UnknownLabels,
            AnnotatedSpans = annotated,
            StrongEvents = events,
            SoftEvents = whole
                .SoftEvents?.SelectMany(soft =>
                    Within([soft.Event], from, length).Select(sound => soft with { Event = sound })
                )
                .ToArray(),
            MixedEvents = whole.MixedEvents is { } mixed ? Within(mixed, from, length) : null,
            Recording = isPart ? whole : null,
        };
    }

    private static AnnotatedSpan[] Within(IReadOnlyList<AnnotatedSpan> spans, double from, double length) =>
        [
            .. spans
                .Select(span => (Span: span, Part: Part(span.Onset, span.Offset, from, length)))
                .Where(one => one.Part is not null)
                .Select(one => one.Span with { Onset = one.Part!.Value.Onset, Offset = one.Part.Value.Offset }),
        ];

    private static SoundEvent[] Within(IReadOnlyList<SoundEvent> events, double from, double length) =>
        [
            .. events
                .Select(sound => (Sound: sound, Part: Part(sound.Onset, sound.Offset, from, length)))
                .Where(one => one.Part is not null)
                .Select(one => one.Sound with { Onset = one.Part!.Value.Onset, Offset = one.Part.Value.Offset }),
        ];

    /// <summary>
    /// Returns the part of a time span that lies in a window, in seconds from the window's start; null if they do not
    /// overlap.
    /// </summary>
    private static (double Onset, double Offset)? Part(double onset, double offset, double from, double length) =>
        onset < from + length && offset > from ? (Math.Max(0, onset - from), Math.Min(length, offset - from)) : null;
}
