using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Sed.Bench;

/// <summary>
/// Kills a script at random moments, runs it again, and compares what is kept with an undisturbed run: results, weights,
/// events, tags and the table have to be the same bytes.
/// </summary>
internal static class ResumeBench
{
    private const string Script = "tools/bench/resume.fsx";
    private static readonly string[] kept = ["result.json", "network.npz", "events.tsv", "tags.tsv"];

    /// <summary>One trial, killed once and continued, again and again from the beginning.</summary>
    public static int Trial(int kills) =>
        Run(
            ["--only", "weight 1", "--seeds", "1"],
            (folder, length, start) =>
            {
                var same = 0;
                for (var kill = 1; kill <= kills; kill++)
                {
                    var own = Path.Combine(folder, kill.ToString(CultureInfo.InvariantCulture));
                    var moment = Kill(start(own), length);
                    var epochs = Directory.Exists(own)
                        ? Directory.GetFiles(own, "epochs.csv", SearchOption.AllDirectories)
                        : [];
                    var done = epochs.Length == 1 ? File.ReadAllLines(epochs[0]).Length - 1 : 0;
                    Finish(start(own));
                    var identical = Same(Path.Combine(folder, "undisturbed"), own);
                    same += identical ? 1 : 0;
                    Say($"killed after {moment.TotalSeconds:F2} s, {done} epochs done: {Verdict(identical)}");
                    Directory.Delete(own, recursive: true);
                }
                Say($"{same} of {kills} the same");
                return same == kills;
            }
        );

    /// <summary>A sweep of four trials, killed again and again in one folder, then left to finish.</summary>
    public static int Sweep(int kills) =>
        Run(
            [],
            (folder, length, start) =>
            {
                var own = Path.Combine(folder, "killed");
                for (var kill = 1; kill <= kills; kill++)
                    Say($"killed after {Kill(start(own), length / 2).TotalSeconds:F2} s");
                Finish(start(own));
                var identical = Same(Path.Combine(folder, "undisturbed"), own);
                Say($"after {kills} kills: {Verdict(identical)}");
                return identical;
            }
        );

    private static int Run(string[] options, Func<string, TimeSpan, Func<string, Process>, bool> disturb)
    {
        var folder = Directory.CreateTempSubdirectory("sed-resume-").FullName;
        Process Start(string own) =>
            Process.Start(
                new ProcessStartInfo("dotnet", ["fsi", Script, "--out", own, .. options])
                {
                    RedirectStandardOutput = true,
                }
            )!;
        var clock = Stopwatch.StartNew();
        Finish(Start(Path.Combine(folder, "undisturbed")));
        Say($"undisturbed: {clock.Elapsed.TotalSeconds:F1} s");
        var same = disturb(folder, clock.Elapsed, Start);
        Directory.Delete(folder, recursive: true);
        return same ? 0 : 1;
    }

    private static void Finish(Process process)
    {
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{Script} ended with {process.ExitCode}.");
    }

    /// <summary>SIGKILL, at a moment within a length of time.</summary>
    private static TimeSpan Kill(Process process, TimeSpan length)
    {
        var moment = length * Random.Shared.NextDouble();
        process.StandardOutput.ReadToEndAsync();
        Thread.Sleep(moment);
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return moment;
    }

    private static bool Same(string expected, string found) => Digits(expected).SequenceEqual(Digits(found));

    /// <summary>Every kept file with its hash, and the table without what its training took.</summary>
    private static List<string> Digits(string folder)
    {
        var trials = Directory.GetDirectories(Path.Combine(folder, "trials")).Order(StringComparer.Ordinal);
        List<string> digits =
        [
            .. trials.SelectMany(trial =>
                kept.Select(name =>
                    $"{Path.GetFileName(trial)}/{name} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(Path.Combine(trial, name))))}"
                )
            ),
        ];
        var table = File.ReadAllLines(Path.Combine(folder, "tables", "resume.csv")).Select(line => line.Split(','));
        // The last three columns are seconds, clips per second and the trial's name; the name is compared above.
        digits.AddRange(table.Select(cells => string.Join(',', cells[..^3])));
        return digits;
    }

    private static string Verdict(bool identical) => identical ? "the same" : "DIFFERENT";

    private static void Say(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
