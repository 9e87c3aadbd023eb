using System.Diagnostics;
using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Uncertainty;
using Sed.Core.Scoring;

namespace Sed.Bench;

/// <summary>
/// Measures the statistics of tables by simulation (<see cref="RowScores"/> and <see cref="RowComparisons"/>): the
/// coverage of 95 % intervals, and the rate of false positives between equal rows. The true score is the mean over 400
/// training runs and 800,000 clips; for one training run, it is the mean score of its network over 200,000 clips.
/// </summary>
internal static class StatisticsBench
{
    private const int Rows = 8;
    private const int FixedNetworks = 4;

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

    /// <summary>Prints the rates for each metric, each number of clips and each number of training runs.</summary>
    /// <param name="repetitions">Number of simulated tables.</param>
    /// <param name="resamples">Number of resamples of the clips.</param>
    /// <param name="only">
    /// Numbers of clips, numbers of training runs and names of metrics, each separated by commas; missing parts and
    /// "all" stand for all.
    /// </param>
    public static int Run(int repetitions, int resamples, params IReadOnlyList<string> only)
    {
        var clock = Stopwatch.StartNew();
        int[] clipCounts = [.. Chosen([16, 120, 440], 0, only)];
        int[] trainings = [.. Chosen([1, 2, 3, 5], 1, only)];
        Metric[] metrics = [.. Chosen([.. OfEightRows, .. OfTwoRows], 2, only)];
        var recipe = trainings.Max() > 1 ? TruthOfRecipe(metrics) : [];
        float[][] networks =
        [
            .. Enumerable.Range(0, FixedNetworks).Select(k => new SimulatedTrainings(77 + (ulong)k).Training()),
        ];
        double[][] ofNetworks =
        [
            .. networks.Select(network => trainings.Contains(1) ? TruthOfNetwork(network, metrics) : []),
        ];
        Console.WriteLine($"{repetitions} repetitions, {resamples} resamples of the clips. Rates ± standard errors.");
        Console.WriteLine(
            "With one training run, intervals and comparisons refer to single networks: does the interval contain the network's"
                + " score, and are two equal networks reported as different? With several training runs, they refer to configurations."
        );
        Console.WriteLine(
            $"{"metric", -10}{"clips", 6}{"trainings", 10}{"coverage", 16}{"no interval", 13}{"2 equal rows differ", 22}{"of 8, one differs from best", 27}"
        );
        foreach (var clips in clipCounts)
        {
            var tallies = metrics
                .SelectMany(metric =>
                    trainings.Select(runs =>
                        (
                            metric,
                            runs,
                            tally: new StatisticsTally(metric, FewestOf(metric), OfEightRows.Contains(metric))
                        )
                    )
                )
                .ToArray();
            Parallel.For(
                0,
                repetitions,
                new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                repetition =>
                {
                    SimulatedTrainings random = new(1_000_003UL * (ulong)clips + (ulong)repetition);
                    var drawn = random.Clips(clips);
                    var network = networks[repetition % FixedNetworks];
                    Resampled[][] RowsOf(int runs, Func<float[]> training) =>
                        [
                            .. Enumerable
                                .Range(0, metrics.Any(OfEightRows.Contains) ? Rows : 2)
                                .Select(row =>
                                    Enumerable
                                        .Range(0, runs)
                                        .Select(_ =>
                                            Resample(random.Outputs(drawn, training()), metrics, row < 2, resamples)
                                        )
                                        .ToArray()
                                ),
                        ];
                    var same = trainings.Contains(1) ? RowsOf(1, () => network) : [];
                    var recipes = trainings.Max() > 1 ? RowsOf(trainings.Max(), random.Training) : [];
                    foreach (var (metric, runs, tally) in tallies)
                    {
                        var rows = runs == 1 ? same : [.. recipes.Select(row => row[..runs])];
                        var truth = runs == 1 ? ofNetworks[repetition % FixedNetworks] : recipe;
                        tally.Add(
                            OfEightRows.Contains(metric) ? rows : rows[..2],
                            truth[Array.IndexOf(metrics, metric)]
                        );
                    }
                }
            );
            foreach (var (metric, runs, tally) in tallies)
                Console.WriteLine($"{metric.Name, -10}{clips, 6}{runs, 10}{tally}");
        }
        Console.WriteLine($"{clock.Elapsed.TotalSeconds:F0} s");
        return 0;
    }

    private static IEnumerable<T> Chosen<T>(T[] all, int part, IReadOnlyList<string> only)
    {
        if (part >= only.Count || only[part] == "all")
            return all;
        var names = only[part].Split(',');
        if (names.FirstOrDefault(name => all.All(one => $"{one}" != name)) is { } unknown)
            throw new ArgumentException($"'{unknown}' is not one of {string.Join(", ", all)}.", nameof(only));
        return all.Where(one => names.Contains($"{one}"));
    }

    private static int FewestOf(Metric metric) => metric == MacroF ? 100 : metric.FewestClips;

    private static Resampled Resample(ScoredClips outputs, Metric[] metrics, bool rankings, int resamples) =>
        Bootstrap.Resample(
            outputs.Inputs.Units,
            weights =>
            {
                var weighted = outputs.Weighted(weights);
                return
                [
                    .. metrics
                        .Where(metric => rankings || OfEightRows.Contains(metric))
                        .Select(metric => new Measure(metric.Name, metric.Of(weighted))),
                ];
            },
            new BootstrapOptions { Resamples = resamples }
        );

    /// <summary>
    /// The true scores of the configuration: means over pairs of training runs with opposite effects. Each run is scored on
    /// its own clips.
    /// </summary>
    private static double[] TruthOfRecipe(Metric[] metrics)
    {
        const int Pairs = 200;
        var scores = new double[2 * Pairs][];
        Parallel.For(
            0,
            Pairs,
            pair =>
            {
                SimulatedTrainings random = new(5_000_011 + (ulong)pair);
                var training = random.Training();
                scores[2 * pair] = Scores(random, training, metrics);
                scores[2 * pair + 1] = Scores(random, [.. training.Select(effect => -effect)], metrics);
            }
        );
        return [.. metrics.Select((_, m) => scores.Average(own => own[m]))];
    }

    private static double[] TruthOfNetwork(float[] training, Metric[] metrics)
    {
        const int Parts = 100;
        var parts = new double[Parts][];
        Parallel.For(0, Parts, part => parts[part] = Scores(new(9_000_011 + (ulong)part), training, metrics));
        return [.. metrics.Select((_, m) => parts.Average(own => own[m]))];
    }

    private static double[] Scores(SimulatedTrainings random, float[] training, Metric[] metrics)
    {
        var once = random.Outputs(random.Clips(2000), training).Once();
        return [.. metrics.Select(metric => metric.Of(once))];
    }
}
