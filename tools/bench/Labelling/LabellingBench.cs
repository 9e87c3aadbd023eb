using System.Diagnostics;
using System.Globalization;
using Sed.Core.Features.Encoders;

namespace Sed.Bench;

/// <summary>Simulates the labelling loop (<see cref="LabellingLoop"/>) on corpora whose labels are known.</summary>
internal static class LabellingBench
{
    private const double MostMinutes = 60;
    private const int Rounds = 12;
    private const int Steps = 200;

    /// <summary>
    /// Runs the loop on the chosen corpora and prints the learning curves. The curves are stored in curves.csv in the
    /// output folder; curves that this file already contains are not computed again.
    /// </summary>
    /// <param name="arguments">
    /// The folder with esc10, sprsound and birdsong; the output folder; optionally the corpora, separated by commas
    /// (default: all), the number of seeds (default: 5) and the encoder (default: mn04_frames.onnx in the folder that
    /// the environment variable MODELS names).
    /// </param>
    public static int Loop(IReadOnlyList<string> arguments)
    {
        var (data, output) = (arguments[0], arguments[1]);
        var corpora = arguments.ElementAtOrDefault(2) is { } named and not "all"
            ? named.Split(',')
            : (IReadOnlyList<string>)LoopCorpus.Names;
        var seeds = int.Parse(arguments.ElementAtOrDefault(3) ?? "5", CultureInfo.InvariantCulture);
        var file =
            arguments.ElementAtOrDefault(4)
            ?? Path.Combine(Environment.GetEnvironmentVariable("MODELS") ?? ".", "mn04_frames.onnx");
        if (!File.Exists(file))
        {
            Console.Error.WriteLine(
                $"{file}: there is no such file; give the file as ENCODER, or its folder in the environment variable MODELS."
            );
            return 2;
        }
        Directory.CreateDirectory(output);
        var encoder = new Encoder(file).WithOutput("embedding").WithRate(32000);
        LearningCurves curves = new(Path.Combine(output, "curves.csv"));
        var clock = Stopwatch.StartNew();
        foreach (var name in corpora)
        {
            var missing = (
                from seed in Enumerable.Range(1, seeds)
                from strategy in new[] { LabellingLoop.Random, LabellingLoop.Chosen }
                where !curves.Has(name, strategy, seed)
                select (seed, strategy)
            ).ToArray();
            if (missing.Length > 0)
                Run(name, missing);
            curves.Print(name);
        }
        Console.WriteLine(FormattableString.Invariant($"{clock.Elapsed.TotalMinutes:F1} min"));
        return 0;

        void Run(string name, (int Seed, string Strategy)[] missing)
        {
            var corpus = LoopCorpus.Open(name, data, encoder, output);
            LabellingLoop loop = new(corpus, Steps);
            var minutes = Math.Min(MostMinutes, loop.PoolSeconds / 60);
            Console.WriteLine(
                FormattableString.Invariant(
                    $"{name}: {corpus.Manifest.Describe()}, {loop.PoolSeconds / 60:F1} min in the pool, {Rounds} rounds of {minutes / Rounds:F1} min, classes {string.Join(", ", corpus.Manifest.Classes)}"
                )
            );
            foreach (var (seed, strategy) in missing)
            {
                CurvePoint[] curve =
                [
                    .. loop.Run(strategy, seed, Rounds, 60 * minutes / Rounds)
                        .Select((point, k) => new CurvePoint(name, strategy, seed, k + 1, point.Minutes, point.MacroF)),
                ];
                curves.Add(curve);
                Console.WriteLine(
                    FormattableString.Invariant(
                        $"{clock.Elapsed.TotalMinutes, 6:F1} min  {name} {strategy} seed {seed}: macro F1 {curve[^1].MacroF:F3} with {curve[^1].Minutes:F1} min"
                    )
                );
            }
        }
    }
}
