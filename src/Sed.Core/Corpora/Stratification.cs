using System.Globalization;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>
/// Divides clips into parts with similar class distributions by iterative stratification (Sechidis, Tsoumakas and
/// Vlahavas, "On the stratification of multi-label data", 2011): clips of the rarest class are assigned first, each to
/// the part that is furthest below its share of the class. Clips of one source are assigned together; if a source is
/// held out, its unlabelled clips leave the training split too.
/// </summary>
public static class Stratification
{
    /// <summary>Holds out a share of the training clips as the validation split.</summary>
    /// <param name="manifest">The corpus; its training clips are divided.</param>
    /// <param name="fraction">The validation split's share of the training clips, between 0 and 1 (exclusive).</param>
    /// <param name="seed">Seed for shuffling the source recordings.</param>
    /// <returns>The corpus with the held-out clips in <see cref="Split.Validation"/>.</returns>
    /// <exception cref="ArgumentException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="CorpusException">One of the two splits would have no clips.</exception>
    public static Manifest CarveValidation(Manifest manifest, double fraction, long seed)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (!(fraction > 0 && fraction < 1))
            throw new ArgumentException(
                FormattableString.Invariant($"The fraction must lie between 0 and 1, was {fraction}."),
                nameof(fraction)
            );
        var training = Labelled(manifest);
        var parts = Divide(manifest, training, [1 - fraction, fraction], seed);
        if (parts.Distinct().Count() < 2)
            throw new CorpusException(
                manifest.Corpus,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{fraction:P4} of {training.Length} training clips cannot be held out for validation, "
                ) + "since clips from the same source stay together",
                "hold out a different share or add clips from other sources"
            );
        return WithFold(manifest, [.. training.Where((_, i) => parts[i] == 1)]);
    }

    /// <summary>Divides the training clips into folds. All clips from the same source recording are in the same fold.</summary>
    /// <param name="manifest">The corpus; its training clips are divided.</param>
    /// <param name="folds">Number of folds, at least 2.</param>
    /// <param name="seed">Seed for shuffling the source recordings.</param>
    /// <returns>The indices of each fold's clips in the manifest, ascending.</returns>
    /// <exception cref="CorpusException">There are fewer source recordings than folds.</exception>
    public static IReadOnlyList<int[]> Folds(Manifest manifest, int folds, long seed)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var training = Labelled(manifest);
        var parts = Divide(manifest, training, [.. Enumerable.Repeat(1.0 / folds, folds)], seed);
        int[][] result =
        [
            .. Enumerable.Range(0, folds).Select(fold => training.Where((_, i) => parts[i] == fold).ToArray()),
        ];
        return result.All(fold => fold.Length > 0)
            ? result
            : throw new CorpusException(
                manifest.Corpus,
                $"the training clips are from fewer than {folds} sources",
                "use fewer folds"
            );
    }

    /// <summary>
    /// The corpus with one fold as the validation split. Unlabelled training clips from the same sources also move to
    /// the validation split, in which they are not used (<see cref="Manifest.IndicesOf"/>).
    /// </summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="validation">Indices of the fold's clips in the manifest.</param>
    public static Manifest WithFold(Manifest manifest, IReadOnlyCollection<int> validation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        HashSet<int> chosen = [.. validation];
        var sources = chosen.Select(clip => manifest.Clips[clip].Source).ToHashSet(StringComparer.Ordinal);
        return manifest.WithSplits([
            .. manifest.Clips.Select(
                (clip, i) =>
                    chosen.Contains(i) || (IsUnlabelled(clip) && sources.Contains(clip.Source))
                        ? Split.Validation
                        : clip.Split
            ),
        ]);
    }

    /// <summary>Indices of the labelled training clips. Unlabelled clips cannot be scored.</summary>
    private static int[] Labelled(Manifest manifest) =>
        [.. manifest.IndicesOf(Split.Training).Where(clip => manifest.Clips[clip].IsTagged)];

    private static bool IsUnlabelled(Clip clip) => clip is { Split: Split.Training, IsTagged: false };

    /// <summary>Assigns each clip to a part.</summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="clips">Indices of the clips to divide.</param>
    /// <param name="shares">Each part's share of the clips; the shares sum to 1.</param>
    /// <param name="seed">Seed for shuffling the source recordings.</param>
    internal static int[] Divide(Manifest manifest, int[] clips, double[] shares, long seed)
    {
        Source[] sources =
        [
            .. clips
                .Select((clip, position) => (manifest.Clips[clip], position))
                .GroupBy(entry => entry.Item1.Source, StringComparer.Ordinal)
                .Select(group => new Source(
                    [.. group.Select(entry => entry.position)],
                    CountLabels(manifest, group.Select(entry => entry.Item1))
                )),
        ];
        RandomSource.For(seed, "stratification").Shuffle(sources);
        var parts = new int[clips.Length];
        Demand demand = new(sources, shares, manifest.Classes.Count);
        HashSet<Source> left = [.. sources];
        while (left.Count > 0)
        {
            var label = demand.RarestAmong(left);
            // Sources with most clips of the class come first; ties keep the shuffled order.
            foreach (
                Source source in sources
                    .Where(source => left.Contains(source) && (label < 0 || source.Labels[label] > 0))
                    .OrderByDescending(source => label < 0 ? source.Positions.Length : source.Labels[label])
                    .ToArray()
            )
            {
                var part = demand.MostLacking(label);
                foreach (var position in source.Positions)
                    parts[position] = part;
                demand.Assign(source, part);
                left.Remove(source);
            }
        }
        return parts;
    }

    private static int[] CountLabels(Manifest manifest, IEnumerable<Clip> clips)
    {
        var counts = new int[manifest.Classes.Count];
        foreach (var label in clips.SelectMany(clip => clip.WeakLabels))
            counts[manifest.Classes.IndexOf(label)]++;
        return counts;
    }

    /// <summary>All clips of one source: their positions among the clips to divide, and the number of clips of each class.</summary>
    private sealed record Source(int[] Positions, int[] Labels);

    /// <summary>The number of clips that each part lacks, per class and in total.</summary>
    private sealed class Demand
    {
        private readonly double[][] ofLabel;
        private readonly double[] ofClips;

        internal Demand(Source[] sources, double[] shares, int labels)
        {
            ofClips = [.. shares.Select(share => share * sources.Sum(source => source.Positions.Length))];
            ofLabel =
            [
                .. shares.Select(share =>
                    Enumerable.Range(0, labels).Select(k => share * sources.Sum(source => source.Labels[k])).ToArray()
                ),
            ];
        }

        /// <summary>The class with the fewest clips in these sources; -1 if they have no labels.</summary>
        internal int RarestAmong(HashSet<Source> sources)
        {
            var counts = new int[ofLabel[0].Length];
            foreach (Source source in sources)
                for (var k = 0; k < counts.Length; k++)
                    counts[k] += source.Labels[k];
            int[] present = [.. Enumerable.Range(0, counts.Length).Where(k => counts[k] > 0)];
            return present.Length == 0 ? -1 : present.MinBy(k => counts[k]);
        }

        /// <summary>The part that lacks most clips of a class; ties go to the part that lacks most clips in total.</summary>
        internal int MostLacking(int label) =>
            Enumerable
                .Range(0, ofClips.Length)
                .OrderByDescending(part => label < 0 ? 0 : ofLabel[part][label])
                .ThenByDescending(part => ofClips[part])
                .First();

        internal void Assign(Source source, int part)
        {
            ofClips[part] -= source.Positions.Length;
            for (var k = 0; k < source.Labels.Length; k++)
                ofLabel[part][k] -= source.Labels[k];
        }
    }
}
