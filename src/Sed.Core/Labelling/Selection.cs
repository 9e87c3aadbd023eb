namespace Sed.Core.Labelling;

/// <summary>
/// Chooses stretches to annotate next. Some of them are drawn at random, so that estimates from the drawn stretches are
/// unbiased. The others are chosen one after another, in turns, by three criteria:
/// <list type="bullet">
/// <item>uncertain: the sum over the classes of the entropy of the predicted probability, weighted by the rarity of the
/// class;</item>
/// <item>rare: the expected number of classes in the stretch, each weighted by its rarity;</item>
/// <item>diverse: the distance between the embedding and the nearest embedding of an annotated or chosen stretch
/// (farthest-first traversal, as in core-set selection, Sener and Savarese 2018, and Shuyang et al. 2020).</item>
/// </list>
/// The first two criteria are multiplied by this distance, so that a batch does not consist of similar stretches. The
/// rarity of a class is 1 / (1 + n), where n is the number of annotated stretches with the class plus the expected
/// number among the chosen ones. The result depends only on the arguments. The time is proportional to the number of
/// candidates times the number of chosen and annotated stretches.
/// </summary>
public static class Selection
{
    /// <summary>Reason of stretches that are chosen because the model's predictions for them are uncertain.</summary>
    public const string Uncertain = "uncertain";

    /// <summary>Reason of stretches that are likely to contain classes for which few stretches are annotated.</summary>
    public const string Rare = "rare";

    /// <summary>Reason of stretches that are unlike the annotated ones.</summary>
    public const string Diverse = "diverse";

    // The cycle of the criteria. In simulations with soundscapes, choosing only rare stretches was the most effective,
    // and choosing only diverse stretches was the least effective. Diverse stretches can find sounds that are unlike
    // all labelled ones.
    private static readonly string[] turns = [Rare, Uncertain, Rare, Uncertain, Diverse];

    /// <summary>Chooses the stretches to annotate next.</summary>
    /// <param name="candidates">
    /// All stretches that have not been drawn at random before. Each has an equal chance to be drawn.
    /// </param>
    /// <param name="annotated">Embeddings of the annotated stretches.</param>
    /// <param name="classCounts">Number of annotated stretches with each class, in the order of the scores.</param>
    /// <param name="options">How many stretches are chosen.</param>
    /// <param name="seed">Seed of the random draws.</param>
    /// <returns>
    /// The choices in the order in which they are to be annotated. The random choices are in random order and spread
    /// evenly over the list. Random choices that are annotated already do not count towards the limits of the options
    /// on number and total length.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The options have problems, or the number of scores or the size of the embeddings differs between stretches.
    /// </exception>
    public static IReadOnlyList<Choice> Choose(
        IReadOnlyList<Candidate> candidates,
        IReadOnlyList<ReadOnlyMemory<float>> annotated,
        IReadOnlyList<int> classCounts,
        SelectionOptions options,
        long seed
    )
    {
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(annotated);
        ArgumentNullException.ThrowIfNull(classCounts);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        if (candidates.FirstOrDefault(one => one.Scores.Length != classCounts.Count) is { } other)
            throw new ArgumentException(
                $"{other.Stretch} has {other.Scores.Length} scores, but there are {classCounts.Count} classes.",
                nameof(candidates)
            );
        if (candidates.Count == 0)
            return [];
        var random = RandomDraw.Of(candidates.Count, RandomCount(candidates, options), seed, options.Round);
        Budget budget = new(options.Count ?? int.MaxValue, options.Seconds ?? double.PositiveInfinity);
        foreach (var k in random)
            if (!candidates[k].IsAnnotated)
                budget.Take(candidates[k].Stretch.Seconds);
        Greedy greedy = new(candidates, annotated, classCounts, random);
        var inclusion = (double)random.Length / candidates.Count;
        return Spread(
            [.. random.Select(k => new Choice(k, QueuedStretch.RandomReason, null, inclusion))],
            greedy.Choose(budget)
        );
    }

    /// <summary>
    /// The number of random draws. It must not depend on the drawn stretches, so a limit of the total length is divided by
    /// the mean length of all candidates.
    /// </summary>
    private static int RandomCount(IReadOnlyList<Candidate> candidates, SelectionOptions options)
    {
        double all = options.Count ?? candidates.Count;
        if (options.Seconds is { } seconds)
            all = Math.Min(all, seconds / candidates.Average(one => one.Stretch.Seconds));
        return Math.Min(options.RandomCount ?? (int)Math.Round(options.RandomShare * all), candidates.Count);
    }

    /// <summary>Joins two lists so that the elements of the first one are spread evenly over the result.</summary>
    private static List<Choice> Spread(IReadOnlyList<Choice> random, IReadOnlyList<Choice> others)
    {
        var all = random.Count + others.Count;
        List<Choice> joined = new(all);
        var (next, other) = (0, 0);
        for (var k = 0; k < all; k++)
            joined.Add(
                other == others.Count
                || (next < random.Count && (long)(next * 2 + 1) * all <= (long)(2 * k + 1) * random.Count)
                    ? random[next++]
                    : others[other++]
            );
        return joined;
    }

    /// <summary>The number and the total length of stretches that can still be chosen.</summary>
    private sealed class Budget(int count, double seconds)
    {
        // Sums of lengths have rounding errors.
        private const double Tolerance = 1e-6;

        public bool HasCount => count > 0;

        public bool Fits(double length) => length <= seconds + Tolerance;

        public void Take(double length)
        {
            count--;
            seconds -= length;
        }
    }

    /// <summary>Chooses stretches by the three criteria.</summary>
    private sealed class Greedy
    {
        private readonly IReadOnlyList<Candidate> candidates;
        private readonly NearestNeighbours nearest;
        private readonly double[] expected; // annotated stretches with each class, plus those expected among the chosen ones
        private readonly float[] entropies; // shape (candidates, classes)
        private readonly bool[] isOut;

        public Greedy(
            IReadOnlyList<Candidate> candidates,
            IReadOnlyList<ReadOnlyMemory<float>> annotated,
            IReadOnlyList<int> classCounts,
            int[] random
        )
        {
            this.candidates = candidates;
            nearest = new NearestNeighbours([.. candidates.Select(one => one.Embedding)]);
            nearest.Add(annotated);
            expected = [.. classCounts.Select(count => (double)count)];
            entropies = new float[candidates.Count * expected.Length];
            isOut = new bool[candidates.Count];
            for (var k = 0; k < candidates.Count; k++)
            {
                isOut[k] = candidates[k].IsAnnotated;
                var scores = candidates[k].Scores.Span;
                for (var label = 0; label < expected.Length; label++)
                    entropies[k * expected.Length + label] = Entropy(scores[label]);
            }
            foreach (var k in random)
                Take(k);
        }

        public IReadOnlyList<Choice> Choose(Budget budget)
        {
            List<Choice> choices = [];
            while (budget.HasCount)
            {
                var reason = turns[choices.Count % turns.Length];
                var weights = expected.Select(count => (float)(1 / (1 + count))).ToArray();
                var (best, value) = Best(reason, weights, budget);
                if (best < 0)
                    break;
                choices.Add(new Choice(best, reason, value, null));
                budget.Take(candidates[best].Stretch.Seconds);
                Take(best);
            }
            return choices;
        }

        /// <summary>
        /// The available candidate with the largest value of a criterion; in a tie, the first one. -1 if no candidate
        /// fits the budget.
        /// </summary>
        private (int Candidate, double Value) Best(string reason, float[] weights, Budget budget)
        {
            var (best, largest) = (-1, -1f);
            for (var k = 0; k < candidates.Count; k++)
            {
                if (isOut[k] || !budget.Fits(candidates[k].Stretch.Seconds))
                    continue;
                var value = nearest.Distances[k] * (reason == Diverse ? 1 : Quality(reason, k, weights));
                if (value > largest)
                    (best, largest) = (k, value);
            }
            return (best, largest);
        }

        private float Quality(string reason, int k, float[] weights)
        {
            var values =
                reason == Rare ? candidates[k].Scores.Span : entropies.AsSpan(k * weights.Length, weights.Length);
            var sum = 0f;
            for (var label = 0; label < weights.Length; label++)
                sum += weights[label] * values[label];
            return sum;
        }

        private void Take(int k)
        {
            isOut[k] = true;
            nearest.Add(k);
            // The classes of an annotated stretch are in the counts already.
            if (candidates[k].IsAnnotated)
                return;
            var scores = candidates[k].Scores.Span;
            for (var label = 0; label < expected.Length; label++)
                expected[label] += scores[label];
        }

        /// <summary>Entropy of a probability in bits.</summary>
        private static float Entropy(float probability) =>
            probability is > 0 and < 1
                ? -(probability * MathF.Log2(probability) + (1 - probability) * MathF.Log2(1 - probability))
                : 0;
    }
}
