using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Sed.Core.Features.Store;
using Sed.Core.Labelling.Embeddings;
using Sed.Core.Runtime;

namespace Sed.Bench;

/// <summary>
/// Time and memory of an exact search in the vectors of many hours of recordings, compared with NumPy on the same file in
/// the same run. Each 5 s of a recording has one vector of 768 random values. Each recording is one hour long.
/// </summary>
internal static class FindBench
{
    private const int Width = 768;
    private const int PerHour = 720;
    private const int Hits = 20;
    private const int Rounds = 7;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="python">Python interpreter with NumPy.</param>
    /// <param name="hours">Hours of recordings.</param>
    internal static int Run(string python, int hours)
    {
        var folder = Directory.CreateTempSubdirectory("sed-find-").FullName;
        try
        {
            using var store = VectorStore.Open(
                folder,
                new JsonObject { ["bench"] = hours },
                new VectorForm(Width, FeaturePrecision.Float16),
                CancellationToken.None
            );
            Fill(store, hours);
            var ranges = Enumerable.Range(0, hours).Select(hour => store.Find($"{hour}")!).ToArray();
            var query = UnitVector.Of(Values(RandomSource.For(1, "query"), Width));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{store.Rows} vectors of {Width} values ({store.Rows * store.Form.RowBytes / 1e9:F2} GB), {Environment.ProcessorCount} threads"
                )
            );
            var before = PrivateBytes();
            List<double> times = [];
            IReadOnlyList<VectorHit> hits = [];
            for (var round = 0; round <= Rounds; round++)
            {
                var clock = Stopwatch.StartNew();
                hits = VectorScan.Top(store, ranges, query, Hits);
                // The first round warms up.
                if (round > 0)
                    times.Add(clock.Elapsed.TotalSeconds);
            }
            var grown = Math.Max(0, PrivateBytes() - before);
            var ours = Median(times);
            var (mapped, memory, rows) = InPython(python, store, query);
            Print($"SedDsl (private memory grows by {grown / 1e6:F0} MB)", ours, ours);
            Print("NumPy, the same file mapped, converted to float32 in pieces", mapped, ours);
            Print("NumPy, all vectors in memory as float32", memory, ours);
            var same = hits.Select(hit => hit.Range * PerHour + hit.Row).SequenceEqual(rows);
            Console.WriteLine(same ? $"  the first {Hits} hits are the same" : "  the hits DIFFER");
            return same ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Fill(VectorStore store, int hours)
    {
        for (var hour = 0; hour < hours; hour++)
        {
            var random = RandomSource.For(1, "vectors", hour);
            var vectors = new float[PerHour * Width];
            for (var row = 0; row < PerHour; row++)
                UnitVector.Of(Values(random, Width)).CopyTo(vectors, row * Width);
            store.Add($"{hour}", 3600, vectors);
        }
    }

    private static float[] Values(Random random, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = random.NextSingle() - 0.5f;
        return values;
    }

    /// <summary>
    /// Median time in seconds of NumPy's two searches (in the mapped file, and in memory), and the rows of its first hits.
    /// </summary>
    private static (double Mapped, double Memory, int[] Rows) InPython(string python, VectorStore store, float[] query)
    {
        var list = store.ValuesPath + ".query.txt";
        File.WriteAllLines(list, query.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
        using var process = Process.Start(
            new ProcessStartInfo(
                python,
                [
                    Path.Combine("tools", "reference", "cosine_scan.py"),
                    store.ValuesPath,
                    $"{Width}",
                    list,
                    $"{Hits}",
                    $"{Rounds}",
                ]
            )
            {
                RedirectStandardOutput = true,
            }
        )!;
        var lines = process.StandardOutput.ReadToEnd().Split('\n');
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException("cosine_scan.py failed.");
        double Seconds(int line) => Median(lines[line].Split(' ').Select(Number));
        return (Seconds(0), Seconds(1), [.. lines[2].Split(' ').Select(row => (int)Number(row))]);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static void Print(string what, double seconds, double ours) =>
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"  {1000 * seconds, 7:F0} ms {seconds / ours, 6:F1} x  {what}")
        );

    /// <summary>Resident memory that is not backed by files; without /proc, the managed memory.</summary>
    private static long PrivateBytes()
    {
        const string status = "/proc/self/status";
        const string field = "RssAnon:";
        if (!File.Exists(status))
            return GC.GetTotalMemory(forceFullCollection: true);
        GC.Collect();
        var line = File.ReadLines(status).First(line => line.StartsWith(field, StringComparison.Ordinal));
        return 1024 * long.Parse(line[field.Length..].Replace("kB", "").Trim(), CultureInfo.InvariantCulture);
    }
}
