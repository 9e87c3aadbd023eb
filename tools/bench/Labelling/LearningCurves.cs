using System.Globalization;
using MathNet.Numerics.Statistics;
using Sed.Core.Metrics.Uncertainty;
using Sed.Core.Runtime;

namespace Sed.Bench;

/// <summary>One point of a learning curve.</summary>
internal sealed record CurvePoint(string Corpus, string Strategy, int Seed, int Round, double Minutes, double MacroF);

/// <summary>Learning curves that are stored in a file, and their comparison.</summary>
internal sealed class LearningCurves
{
    private const string Header = "corpus,strategy,seed,round,minutes,macroF";
    private const int Resamples = 2000;

    private readonly string path;
    private readonly List<CurvePoint> points = [];

    public LearningCurves(string path)
    {
        this.path = path;
        if (!File.Exists(path))
            return;
        foreach (var fields in File.ReadLines(path).Skip(1).Select(line => line.Split(',')))
            points.Add(
                new(
                    fields[0],
                    fields[1],
                    int.Parse(fields[2], CultureInfo.InvariantCulture),
                    int.Parse(fields[3], CultureInfo.InvariantCulture),
                    double.Parse(fields[4], CultureInfo.InvariantCulture),
                    double.Parse(fields[5], CultureInfo.InvariantCulture)
                )
            );
    }

    public bool Has(string corpus, string strategy, int seed) =>
        points.Exists(one => one.Corpus == corpus && one.Strategy == strategy && one.Seed == seed);

    /// <summary>Adds a whole curve and writes the file.</summary>
    public void Add(IReadOnlyCollection<CurvePoint> curve)
    {
        points.AddRange(curve);
        AtomicFile.Write(
            path,
            Header
                + "\n"
                + string.Concat(
                    points.Select(one =>
                        FormattableString.Invariant(
                            $"{one.Corpus},{one.Strategy},{one.Seed},{one.Round},{one.Minutes:R},{one.MacroF:R}\n"
                        )
                    )
                )
        );
    }

    /// <summary>
    /// Prints the mean curves of a corpus, and after how many minutes of labels the selection reaches the score of random
    /// choice.
    /// </summary>
    public void Print(string corpus)
    {
        int[] seeds =
        [
            .. points
                .Where(one => one.Corpus == corpus)
                .Select(one => one.Seed)
                .Distinct()
                .Where(seed => Has(corpus, LabellingLoop.Random, seed) && Has(corpus, LabellingLoop.Chosen, seed))
                .Order(),
        ];
        if (seeds.Length == 0)
            return;
        var random = CurvesOf(corpus, LabellingLoop.Random, seeds);
        var chosen = CurvesOf(corpus, LabellingLoop.Chosen, seeds);
        Console.WriteLine();
        Console.WriteLine($"{corpus}: macro F1 of segments of 1 s, mean of {seeds.Length} seeds");
        Console.WriteLine(
            $"{"minutes", 8}{"random", 10}{"selection", 11}{"difference", 12}  95 % interval (paired, t)"
        );
        for (var round = 0; round < random[0].Length; round++)
        {
            var own = round;
            var difference = seeds.Select((_, k) => chosen[k][own].MacroF - random[k][own].MacroF).ToArray();
            var (low, high) = Interval(difference);
            Console.WriteLine(
                FormattableString.Invariant(
                    $"{random.Average(curve => curve[own].Minutes), 8:F1}{random.Average(curve => curve[own].MacroF), 10:F3}{chosen.Average(curve => curve[own].MacroF), 11:F3}{Signed(difference.Average()), 12}  {Signed(low)} to {Signed(high)}"
                )
            );
        }
        var means = seeds.Select((_, k) => chosen[k].Average(one => one.MacroF) - random[k].Average(one => one.MacroF));
        var (from, to) = Interval([.. means]);
        Console.WriteLine(
            FormattableString.Invariant(
                $"mean over all rounds: {Signed(means.Average())} ({Signed(from)} to {Signed(to)})"
            )
        );
        PrintRatio(random, chosen, 1);
        PrintRatio(random, chosen, 0.5);
    }

    /// <summary>
    /// Prints after how many minutes the selection and random choice reach a target score, and the ratio of the two. The
    /// target is the score of random choice after a share of its minutes. The interval of the ratio is from resamples of
    /// the seeds; each resample applies to both strategies.
    /// </summary>
    private static void PrintRatio(CurvePoint[][] random, CurvePoint[][] chosen, double share)
    {
        var all = Enumerable.Range(0, random.Length).ToArray();
        var (own, others, target) = Minutes(all);
        var draw = RandomSource.For(1, "seeds of learning curves");
        var ratios = Enumerable
            .Range(0, Resamples)
            .Select(_ => Minutes([.. all.Select(_ => draw.Next(all.Length))]))
            .Select(one => one.Chosen / one.Random)
            .Order()
            .ToArray();
        var isLowerBound = double.IsPositiveInfinity(own);
        Console.WriteLine(
            FormattableString.Invariant(
                $"macro F1 {target:F3}: random choice reaches it after {others:F1} min, the selection {(isLowerBound ? "does not reach it" : $"after {own.ToString("F1", CultureInfo.InvariantCulture)} min")}; ratio {(isLowerBound ? "above 1" : (own / others).ToString("F2", CultureInfo.InvariantCulture))} ({ratios[Resamples / 40]:F2} to {ratios[Resamples - 1 - (Resamples / 40)]:F2})"
            )
        );

        (double Chosen, double Random, double Target) Minutes(int[] seeds)
        {
            var (ofRandom, ofChosen) = (Rising(random, seeds), Rising(chosen, seeds));
            var minutes = share * ofRandom[^1].Minutes;
            var target = At(ofRandom, minutes);
            // Where the curve of random choice is flat, it reaches the target before these minutes.
            return (Reached(ofChosen, target), Reached(ofRandom, target), target);
        }
    }

    /// <summary>The mean curve of the given seeds, made non-decreasing by isotonic regression.</summary>
    private static (double Minutes, double MacroF)[] Rising(CurvePoint[][] curves, int[] seeds)
    {
        var rounds = curves[0].Length;
        List<(double Sum, int Count)> blocks = [];
        for (var round = 0; round < rounds; round++)
        {
            var last = (Sum: seeds.Average(seed => curves[seed][round].MacroF), Count: 1);
            while (blocks.Count > 0 && blocks[^1].Sum / blocks[^1].Count >= last.Sum / last.Count)
            {
                last = (blocks[^1].Sum + last.Sum, blocks[^1].Count + last.Count);
                blocks.RemoveAt(blocks.Count - 1);
            }
            blocks.Add(last);
        }
        double[] values = [.. blocks.SelectMany(block => Enumerable.Repeat(block.Sum / block.Count, block.Count))];
        return [.. values.Select((value, round) => (seeds.Average(seed => curves[seed][round].Minutes), value))];
    }

    private static double At((double Minutes, double MacroF)[] curve, double minutes)
    {
        for (var k = 1; k < curve.Length; k++)
            if (minutes <= curve[k].Minutes)
            {
                var part = Math.Max(0, minutes - curve[k - 1].Minutes) / (curve[k].Minutes - curve[k - 1].Minutes);
                return curve[k - 1].MacroF + (part * (curve[k].MacroF - curve[k - 1].MacroF));
            }
        return curve[^1].MacroF;
    }

    private static double Reached((double Minutes, double MacroF)[] curve, double target)
    {
        for (var k = 0; k < curve.Length; k++)
            if (curve[k].MacroF >= target - 1e-12)
            {
                if (k == 0)
                    return curve[0].Minutes;
                var part = (target - curve[k - 1].MacroF) / (curve[k].MacroF - curve[k - 1].MacroF);
                return curve[k - 1].Minutes + (part * (curve[k].Minutes - curve[k - 1].Minutes));
            }
        return double.PositiveInfinity;
    }

    // Rounded first, so that a negative value near 0 has no second sign.
    private static string Signed(double value) =>
        Math.Round(value, 3).ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static (double Low, double High) Interval(double[] values)
    {
        if (values.Length < 2)
            return (double.NegativeInfinity, double.PositiveInfinity);
        var half =
            StudentDistribution.Critical(0.025, values.Length - 1)
            * values.StandardDeviation()
            / Math.Sqrt(values.Length);
        return (values.Average() - half, values.Average() + half);
    }

    private CurvePoint[][] CurvesOf(string corpus, string strategy, int[] seeds)
    {
        CurvePoint[][] curves =
        [
            .. seeds.Select(seed =>
                points
                    .Where(one => one.Corpus == corpus && one.Strategy == strategy && one.Seed == seed)
                    .OrderBy(one => one.Round)
                    .ToArray()
            ),
        ];
        var rounds = curves.Min(curve => curve.Length);
        return [.. curves.Select(curve => curve[..rounds])];
    }
}
