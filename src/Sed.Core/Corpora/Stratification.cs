using System.Globalization;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>
/// Divides clips in parts that resemble each other in every class, by iterative stratification (Sechidis, Tsoumakas and
/// Vlahavas, "On the stratification of multi-label data", 2011): the rarest class is dealt out first, each clip to the part
/// that lacks it most. Clips of one source are dealt out together.
/// </summary>
public static class Stratification
{
    /// <summary>Takes a part of the training clips for validation.</summary>
    /// <param name="manifest">The corpus; its training clips are divided.</param>
    /// <param name="fraction">The validation split's share of the training clips, above 0 and below 1.</param>
    /// <param name="seed">Decides between parts that lack a class equally.</param>
    /// <returns>The corpus with those clips moved to <see cref="Split.Validation"/>.</returns>
    /// <exception cref="ArgumentException">The fraction is not between 0 and 1.</exception>
    /// <exception cref="CorpusException">The training clips cannot be divided so: a side would have none.</exception>
    public static Manifest CarveValidation(Manifest manifest, double fraction, long seed)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        if (!(fraction > 0 && fraction < 1))
            throw new ArgumentException($"The fraction must lie between 0 and 1, was {fraction}.", nameof(fraction));
        var training = Tagged(manifest);
        var parts = Divide(manifest, training, [1 - fraction, fraction], seed);
        if (parts.Distinct().Count() < 2)
            throw new CorpusException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{manifest.Corpus}: {fraction:P4} of {training.Length} training clips cannot be held out for validation, "
                ) + "since clips of one source stay together; hold out another share, or add clips of other sources."
            );
        Split[] splits = [.. manifest.Clips.Select(clip => clip.Split)];
        for (var i = 0; i < training.Length; i++)
            splits[training[i]] = parts[i] == 1 ? Split.Validation : Split.Training;
        return manifest.WithSplits(splits);
    }

    /// <summary>Divides the training clips in folds.</summary>
    /// <param name="manifest">The corpus; its training clips are divided.</param>
    /// <param name="folds">How many folds, at least 2.</param>
    /// <param name="seed">Decides between folds that lack a class equally.</param>
    /// <returns>The positions in the manifest of each fold's clips, in order.</returns>
    /// <exception cref="CorpusException">There are fewer sources than folds.</exception>
    public static IReadOnlyList<int[]> Folds(Manifest manifest, int folds, long seed)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        var training = Tagged(manifest);
        var parts = Divide(manifest, training, [.. Enumerable.Repeat(1.0 / folds, folds)], seed);
        int[][] result =
        [
            .. Enumerable.Range(0, folds).Select(fold => training.Where((_, i) => parts[i] == fold).ToArray()),
        ];
        return result.All(fold => fold.Length > 0)
            ? result
            : throw new CorpusException(
                $"{manifest.Corpus}: the training clips come from fewer sources than {folds} folds; give fewer folds."
            );
    }

    /// <summary>The corpus with one fold for validation and the others for training.</summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="validation">Positions of the fold's clips.</param>
    public static Manifest WithFold(Manifest manifest, IReadOnlyCollection<int> validation)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        HashSet<int> chosen = [.. validation];
        return manifest.WithSplits([
            .. manifest.Clips.Select((clip, i) => chosen.Contains(i) ? Split.Validation : clip.Split),
        ]);
    }

    /// <summary>The training clips that can be scored too: those of which nobody knows the classes stay where they are.</summary>
    private static int[] Tagged(Manifest manifest) =>
        [.. manifest.IndicesOf(Split.Training).Where(clip => manifest.Clips[clip].IsTagged)];

    /// <summary>The part that each clip is dealt to.</summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="clips">Positions in it.</param>
    /// <param name="shares">The parts' shares of the clips; they make 1.</param>
    /// <param name="seed">Decides between parts that lack a class equally.</param>
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
            // The order of the shuffled sources decides; sources with most clips of the class first, as they fit least easily.
            foreach (
                Source source in sources
                    .Where(source => left.Contains(source) && (label < 0 || source.Labels[label] > 0))
                    .OrderByDescending(source => label < 0 ? source.Positions.Length : source.Labels[label])
                    .ToArray()
            )
            {
                var part = demand.Neediest(label);
                foreach (var position in source.Positions)
                    parts[position] = part;
                demand.Take(source, part);
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

    /// <summary>All clips of one source: positions among the clips to divide, and how many of them have each class.</summary>
    private sealed record Source(int[] Positions, int[] Labels);

    /// <summary>How many clips, of each class and in all, each part still lacks.</summary>
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

        /// <summary>The class with the fewest clips among these sources; -1 where none has a class.</summary>
        internal int RarestAmong(HashSet<Source> sources)
        {
            var counts = new int[ofLabel[0].Length];
            foreach (Source source in sources)
                for (var k = 0; k < counts.Length; k++)
                    counts[k] += source.Labels[k];
            int[] present = [.. Enumerable.Range(0, counts.Length).Where(k => counts[k] > 0)];
            return present.Length == 0 ? -1 : present.MinBy(k => counts[k]);
        }

        /// <summary>The part that lacks most of a class; among equals the one that lacks most clips.</summary>
        internal int Neediest(int label) =>
            Enumerable
                .Range(0, ofClips.Length)
                .OrderByDescending(part => label < 0 ? 0 : ofLabel[part][label])
                .ThenByDescending(part => ofClips[part])
                .First();

        internal void Take(Source source, int part)
        {
            ofClips[part] -= source.Positions.Length;
            for (var k = 0; k < source.Labels.Length; k++)
                ofLabel[part][k] -= source.Labels[k];
        }
    }
}
