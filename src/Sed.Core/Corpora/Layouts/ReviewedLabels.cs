using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>
/// The labels that were reviewed with <c>seddsl review</c>: the lists events.tsv, annotated.tsv and tags.tsv in the
/// folder "review" of a corpus (<see cref="ReviewFolder"/>). They replace the labels of the recordings at the reviewed
/// times. The splits and all other labels are those of the corpus's layout. If the corpus has no other labels, it
/// consists of the reviewed recordings.
/// </summary>
internal static class ReviewedLabels
{
    /// <summary>Title of the layout of a corpus that has reviewed labels only.</summary>
    internal const string Title = "labels of seddsl review";

    /// <summary>Whether the files of a review contain any reviewed labels.</summary>
    internal static bool Exist(IReadOnlyList<string> review) => Lists(review).Any(list => HasRows(list));

    /// <summary>
    /// Returns a listing in which the reviewed labels replace the other labels at the reviewed times.
    /// </summary>
    /// <param name="listing">The other labels of the corpus; null if there are none.</param>
    /// <param name="folder">The corpus without the files of its review.</param>
    /// <param name="review">The files of the review.</param>
    internal static CorpusListing ApplyTo(CorpusListing? listing, CorpusFolder folder, IReadOnlyList<string> review)
    {
        if (listing is not null && !Exist(review))
            return listing;
        LabelFiles files = new();
        var recordings = Read(folder, review, files, out var uses);
        listing ??= new CorpusListing(
            folder.Name,
            folder.Path,
            new ClassList([]),
            null,
            null,
            [],
            new AudioFinder(folder)
        )
        {
            Layout = Title,
        };
        var added = recordings
            .SelectMany(one => one.Events.Select(sound => sound.Label).Concat(one.Present))
            .Where(label => listing.Classes.IndexOf(label) < 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToArray();
        ClassList classes = new([.. listing.Classes, .. added]);
        var clips = Joined(listing, folder, recordings, classes, added, files);
        return listing with
        {
            Classes = classes,
            Clips = clips,
            Lists = [.. listing.Lists, .. uses],
            // The list of splits is read again, so its problems are known already.
            Problems = [.. listing.Problems, .. files.Problems.Except(listing.Problems)],
        };
    }

    private static LabelledClip[] Joined(
        CorpusListing listing,
        CorpusFolder folder,
        IReadOnlyList<ReviewedRecording> recordings,
        ClassList classes,
        string[] added,
        LabelFiles files
    )
    {
        var known = recordings.ToDictionary(one => one.Name, StringComparer.Ordinal);
        HashSet<string> used = new(StringComparer.Ordinal);
        List<LabelledClip> clips = [];
        foreach (var (clip, audio) in listing.Clips.Zip(listing.FindAudio()))
            if (audio is [var path, ..] && known.TryGetValue(NameOf(folder, path), out var reviewed))
            {
                used.Add(reviewed.Name);
                clips.Add(reviewed.Over(WithUnknown(clip, listing.Classes, added), classes));
            }
            else
                clips.Add(WithUnknown(clip, listing.Classes, added));
        var splits = RecordingSplits.Of(folder, files);
        ReviewedRecording[] others = [.. recordings.Where(one => !used.Contains(one.Name))];
        var names = others.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        splits.Match([.. clips.Select(clip => clip.Name), .. names], files, names);
        clips.AddRange(
            others.Select(one => one.AsClip(splits.Of(one.Name, files), LabelledClip.SourceOf(one.Name), classes))
        );
        return [.. clips.OrderBy(clip => clip.Split)];
    }

    /// <summary>A copy of a clip in which the classes that only the review contains count as not annotated.</summary>
    private static LabelledClip WithUnknown(LabelledClip clip, ClassList before, string[] added) =>
        added.Length == 0
            ? clip
            : clip with
            {
                UnknownLabels = [.. clip.UnknownLabels, .. added],
                AnnotatedSpans = clip.AnnotatedSpans is { } spans
                    ?
                    [
                        .. spans.SelectMany(span =>
                            span.Label is null ? before.Select(label => span with { Label = label }) : [span]
                        ),
                    ]
                    : null,
            };

    private static string NameOf(CorpusFolder folder, string path) => folder.Relative(path).Replace('\\', '/');

    private static IEnumerable<string> Lists(IReadOnlyList<string> review) =>
        review.Where(file =>
            Path.GetFileName(file) is ReviewFolder.Events or ReviewFolder.Annotated or ReviewFolder.Tags
        );

    private static bool HasRows(string list) => File.ReadLines(list).Skip(1).Any(line => line.Length > 0);

    private static List<ReviewedRecording> Read(
        CorpusFolder folder,
        IReadOnlyList<string> review,
        LabelFiles files,
        out List<ListUse> uses
    )
    {
        var lists = Lists(review).Where(HasRows).ToDictionary(file => Path.GetFileName(file));
        var events = lists.TryGetValue(ReviewFolder.Events, out var path) ? files.Events(path) : null;
        var tags = lists.TryGetValue(ReviewFolder.Tags, out path) ? files.Tags(path) : null;
        var annotated = lists.TryGetValue(ReviewFolder.Annotated, out path)
            ? AnnotatedIn(path, files)
            : AnnotatedList.Empty;
        uses = [];
        Add(uses, ReviewFolder.Events, "reviewed events", events?.Files.Length);
        Add(uses, ReviewFolder.Annotated, "reviewed times", annotated.Recordings.Count);
        Add(uses, ReviewFolder.Tags, "reviewed tags", tags?.Files.Length);
        foreach (var file in review.Where(file => Path.GetFileName(file) is ReviewFolder.Queue))
            uses.Add(ListUse.Ignored(folder.Relative(file), "it lists stretches to review"));
        IEnumerable<string> names =
        [
            .. events?.Files ?? [],
            .. annotated.Recordings.Select(one => one.Name),
            .. tags?.Files ?? [],
        ];
        return [.. names.Distinct(StringComparer.Ordinal).Select(name => Of(name, events, annotated, tags, files))];

        void Add(List<ListUse> uses, string list, string content, int? count)
        {
            if (count is > 0)
                uses.Add(new ListUse($"{ReviewFolder.Name}/{list}", null, content, count.Value, ""));
        }
    }

    private static AnnotatedList AnnotatedIn(string path, LabelFiles files)
    {
        try
        {
            ProblemList rows = new();
            var annotated = AnnotatedList.Read(path, rows);
            rows.ThrowIfAny();
            return annotated;
        }
        catch (AnnotationException invalid)
        {
            files.AddRange(invalid.Problems);
            return AnnotatedList.Empty;
        }
    }

    private static ReviewedRecording Of(
        string name,
        EventList? events,
        AnnotatedList annotated,
        TagList? tags,
        LabelFiles files
    )
    {
        SoundEvent[] own = events?.IndexOf(name) is { } at and >= 0 ? [.. events.EventsAt(at)] : [];
        var labels = own.Select(sound => sound.Label).ToHashSet(StringComparer.Ordinal);
        AnnotatedSpan[] spans = annotated.IndexOf(name) is var k and >= 0
            ? annotated.Extended(
                k,
                own,
                outside =>
                    files.Add(
                        new Problem(
                            events!.Source,
                            FormattableString.Invariant(
                                $"the event '{own[outside].Label}' of \"{name}\" from {own[outside].Onset} s to {own[outside].Offset} s lies outside the annotated spans"
                            ),
                            $"extend a span in {ReviewFolder.Annotated}, or remove the event"
                        )
                    )
            )
            : [.. own.Select(sound => new AnnotatedSpan(sound.Onset, sound.Offset, sound.Label))];
        var stated = tags?.NotPresentOf(name) ?? [];
        return new ReviewedRecording(name)
        {
            Events = own,
            Spans = spans,
            Present = tags is null
                ? []
                : [.. tags.RowsOf(name).ToArray().Select(row => row.Label).Where(label => label != "").Distinct()],
            Absent = [.. stated.Where(one => !one.IsUnknown && !labels.Contains(one.Label)).Select(one => one.Label)],
            Unknown = [.. stated.Where(one => one.IsUnknown).Select(one => one.Label)],
        };
    }
}
