using System.Diagnostics;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Uncertainty;
using Sed.Core.Scoring;

namespace Sed.Bench;

/// <summary>
/// Measures the statistics of tables by simulation (<see cref="RowScores"/> and <see cref="RowComparisons"/>): the coverage
/// of 95 % intervals, and the rate of false positives between equal rows. The true score is the mean over 400 training
/// runs and 800,000 clips; for one training run, it is the mean over clips of that network.
/// </summary>
internal static class StatisticsBench
{
    private const int Rows = 8;
    private const int FixedNetworks = 4;
    private static readonly int[] Trainings = [1, 2, 3, 5];

    private static readonly Metric MacroF = new(
        "macroF",
        "macro F",
        "F-score of the tags, macro average",
        MetricBasis.Tags,
        clips => clips.Tagging.Scores().Macro.F
    );

    // Rankings take long to resample, so they have two rows instead of eight.
    private static readonly Metric[] OfEightRows = [TagMetrics.F, SegmentMetrics.F, SegmentMetrics.ErrorRate, MacroF];
    private static readonly Metric[] OfTwoRows = [RankingMetrics.MeanAveragePrecision];
    private static readonly Metric[] All = [.. OfEightRows, .. OfTwoRows];

    public static int Run(int repetitions, int resamples)
    {
        var clock = Stopwatch.StartNew();
        var recipe = TruthOfRecipe();
        float[][] networks =
        [
            .. Enumerable.Range(0, FixedNetworks).Select(k => new SimulatedTrainings(77 + (ulong)k).Training()),
        ];
        double[][] ofNetworks = [.. networks.Select(TruthOfNetwork)];
        Console.WriteLine(
            $"{repetitions} repetitions, {resamples} resamples of the clips. True scores: "
                + string.Join(
                    ", ",
                    All.Select((metric, m) => FormattableString.Invariant($"{metric.Name} {recipe.Mean[m]:F3}"))
                )
                + FormattableString.Invariant(
                    $". Standard deviation of weak F over training runs {recipe.WeakFDeviation:F3}."
                )
        );
        Console.WriteLine(
            "With one training run, intervals and comparisons refer to single networks: does the interval contain the network's"
                + " score, and are two equal networks reported as different? With several, they refer to configurations."
        );
        Console.WriteLine(
            $"{"metric", -10}{"clips", 6}{"trainings", 10}{"coverage", 10}{"no interval", 12}{"2 equal rows differ", 21}{"of 8 equal rows, one differs from the best", 44}"
        );
        foreach (var clips in (int[])[16, 120, 440])
        {
            Tally[,] tallies = new Tally[All.Length, Trainings.Length];
            for (var m = 0; m < All.Length; m++)
            for (var t = 0; t < Trainings.Length; t++)
                tallies[m, t] = new();
            Parallel.For(
                0,
                repetitions,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                repetition =>
                {
                    SimulatedTrainings random = new(1_000_003UL * (ulong)clips + (ulong)repetition);
                    var drawn = random.Clips(clips);
                    var network = networks[repetition % FixedNetworks];
                    var truth = ofNetworks[repetition % FixedNetworks];
                    Resampled[] Row(int row, int trainings, Func<float[]> training) =>
                        [
                            .. Enumerable
                                .Range(0, trainings)
                                .Select(_ => Resample(random.Outputs(drawn, training()), row < 2, resamples)),
                        ];
                    var same = Enumerable.Range(0, Rows).Select(row => Row(row, 1, () => network)).ToArray();
                    var recipes = Enumerable
                        .Range(0, Rows)
                        .Select(row => Row(row, Trainings[^1], random.Training))
                        .ToArray();
                    for (var m = 0; m < All.Length; m++)
                    for (var t = 0; t < Trainings.Length; t++)
                        tallies[m, t]
                            .Add(
                                All[m],
                                t == 0 ? same : [.. recipes.Select(row => row[..Trainings[t]])],
                                t == 0 ? truth[m] : recipe.Mean[m]
                            );
                }
            );
            for (var m = 0; m < All.Length; m++)
            for (var t = 0; t < Trainings.Length; t++)
                Console.WriteLine($"{All[m].Name, -10}{clips, 6}{Trainings[t], 10}{tallies[m, t]}");
        }
        Console.WriteLine($"{clock.Elapsed.TotalSeconds:F0} s");
        return 0;
    }

    private static Resampled Resample(ScoredClips outputs, bool rankings, int resamples)
    {
        var metrics = rankings ? All : OfEightRows;
        return Bootstrap.Resample(
            outputs.Inputs.Units,
            weights =>
            {
                var weighted = outputs.Weighted(weights);
                return [.. metrics.Select(metric => new Measure(metric.Name, metric.Of(weighted)))];
            },
            new BootstrapOptions { Resamples = resamples }
        );
    }

    /// <summary>The mean over pairs of training runs with opposite effects, each on its own clips.</summary>
    private static (double[] Mean, double WeakFDeviation) TruthOfRecipe()
    {
        const int Pairs = 200;
        const int Clips = 2000;
        var scores = new double[2 * Pairs][];
        Parallel.For(
            0,
            Pairs,
            pair =>
            {
                SimulatedTrainings random = new(5_000_011 + (ulong)pair);
                var training = random.Training();
                scores[2 * pair] = Scores(random, training, Clips);
                scores[2 * pair + 1] = Scores(random, [.. training.Select(effect => -effect)], Clips);
            }
        );
        double[] mean = [.. All.Select((_, m) => scores.Average(own => own[m]))];
        return (mean, Math.Sqrt(scores.Average(own => (own[0] - mean[0]) * (own[0] - mean[0]))));
    }

    private static double[] TruthOfNetwork(float[] training)
    {
        const int Parts = 20;
        var parts = new double[Parts][];
        Parallel.For(0, Parts, part => parts[part] = Scores(new(9_000_011 + (ulong)part), training, 2000));
        return [.. All.Select((_, m) => parts.Average(own => own[m]))];
    }

    private static double[] Scores(SimulatedTrainings random, float[] training, int clips)
    {
        var once = random.Outputs(random.Clips(clips), training).Once();
        return [.. All.Select(metric => metric.Of(once))];
    }

    /// <summary>Counts for one metric, one number of clips and one number of training runs.</summary>
    private sealed class Tally
    {
        private int intervals;
        private int covering;
        private int without;
        private int pairs;
        private int differing;
        private int tables;
        private int wrong;
        private int verdicts;

        public void Add(Metric metric, Resampled[][] rows, double truth)
        {
            var isOfEight = OfEightRows.Contains(metric);
            RowScores[] scores =
            [
                .. rows.Take(isOfEight ? Rows : 2)
                    .Select(row => RowScores.Of(row, metric.Name, null, metric == MacroF ? 100 : metric.FewestClips)),
            ];
            var limits = scores.Select(row => row.Interval()).ToArray();
            var twos = scores.Chunk(2).Select(two => RowComparisons.With(two[0], [two[1]])[0]).ToArray();
            var best = Enumerable
                .Range(0, scores.Length)
                .MaxBy(row => metric.LowerIsBetter ? -scores[row].Mean : scores[row].Mean);
            var all = isOfEight ? RowComparisons.AllPairs(scores) : null;
            lock (this)
            {
                foreach (var (low, high) in limits)
                    if (!low.IsDefined)
                        without++;
                    else
                    {
                        intervals++;
                        covering += low.Value <= truth && truth <= high.Value ? 1 : 0;
                    }
                pairs += twos.Count(two => two.WhyNone is null);
                differing += twos.Count(two => two.Differs);
                if (all is null)
                    return;
                tables++;
                var others = Enumerable.Range(0, scores.Length).Where(row => row != best).ToArray();
                verdicts += others.Any(row => all[(row, best)].WhyNone is null) ? 1 : 0;
                wrong += others.Any(row => all[(row, best)].Differs) ? 1 : 0;
            }
        }

        public override string ToString()
        {
            string Share(int count, int of) => of == 0 ? "-" : FormattableString.Invariant($"{(double)count / of:F3}");
            return $"{Share(covering, intervals), 10}{Share(without, without + intervals), 12}{Share(differing, pairs), 21}{(verdicts == 0 ? "-" : Share(wrong, tables)), 44}";
        }
    }
}
