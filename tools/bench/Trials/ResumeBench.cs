using System.Diagnostics;
using System.Globalization;

namespace Sed.Bench;

/// <summary>
/// Kills a script at random moments, resumes it, and compares it with an uninterrupted run: the table, and the scores,
/// weights and stored outputs of the trials, must be identical.
/// </summary>
internal static class ResumeBench
{
    /// <summary>
    /// Kills and resumes a trial, <paramref name="kills"/> times in all; each time, the trial starts from the beginning.
    /// </summary>
    public static int Trial(int kills) =>
        Run(
            "resume",
            ["--only", "weight 1", "--seeds", "1"],
            (folder, length, start) => Again(kills, "resume", folder, length, start)
        );

    /// <summary>
    /// Kills and resumes dependent trials (a mean teacher, its students in rounds, their average), <paramref name="kills"/>
    /// times in all; each time, the trials start from the beginning.
    /// </summary>
    public static int Family(int kills) =>
        Run("family", [], (folder, length, start) => Again(kills, "family", folder, length, start));

    /// <summary>
    /// Kills a sweep of four trials <paramref name="kills"/> times in one folder, resuming it each time, and then lets it
    /// finish.
    /// </summary>
    public static int Sweep(int kills) =>
        Run(
            "resume",
            [],
            (folder, length, start) =>
            {
                var own = Path.Combine(folder, "killed");
                for (var kill = 1; kill <= kills; kill++)
                    Print($"killed after {Kill(start(own), length / 2).TotalSeconds:F2} s");
                Finish(start(own));
                var identical = KeptBytes.Same(Path.Combine(folder, "uninterrupted"), own);
                Print($"after {kills} kills: {Verdict(identical)}");
                return identical;
            }
        );

    private static bool Again(int kills, string script, string folder, TimeSpan length, Func<string, Process> start)
    {
        var same = 0;
        for (var kill = 1; kill <= kills; kill++)
        {
            var own = Path.Combine(folder, kill.ToString(CultureInfo.InvariantCulture));
            var moment = Kill(start(own), length);
            var done = Directory.Exists(own)
                ? Directory
                    .GetFiles(own, "epochs.csv", SearchOption.AllDirectories)
                    .Sum(file => File.ReadAllLines(file).Length - 1)
                : 0;
            Finish(start(own));
            var identical = KeptBytes.Same(Path.Combine(folder, "uninterrupted"), own);
            same += identical ? 1 : 0;
            Print($"killed after {moment.TotalSeconds:F2} s, {done} epochs done: {Verdict(identical)}");
            Directory.Delete(own, recursive: true);
        }
        Print($"{same} of {kills} identical");
        return same == kills;
    }

    private static int Run(string script, string[] options, Func<string, TimeSpan, Func<string, Process>, bool> disturb)
    {
        var folder = Directory.CreateTempSubdirectory("sed-resume-").FullName;
        Process Start(string own) =>
            Process.Start(
                new ProcessStartInfo("dotnet", ["fsi", $"tools/bench/Trials/{script}.fsx", "--out", own, .. options])
                {
                    RedirectStandardOutput = true,
                }
            )!;
        var clock = Stopwatch.StartNew();
        Finish(Start(Path.Combine(folder, "uninterrupted")));
        Print($"uninterrupted: {clock.Elapsed.TotalSeconds:F1} s");
        var same = disturb(folder, clock.Elapsed, Start);
        Directory.Delete(folder, recursive: true);
        return same ? 0 : 1;
    }

    private static void Finish(Process process)
    {
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The script ended with exit code {process.ExitCode}.");
    }

    /// <summary>Kills a process at a random moment within a period; returns how long it had run.</summary>
    private static TimeSpan Kill(Process process, TimeSpan length)
    {
        var moment = length * Random.Shared.NextDouble();
        process.StandardOutput.ReadToEndAsync();
        Thread.Sleep(moment);
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return moment;
    }

    private static string Verdict(bool identical) => identical ? "identical" : "DIFFERENT";

    private static void Print(FormattableString text) => Console.WriteLine(FormattableString.Invariant(text));
}
