using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training.Targets;

/// <summary>What training is told of its clips, as data.</summary>
public abstract record Labels
{
    /// <summary>The labels in a few words, as plans and tables have them; equal ones have the same.</summary>
    public abstract string Summary { get; }

    /// <summary>Every reason why nothing can be learnt from them, with its remedy; empty when it can.</summary>
    public abstract IEnumerable<string> Problems();

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    /// <summary>
    /// Of each clip its tags: both outputs are held against them, the strong one in every frame (Adavanne and Virtanen 2017).
    /// </summary>
    [Key("weakOnly")]
    public sealed record WeakOnly : Labels
    {
        /// <inheritdoc/>
        public override string Summary => "weak labels";

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() => [];
    }

    /// <summary>Of each clip its events: the strong output is held against them frame by frame, the weak one against the tags.</summary>
    [Key("strong")]
    public sealed record Strong : Labels
    {
        /// <inheritdoc/>
        public override string Summary => "strong labels";

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() => [];
    }

    /// <summary>Nothing but the sound: a share of <see cref="Mixed"/>, for networks that learn from another one.</summary>
    [Key("unlabelled")]
    public sealed record Unlabelled : Labels
    {
        /// <inheritdoc/>
        public override string Summary => "no labels";

        /// <inheritdoc/>
        public override IEnumerable<string> Problems() =>
            ["of no clip is anything told; say WeakOnly or Strong, or give Unlabelled a share of `Mixed`"];
    }

    /// <summary>Of some clips more than of others; every batch has its share of each kind.</summary>
    /// <param name="Shares">One for each kind.</param>
    [Key("mixed")]
    public sealed record Mixed([property: Key("shares")] IReadOnlyList<LabelShare> Shares) : Labels
    {
        private const double Rounding = 1e-9;

        /// <summary>Whether kinds come from the corpus's lists, not from a draw.</summary>
        internal bool AreListed => Shares.All(share => share.Clips is null);

        /// <summary>Whether some clips are heard of which nothing is told.</summary>
        public bool HasUnlabelled => Shares.Any(share => share.Kind is Unlabelled);

        /// <inheritdoc/>
        public override string Summary => string.Join(", ", Shares.Select(share => share.Summary));

        /// <inheritdoc/>
        public bool Equals(Mixed? other) => other is not null && Shares.SequenceEqual(other.Shares);

        /// <inheritdoc/>
        public override int GetHashCode() => Summary.GetHashCode(StringComparison.Ordinal);

        /// <inheritdoc/>
        public override IEnumerable<string> Problems()
        {
            if (Shares.Count == 0)
                yield return "`Mixed` has no shares; for example `Mixed [ told Strong 0.1 0.25; told WeakOnly 0.9 0.75 ]`";
            if (Shares.Any(share => share.Kind is Mixed))
                yield return "`Mixed` is one of its own shares; the kinds are Strong, WeakOnly and Unlabelled";
            foreach (var kind in Shares.GroupBy(share => share.Kind).Where(kind => kind.Count() > 1))
                yield return $"{kind.Key.Summary} have {kind.Count()} shares; give each kind one";
            foreach (var share in Shares)
            {
                if (share.Clips is { } clips && !IsShare(clips))
                    yield return FormattableString.Invariant(
                        $"{share.Kind.Summary} are told of {clips:R} of the clips; a share lies above 0 and goes up to 1"
                    );
                if (!IsShare(share.Batch))
                    yield return FormattableString.Invariant(
                        $"{share.Kind.Summary} take {share.Batch:R} of a batch; a share lies above 0 and goes up to 1"
                    );
            }
            if (Shares.Count > 0 && Shares.All(share => share.Kind is Unlabelled))
                yield return "of no clip is anything told; give Strong or WeakOnly a share too";
            if (Shares.Any(share => share.Clips is null) && !AreListed)
                yield return "some kinds are told and others listed; say `told` for all of them, or `listed`";
            var told = Shares.Sum(share => share.Clips ?? 0);
            if (told > 1 + Rounding)
                yield return FormattableString.Invariant(
                    $"the shares of the clips add up to {told:R}; they have 1 among them"
                );
            var batch = Shares.Sum(share => share.Batch);
            if (Shares.Count > 0 && !(Math.Abs(batch - 1) <= Rounding))
                yield return FormattableString.Invariant(
                    $"the shares of a batch add up to {batch:R}; they have to make 1"
                );
        }

        /// <summary>How many clips of a batch each kind takes: at least one, and else by its share; the largest remainders are rounded up.</summary>
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

        private static bool IsShare(double share) => share > 0 && share <= 1;
    }
}

/// <summary>The clips of which training is told alike.</summary>
/// <param name="Kind">What is told of them.</param>
/// <param name="Clips">
/// Their share of the training clips, drawn so that each class has its part of them, the same for every seed; for corpora
/// in which everything is known. Null: the clips of which the corpus's lists say as much and no more.
/// </param>
/// <param name="Batch">Their share of every batch.</param>
public sealed record LabelShare(
    [property: Key("labels")] Labels Kind,
    [property: Key("clips")] double? Clips,
    [property: Key("batch")] double Batch
)
{
    /// <summary>For example "strong labels for 0.1 of the clips and 0.25 of a batch".</summary>
    public string Summary =>
        Clips is { } clips
            ? FormattableString.Invariant($"{Kind.Summary} for {clips:R} of the clips and {Batch:R} of a batch")
            : FormattableString.Invariant($"{Kind.Summary} as listed for {Batch:R} of a batch");
}
