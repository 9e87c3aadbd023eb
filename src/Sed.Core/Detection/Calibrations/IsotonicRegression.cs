namespace Sed.Core.Detection.Calibrations;

/// <summary>
/// Isotonic regression: the non-decreasing function of the predicted probability with the smallest squared error (pool
/// adjacent violators; Ayer et al. 1955; Zadrozny and Elkan 2002 for probabilities).
/// </summary>
public static class IsotonicRegression
{
    /// <summary>
    /// Fits the function. Predictions with equal probabilities are pooled first. For each group of neighbouring
    /// predictions with the same fitted value, the function has points at the smallest and the largest probability of
    /// the group. The function is linear between these points and constant beyond the smallest and the largest of all
    /// probabilities, as in scikit-learn.
    /// </summary>
    /// <param name="predictions">
    /// Pairs of a predicted probability and whether the class is present, in any order; at least one pair.
    /// </param>
    /// <exception cref="ArgumentException">There are no predictions.</exception>
    public static ProbabilityMap.Isotonic Fit(IReadOnlyCollection<(float Probability, bool IsPositive)> predictions)
    {
        ArgumentNullException.ThrowIfNull(predictions);
        if (predictions.Count == 0)
            throw new ArgumentException("There are no predictions.", nameof(predictions));
        List<Block> blocks = [];
        foreach (var block in Distinct(predictions))
        {
            var last = block;
            // Exact comparison of the means: counts are whole numbers.
            while (blocks.Count > 0 && blocks[^1].Positives * last.Count >= last.Positives * blocks[^1].Count)
            {
                last = blocks[^1].With(last);
                blocks.RemoveAt(blocks.Count - 1);
            }
            blocks.Add(last);
        }
        List<double> inputs = [];
        List<double> outputs = [];
        foreach (var block in blocks)
        {
            inputs.Add(block.First);
            outputs.Add(block.Mean);
            if (block.Last > block.First)
            {
                inputs.Add(block.Last);
                outputs.Add(block.Mean);
            }
        }
        return new ProbabilityMap.Isotonic([.. inputs], [.. outputs]);
    }

    /// <summary>One block for each distinct probability, in increasing order.</summary>
    private static List<Block> Distinct(IReadOnlyCollection<(float Probability, bool IsPositive)> predictions)
    {
        var sorted = predictions.ToArray();
        Array.Sort(sorted, (a, b) => a.Probability.CompareTo(b.Probability));
        List<Block> distinct = [];
        foreach (var (probability, isPositive) in sorted)
        {
            Block own = new(probability, probability, isPositive ? 1 : 0, 1);
            if (distinct.Count > 0 && distinct[^1].Last == probability)
                distinct[^1] = distinct[^1].With(own);
            else
                distinct.Add(own);
        }
        return distinct;
    }

    /// <summary>Neighbouring predictions with one fitted value.</summary>
    private readonly record struct Block(float First, float Last, long Positives, long Count)
    {
        public double Mean => (double)Positives / Count;

        public Block With(Block next) => new(First, next.Last, Positives + next.Positives, Count + next.Count);
    }
}
