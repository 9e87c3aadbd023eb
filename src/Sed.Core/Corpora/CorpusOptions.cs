using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>Properties of a corpus that replace the properties stated by its layout.</summary>
public sealed record CorpusOptions
{
    /// <summary>Name of the corpus. Null (default) for the layout's name.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// Sampling rate at which recordings are read, in Hz. Null (default) for the layout's rate or, if the layout has
    /// none, the most common rate of the recordings.
    /// </summary>
    public int? SampleRate { get; init; }

    /// <summary>
    /// Clip length, which is the length of the network's input, in seconds. Null (default) for the layout's clip
    /// length. If the layout has none, the clip length is the length of the longest recording if all lengths differ by
    /// at most 10 % and are at most 60 s, otherwise 10 s.
    /// </summary>
    public double? ClipSeconds { get; init; }

    /// <summary>
    /// Hop between the windows in which recordings are scored, in seconds; at most <see cref="ClipSeconds"/>. Null
    /// (default): half the clip length if recordings can have different lengths; otherwise there are no windows, and
    /// every recording is one clip, which is cut or padded to the clip length.
    /// </summary>
    public double? HopSeconds { get; init; }

    /// <summary>
    /// The part of a file name (<see cref="NameField"/>) or the column of a list (<see cref="GroupColumn"/>) that
    /// identifies the recording's group, for example the patient, day or recorder. Validation splits, folds and
    /// bootstrap resamples keep the recordings of a group together. Null (default): every recording is its own group.
    /// </summary>
    public Grouping? Group { get; init; }

    /// <summary>The classes, in the order of results; labels of other classes are left out. Null (default): all
    /// classes.</summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>
    /// New names of labels, for example if another corpus uses a different name for the same class. Labels that get the
    /// same name become one class. The class is known to be absent only if all these labels are absent, and a time is
    /// annotated for the class only if it is annotated for all these labels. Applied before
    /// <see cref="Classes"/>. Null (default): none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Renamed { get; init; }

    /// <summary>
    /// Labels that also count as another class, for example "people talking" as "Speech" of another corpus; they keep
    /// their own class. The other class is known to be absent only if all labels that count as it are absent, and a
    /// time is annotated for the other class only if it is annotated for all these labels. Applied after
    /// <see cref="Renamed"/>, to the new names, and before <see cref="Classes"/>. Null (default): none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Also { get; init; }

    /// <summary>
    /// The lists (*.tsv, *.csv, *.txt) that are read: names or, with '/', paths within the folder, with the wildcards *
    /// and ?. Lists that match none of these names are ignored, even annotated.tsv and lists of classes or splits. Null
    /// (default): all lists.
    /// </summary>
    public IReadOnlyList<string>? Lists { get; init; }

    /// <summary>
    /// The split of all labelled clips, whatever the names of their lists state. Null (default): the split that the
    /// layout states.
    /// </summary>
    public Split? Split { get; init; }

    /// <summary>
    /// Maps column names in the lists to known names, for example "t0" to "onset". Known names are the names used by
    /// DCASE and DESED (filename, onset, offset, duration, event_label, confidence, presence, annotator) and "split".
    /// Null (default): none.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Columns { get; init; }

    /// <summary>
    /// The channel that is read from each recording, from 1. Events that are annotated on other channels (Raven, Label
    /// Studio) are left out. Null (default): the mean of all channels, with the events of all channels.
    /// </summary>
    public int? Channel { get; init; }

    /// <summary>Whether the name of a column is known, so that it can be a value of <see cref="Columns"/>.</summary>
    public static bool IsKnownColumn(string name) =>
        name == FileColumn.Split || ListColumns.RoleOf(name) != ColumnRole.Unknown;

    /// <summary>
    /// Whether weak labels are partial: a class that is not listed for a clip is unknown, not absent. Default false.
    /// </summary>
    public bool IsPartial { get; init; }

    internal CorpusListing ApplyTo(CorpusListing listing) =>
        Grouped(
            Selected(
                Partial(AlsoLabelled(Relabelled(InSplit(listing)))) with
                {
                    Channel = Channel,
                    Corpus = Name ?? listing.Corpus,
                    SampleRate = SampleRate ?? listing.SampleRate,
                    ClipSeconds = ClipSeconds ?? listing.ClipSeconds,
                    // If the layout has no clip length, recordings can have any length.
                    HopSeconds = HopSeconds ?? (listing.ClipSeconds is null ? ClipSeconds / 2 : listing.HopSeconds),
                }
            )
        );

    private CorpusListing InSplit(CorpusListing listing) =>
        Split is { } split
            ? listing with
            {
                Clips = [.. listing.Clips.Select(clip => clip.IsTagged ? clip with { Split = split } : clip)],
            }
            : listing;

    private CorpusListing Partial(CorpusListing listing) =>
        IsPartial
            ? listing with
            {
                Clips =
                [
                    .. listing.Clips.Select(clip =>
                        clip is { IsTagged: true, StrongEvents: null }
                            ? clip with
                            {
                                UnknownLabels =
                                [
                                    .. listing
                                        .Classes.Except(clip.WeakLabels)
                                        .Except(clip.AbsentLabels)
                                        .Except((clip.SoftTags ?? []).Select(tag => tag.Label)),
                                ],
                            }
                            : clip
                    ),
                ],
            }
            : listing;

    private CorpusListing Relabelled(CorpusListing listing) =>
        Renamed is null ? listing
        : WithUnknown(listing, Renamed.Keys) is { } invalid ? invalid
        : Relabelled(
            listing,
            new Relabelling(
                listing.Classes,
                label => [NameOf(label)],
                new ClassList(listing.Classes.Select(NameOf).Distinct(StringComparer.Ordinal))
            )
        );

    private static CorpusListing Relabelled(CorpusListing listing, Relabelling relabelling) =>
        listing with
        {
            Classes = relabelling.Classes,
            Clips = [.. listing.Clips.Select(relabelling.Of)],
        };

    private CorpusListing AlsoLabelled(CorpusListing listing)
    {
        if (Also is null)
            return listing;
        IReadOnlyDictionary<string, string> also = Also;
        if (WithUnknown(listing, also.Keys) is { } invalid)
            return invalid;
        // The order of the classes must not depend on the order of the dictionary.
        var others = also.Values.Order(StringComparer.Ordinal);
        ClassList classes = new(listing.Classes.Concat(others).Distinct(StringComparer.Ordinal));
        return Relabelled(
            listing,
            new Relabelling(
                listing.Classes,
                label => also.TryGetValue(label, out var other) && other != label ? [label, other] : [label],
                classes
            )
        );
    }

    private string NameOf(string label) => Renamed!.TryGetValue(label, out var name) ? name : label;

    /// <summary>
    /// Returns a copy of the listing with a problem for each label that is not one of its classes; null if all labels
    /// are classes.
    /// </summary>
    private static CorpusListing? WithUnknown(CorpusListing listing, IEnumerable<string> labels)
    {
        string[] unknown = [.. labels.Where(label => listing.Classes.IndexOf(label) < 0)];
        return unknown.Length == 0
            ? null
            : listing with
            {
                Problems =
                [
                    .. listing.Problems,
                    .. LabelledClip.LabelProblems(listing.Folder, unknown, listing.Classes),
                ],
            };
    }

    private CorpusListing Selected(CorpusListing listing)
    {
        if (Classes is null)
            return listing;
        if (WithUnknown(listing, Classes) is { } invalid)
            return invalid;
        ClassList classes = new(Classes);
        return listing with
        {
            Classes = classes,
            Clips =
            [
                .. listing.Clips.Select(clip =>
                    clip with
                    {
                        WeakLabels = LabelledClip.InOrder(
                            clip.WeakLabels.Where(label => classes.IndexOf(label) >= 0),
                            classes
                        ),
                        StrongEvents = clip.StrongEvents is { } events
                            ? [.. events.Where(sound => classes.IndexOf(sound.Label) >= 0)]
                            : null,
                        SoftEvents = clip.SoftEvents is { } soft
                            ? [.. soft.Where(one => classes.IndexOf(one.Event.Label) >= 0)]
                            : null,
                        SoftTags = clip.SoftTags is { } tags
                            ? [.. tags.Where(tag => classes.IndexOf(tag.Label) >= 0)]
                            : null,
                        UnknownLabels = LabelledClip.InOrder(
                            clip.UnknownLabels.Where(label => classes.IndexOf(label) >= 0),
                            classes
                        ),
                        AnnotatedSpans = clip.AnnotatedSpans is { } spans
                            ? [.. spans.Where(span => span.Label is null || classes.IndexOf(span.Label) >= 0)]
                            : null,
                    }
                ),
            ],
        };
    }

    private CorpusListing Grouped(CorpusListing listing) => Group?.ApplyTo(listing, Columns) ?? listing;
}
