using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Sed.Core.Corpora;
using Sed.Core.Detection;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training;
using TorchSharp;

namespace Sed.Bench;

/// <summary>
/// Kills a training at random moments, lets a new process go on, and compares what comes out with an undisturbed run:
/// the result and the weights have to be the same bytes.
/// </summary>
internal static class ResumeBench
{
    public static int Run(int kills)
    {
        var folder = Directory.CreateTempSubdirectory("sed-resume-").FullName;
        var undisturbed = Path.Combine(folder, "undisturbed");
        var clock = Stopwatch.StartNew();
        Start(undisturbed).WaitForExit();
        var length = clock.Elapsed;
        var expected = Digits(undisturbed);
        Console.WriteLine(FormattableString.Invariant($"undisturbed: {length.TotalSeconds:F1} s"));
        var draw = new Random();
        var same = 0;
        for (var kill = 1; kill <= kills; kill++)
        {
            var own = Path.Combine(folder, kill.ToString(CultureInfo.InvariantCulture));
            var moment = length * draw.NextDouble();
            using (var process = Start(own))
            {
                Thread.Sleep(moment);
                process.Kill(); // SIGKILL
                process.WaitForExit();
            }
            var epochs = Path.Combine(own, "epochs.csv");
            var done = File.Exists(epochs) ? File.ReadAllLines(epochs).Length - 1 : 0;
            Start(own).WaitForExit();
            var identical = Digits(own) is { } found && expected is not null && found.SequenceEqual(expected);
            same += identical ? 1 : 0;
            Console.WriteLine(
                FormattableString.Invariant(
                    $"killed after {moment.TotalSeconds:F2} s, {done} epochs done: {(identical ? "the same" : "DIFFERENT")}"
                )
            );
        }
        Directory.Delete(folder, recursive: true);
        Console.WriteLine($"{same} of {kills} the same");
        return same == kills && expected is not null ? 0 : 1;
    }

    /// <summary>The training itself, six epochs, in a folder.</summary>
    public static int Train(string folder)
    {
        const long seed = 7;
        var corpus = new NoiseCorpus(training: 96, testing: 24);
        torch.random.manual_seed(RandomSource.SeedFor(seed, "weights"));
        using var network = new SedNetwork(
            NetworkDescription.Candidate218k(corpus.Frames, corpus.Bands, corpus.Manifest.Classes.Count)
        );
        using ClipSet training = new(corpus.Manifest, corpus, corpus.Statistics, Split.Training),
            testing = new(corpus.Manifest, corpus, corpus.Statistics, Split.Testing);
        var reports = new Trainer(
            new TrainingOptions
            {
                Epochs = 6,
                BatchSize = 16,
                Seed = seed,
                WeightAverage = 0.9,
                Mixup = 0.2,
            },
            torch.CPU
        ).Train(
            network,
            training,
            new Evaluator(testing, NoiseCorpus.HopSeconds, new DetectionOptions()),
            scores => scores.WeakF - scores.StrongErrorRate,
            folder: new TrainingFolder(folder, "noise", corpus.Manifest.Hash)
        );
        var result = reports.Select(report => new
        {
            report.Epoch,
            report.Loss,
            report.Monitor,
            report.BestEpoch,
            report.Scores.WeakF,
            report.Scores.StrongErrorRate,
        });
        File.WriteAllText(Path.Combine(folder, "result.json"), JsonSerializer.Serialize(result));
        return 0;
    }

    private static Process Start(string folder) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["resume-train", folder]))!;

    private static byte[]? Digits(string folder)
    {
        string[] files = [Path.Combine(folder, "result.json"), Path.Combine(folder, "network.npz")];
        return files.All(File.Exists) ? [.. files.SelectMany(File.ReadAllBytes)] : null;
    }
}
