using Sed.Core.Annotations;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>Combines several corpora into one.</summary>
public static class CorpusUnion
{
    /// <summary>
    /// Combines the clips of several corpora. Classes are matched by name and have the order of their first occurrence.
    /// If a corpus does not annotate a class, the presence of the class in its clips is unknown. A clip name that
    /// occurs in several corpora is prefixed with the name of the corpus. The source of each clip is prefixed with the
    /// name of its corpus. If several corpora contain a recording, all its clips have the source from the first of
    /// these corpora.
    /// </summary>
    /// <param name="corpora">At least one corpus; all with the same sampling rate, clip length and hop.</param>
    /// <exception cref="CorpusException">
    /// Sampling rates, clip lengths or hops differ, or classes of different corpora have similar names.
    /// </exception>
    public static Manifest Of(IReadOnlyList<Manifest> corpora)
    {
        ArgumentNullException.ThrowIfNull(corpora);
        ArgumentOutOfRangeException.ThrowIfZero(corpora.Count);
        if (corpora.Count == 1)
            return corpora[0];
        var name = string.Join(" + ", corpora.Select(corpus => corpus.Corpus));
        Problem[] problems = [.. Differences(corpora, name), .. SimilarClasses(corpora)];
        if (problems.Length > 0)
            throw new CorpusException(problems);
        ClassList classes = new(corpora.SelectMany(corpus => corpus.Classes).Distinct(StringComparer.Ordinal));
        var repeated = corpora
            .SelectMany(corpus => corpus.Clips.Select(clip => clip.Name).Distinct())
            .CountBy(one => one)
            .Where(entry => entry.Value > 1)
            .Select(entry => entry.Key)
            .ToHashSet(StringComparer.Ordinal);
        // Corpora of the same name are numbered.
        string[] prefixes =
        [
            .. corpora.Select(
                (corpus, index) =>
                    corpora.Take(index).Count(other => other.Corpus == corpus.Corpus) is var before and > 0
                        ? $"{corpus.Corpus} {before + 1}/"
                        : $"{corpus.Corpus}/"
            ),
        ];
        var first = corpora[0];
        return new Manifest(
            name,
            classes,
            first.SampleRate,
            first.ClipSeconds,
            [
                .. RecordingSources.Joined([
                    .. corpora
                        .Index()
                        .SelectMany(corpus =>
                            corpus.Item.Clips.Select(clip =>
                                Part(clip, corpus.Item, prefixes[corpus.Index], classes, repeated)
                            )
                        ),
                ]),
            ],
            [.. corpora.SelectMany(corpus => corpus.LeftOut)],
            first.HopSeconds,
            corpora.Any(corpus => corpus.MasksPadding)
        );
    }

    private static Clip Part(Clip clip, Manifest corpus, string prefix, ClassList classes, HashSet<string> repeated)
    {
        string[] others = [.. classes.Where(label => corpus.Classes.IndexOf(label) < 0)];
        return clip with
        {
            Name = repeated.Contains(clip.Name) ? prefix + clip.Name : clip.Name,
            Source = $"{prefix}{clip.Source}",
            Part = prefix.TrimEnd('/'),
            WeakLabels = LabelledClip.InOrder(clip.WeakLabels, classes),
            UnknownLabels = LabelledClip.InOrder(clip.UnknownLabels.Concat(others), classes),
            // A span without a label applies only to the classes of its own corpus.
            AnnotatedSpans =
                clip.AnnotatedSpans is { } spans && others.Length > 0
                    ?
                    [
                        .. spans.SelectMany(span =>
                            span.Label is null ? corpus.Classes.Select(label => span with { Label = label }) : [span]
                        ),
                    ]
                    : clip.AnnotatedSpans,
        };
    }

    private static IEnumerable<Problem> Differences(IReadOnlyList<Manifest> corpora, string name)
    {
        if (corpora.Select(corpus => corpus.SampleRate).Distinct().Count() > 1)
            yield return new Problem(
                name,
                $"the sampling rates differ ({string.Join(", ", corpora.Select(corpus => $"{corpus.Corpus}: {corpus.SampleRate} Hz"))})",
                "set the same rate for each corpus, for example `corpusWith \"DIR\" { rate 16000.0<Hz> }`"
            );
        if (corpora.Select(corpus => (corpus.ClipSeconds, corpus.HopSeconds)).Distinct().Count() > 1)
            yield return new Problem(
                name,
                $"the lengths of clips or the hops of windows differ ({string.Join(", ", corpora.Select(LengthsOf))})",
                "set the same length and hop for each corpus, for example `corpusWith \"DIR\" { clip 10.0<s>; hop 5.0<s> }`"
            );
    }

    private static string LengthsOf(Manifest corpus) =>
        FormattableString.Invariant(
            $"{corpus.Corpus}: {corpus.ClipSeconds} s{(corpus.HopSeconds is { } hop ? FormattableString.Invariant($" with windows every {hop} s") : "")}"
        );

    private static IEnumerable<Problem> SimilarClasses(IReadOnlyList<Manifest> corpora)
    {
        var labels = corpora.SelectMany(corpus => corpus.Classes.Select(label => (corpus.Corpus, Label: label)));
        foreach (var alike in labels.GroupBy(one => SimilarNames.KeyOf(one.Label)))
        foreach (var other in alike.DistinctBy(one => one.Label).Skip(1))
            yield return new Problem(
                other.Corpus,
                $"the class '{other.Label}' differs from '{alike.First().Label}' of {alike.First().Corpus} only by {SimilarNames.Difference(alike.First().Label, other.Label)}",
                "use the same name in both corpora"
            );
    }
}
