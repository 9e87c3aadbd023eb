using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Targets;

/// <summary>The kinds of labels that training uses.</summary>
public abstract record Labels
{
    private Labels() { }

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>All problems of these settings; empty if they are valid.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;

    /// <summary>
    /// Weak labels: each clip's tags. The tags are the target of the weak output and, repeated for every frame, of the
    /// strong output (Adavanne and Virtanen 2017, section 2.2).
    /// </summary>
    [Key("weakOnly")]
    public sealed record WeakOnly : Labels
    {
        /// <inheritdoc/>
        public override string Summary => "weak labels";
    }

    /// <summary>
    /// Strong labels: the events are the target of the strong output, and the tags are the target of the weak output.
    /// </summary>
    [Key("strong")]
    public sealed record Strong : Labels
    {
        /// <inheritdoc/>
        public override string Summary => "strong labels";
    }

    /// <summary>No labels. Only valid as a part of <see cref="Mixed"/>, with a mean teacher or pseudo-labels.</summary>
    [Key("unlabelled")]
    public sealed record Unlabelled : Labels
    {
        /// <inheritdoc/>
        public override string Summary => "no labels";

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems() =>
            [
                Problem.Of(
                    "no clip is labelled, so nothing can be learnt",
                    "use `labels WeakOnly` or `labels Strong`, or include `Unlabelled` in `Mixed`"
                ),
            ];
    }

    /// <summary>Different kinds of labels for different clips; every batch contains clips of each share.</summary>
    /// <param name="Shares">One share per kind of labels, or one per kind and corpus.</param>
    [Key("mixed")]
    public sealed record Mixed([property: Key("shares")] IReadOnlyList<LabelShare> Shares) : Labels
    {
        private const double Rounding = 1e-9;

        /// <summary>
        /// Whether an epoch ends as soon as one of the shares has used all of its clips, as in the DESED baselines.
        /// Remaining clips that do not fill a batch are left out. Default false: the number of clips in an epoch is the
        /// total of all shares, rounded up to whole batches, and small shares repeat their clips.
        /// </summary>
        [Key("endsWithFirst", OmitWhen = false)]
        public bool EndsWithFirst { get; init; }

        /// <summary>
        /// Whether each clip's kind of labels follows from its annotation. Otherwise random subsets are drawn.
        /// </summary>
        public bool IsAnnotated => Shares.All(share => share.Clips is null);

        /// <summary>Whether some clips are unlabelled.</summary>
        public bool HasUnlabelled => Shares.Any(share => share.Kind is Unlabelled);

        /// <inheritdoc/>
        public override string Summary =>
            string.Join(", ", Shares.Select(share => share.Summary))
            + (EndsWithFirst ? ", an epoch ends when the first share ends" : "");

        /// <inheritdoc/>
        public bool Equals(Mixed? other) =>
            other is not null && EndsWithFirst == other.EndsWithFirst && Shares.SequenceEqual(other.Shares);

        /// <inheritdoc/>
        public override int GetHashCode() =>
            Shares.Aggregate(Shares.Count, (hash, share) => HashCode.Combine(hash, share));

        /// <summary>A copy with a different <see cref="EndsWithFirst"/>.</summary>
        public Mixed WithEndsWithFirst(bool endsWithFirst) => this with { EndsWithFirst = endsWithFirst };

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (Shares.Count == 0)
                yield return Problem.Of(
                    "`Mixed` is empty",
                    "list its parts, for example `Mixed [ subset Strong 0.1 0.25; subset WeakOnly 0.9 0.75 ]`"
                );
            if (Shares.Any(share => share.Kind is Mixed))
                yield return Problem.Of(
                    "`Mixed` contains `Mixed`",
                    "it can contain only Strong, WeakOnly and Unlabelled"
                );
            foreach (var kind in Shares.GroupBy(share => share.Kind).Where(kind => kind.Count() > 1))
                if (
                    kind.Any(share => share.Part is null)
                    || kind.DistinctBy(share => share.Part).Count() < kind.Count()
                )
                    yield return Problem.Of(
                        $"{kind.Key.Summary} occur in {kind.Count()} parts",
                        "list each kind of labels once, or once for each corpus (`annotatedIn`)"
                    );
            foreach (var problem in Shares.SelectMany(share => share.Problems()))
                yield return problem;
            if (Shares.Count > 0 && Shares.All(share => share.Kind is Unlabelled))
                yield return Problem.Of(
                    "no clip is labelled, so nothing can be learnt",
                    "add a part with Strong or WeakOnly"
                );
            if (Shares.Any(share => share.Clips is null) && !IsAnnotated)
                yield return Problem.Of("`subset` and `annotated` are mixed", "use one of them for all parts");
            var clipShares = Shares.Sum(share => share.Clips ?? 0);
            if (clipShares > 1 + Rounding)
                yield return Problem.Of(
                    FormattableString.Invariant($"the shares of the clips add up to {clipShares:R}"),
                    "they may add up to at most 1"
                );
            var batchShares = Shares.Sum(share => share.Batch);
            if (Shares.Count > 0 && !(Math.Abs(batchShares - 1) <= Rounding))
                yield return Problem.Of(
                    FormattableString.Invariant($"the shares of a batch add up to {batchShares:R}"),
                    "they must add up to 1"
                );
        }

        /// <summary>
        /// Computes the number of clips of each share in a batch, at least 1. The numbers are rounded by the
        /// largest-remainder method.
        /// </summary>
        internal int[] Counts(int batch)
        {
            int[] counts = [.. Shares.Select(share => Math.Max(1, (int)Math.Floor(share.Batch * batch + Rounding)))];
            while (counts.Sum() != batch)
            {
                var step = counts.Sum() < batch ? 1 : -1;
                var next = Enumerable
                    .Range(0, counts.Length)
                    .Where(kind => step > 0 || counts[kind] > 1)
                    .MaxBy(kind => step * (Shares[kind].Batch * batch - counts[kind]));
                counts[next] += step;
            }
            return counts;
        }
    }
}
