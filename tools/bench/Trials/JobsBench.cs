using System.Diagnostics;
using System.Globalization;

namespace Sed.Bench;

/// <summary>
/// Compares a sweep that trains two trials in parallel with the same sweep that trains one trial at a time. Also
/// compares an uninterrupted sweep with the same sweep whose processes are killed at random. The results must be
/// identical.
/// </summary>
internal static class JobsBench
{
    // Small trials, so that many of them start.
    private static readonly Sweep killed = new("tools/bench/Trials/jobs.fsx");

    private static readonly Sweep timed = new(
        "experiments/table2.fsx",
        "--profile",
        "quick",
        "--seeds",
        "1",
        "--no-report"
    );

    /// <summary>
    /// Measures table2 with --jobs 1 and with --jobs 2. The corpus and its features are prepared before both
    /// measurements.
    /// </summary>
    public static int Compare()
    {
        using var folders = new Folders(timed);
        var one = Timed(folders, "one trial at a time", 1);
        var two = Timed(folders, "two parallel trials", 2);
        var same = KeptBytes.Same(folders.Of("1"), folders.Of("2"));
        Print($"--jobs 2 takes {two / one:F2} of the time of --jobs 1 (target: at most 0.80); {Verdict(same)}");
        return same && two / one <= 0.8 ? 0 : 1;
    }

    /// <summary>
    /// Kills a random process of a sweep with --jobs 2, <paramref name="kills"/> times in all, and restarts the sweep
    /// whenever its main process was killed.
    /// </summary>
    public static int KillWorkers(int kills)
    {
        using var folders = new Folders(killed);
        Timed(folders, "uninterrupted", 2);
        var own = folders.Of("killed");
        var (dead, mains) = (0, 0);
        while (true)
        {
            using var main = killed.Start(own, "--jobs", "2");
            main.OutputDataReceived += (_, _) => { };
            main.BeginOutputReadLine();
            while (!main.WaitForExit(TimeSpan.FromSeconds(Random.Shared.NextDouble() * 6)))
            {
                if (dead == kills || Working(own) is not { Length: > 0 } working)
                    continue;
                var (process, isWorker) = working[Random.Shared.Next(working.Length)];
                process.Kill();
                dead++;
                mains += isWorker ? 0 : 1;
                Print($"kill {dead}: {(isWorker ? "a worker" : "the main process")}, {Epochs(own)} epochs done");
            }
            if (main.ExitCode == 0)
                break;
            if (main.ExitCode != 137)
                throw new InvalidOperationException($"The script ended with exit code {main.ExitCode}.");
        }
        var same = KeptBytes.Same(folders.Of("2"), own);
        Print($"{dead} kills, {mains} of them of the main process: {Verdict(same)}");
        return same && dead == kills ? 0 : 1;
    }

    /// <summary>The processes that train in a folder, and whether each is a worker of the main process.</summary>
    private static (Process Process, bool IsWorker)[] Working(string own)
    {
        List<(Process, bool)> working = [];
        foreach (var process in Process.GetProcesses())
        {
            string[] words = [];
            try
            {
                words = File.ReadAllText($"/proc/{process.Id}/cmdline").Split('\0');
            }
            catch (IOException) { }
            // The SDK's launcher, which only waits, has no fsi.dll in its command line.
            if (words.Contains(own) && words.Any(word => word.EndsWith("fsi.dll", StringComparison.Ordinal)))
                working.Add((process, words.Contains("--worker")));
        }
        return [.. working];
    }

    private static int Epochs(string own) =>
        Directory
            .GetFiles(own, "epochs.csv", SearchOption.AllDirectories)
            .Sum(file => File.ReadAllLines(file).Length - 1);

    private static double Timed(Folders folders, string what, int jobs)
    {
        var clock = Stopwatch.StartNew();
        folders.Sweep.Run(folders.Of($"{jobs}"), "--jobs", $"{jobs}");
        Print($"{what} (--jobs {jobs}): {clock.Elapsed.TotalSeconds:F1} s");
        return clock.Elapsed.TotalSeconds;
    }

    private static string Verdict(bool same) => same ? "identical results" : "DIFFERENT RESULTS";

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>A script with fixed arguments.</summary>
    /// <param name="Script">The script.</param>
    /// <param name="Words">The script's fixed arguments.</param>
    private sealed record Sweep(string Script, params string[] Words)
    {
        public Process Start(string own, params string[] arguments) =>
            Process.Start(
                new ProcessStartInfo("dotnet", ["fsi", Script, .. Words, "--out", own, .. arguments])
                {
                    RedirectStandardOutput = true,
                }
            )!;

        public void Run(string own, params string[] arguments)
        {
            using var process = Start(own, arguments);
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{Script} ended with exit code {process.ExitCode}.");
        }
    }

    /// <summary>Run folders that share a corpus and its features. Both are prepared before the measurement.</summary>
    private sealed class Folders : IDisposable
    {
        private static readonly string[] shared = ["corpora", "features"];
        private readonly string root = Directory.CreateTempSubdirectory("sed-jobs-").FullName;

        public Folders(Sweep sweep)
        {
            Sweep = sweep;
            sweep.Run(Path.Combine(root, "made"), "--prepare");
        }

        public Sweep Sweep { get; }

        public string Of(string name)
        {
            var own = Path.Combine(root, name);
            if (!Directory.Exists(own))
            {
                Directory.CreateDirectory(own);
                foreach (var folder in shared)
                    Directory.CreateSymbolicLink(Path.Combine(own, folder), Path.Combine(root, "made", folder));
            }
            return own;
        }

        public void Dispose() => Directory.Delete(root, recursive: true);
    }
}
