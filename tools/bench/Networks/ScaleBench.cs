using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using Sed.Core.Runtime;
using Sed.Core.Training.Clips;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>
/// Training from a feature store at full scale: 51,172 clips of synthetic features in a store of 4 GB, read in the shuffled
/// order of an epoch while the 218k network trains. Groups of steps with features from the store alternate with groups of
/// steps with features from memory. The rest of the epoch is read without training.
/// </summary>
internal static class ScaleBench
{
    private const int Clips = 51_172;
    private const int BatchSize = 32;
    private const int GroupSteps = 10;
    private const int Groups = 5; // of each kind

    public static int Run(string place)
    {
        var folder = Path.Combine(place, $"sed-scale-{Environment.ProcessId}");
        try
        {
            var manifest = SyntheticCorpus();
            var clock = Stopwatch.StartNew();
            var bytes = Fill(manifest, folder);
            Print(
                $"{Clips} clips of synthetic features, {StorageSize.Print(bytes)}: written in {clock.Elapsed.TotalSeconds:F0} s"
            );
            clock.Restart();
            using var store = FeatureStore.Open(manifest, LogMelOptions.Dcase2017, folder);
            Print($"opened, with all checksums verified: {clock.Elapsed.TotalSeconds:F0} s");
            return Epoch(manifest, store);
        }
        finally
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
        }
    }

    private static Manifest SyntheticCorpus() =>
        new(
            "synthetic",
            new ClassList([.. Dcase2017.Classes.Select(known => known.Label)]),
            Dcase2017.SampleRate,
            Dcase2017.ClipSeconds,
            [
                .. Enumerable
                    .Range(0, Clips)
                    .Select(i => new Clip
                    {
                        Name = $"clip{i:D7}",
                        Source = $"clip{i:D7}",
                        AudioPath = "synthetic",
                        AudioBytes = 1,
                        DurationSeconds = Dcase2017.ClipSeconds,
                        Split = Split.Training,
                        WeakLabels = [Dcase2017.Classes[i % Dcase2017.Classes.Count].Label],
                    }),
            ]
        );

    /// <summary>Writes the rows of the store as extraction does, and returns the number of bytes of all rows.</summary>
    private static long Fill(Manifest manifest, string folder)
    {
        var options = LogMelOptions.Dcase2017;
        var precision = FeaturePrecision.Float32;
        var frames = options.FramesOf(FeatureStore.SamplesPerClip(manifest, options));
        var rowBytes = frames * options.Bands * sizeof(float);
        var own = Path.Combine(folder, FeatureStore.FolderName(manifest, options, precision));
        using var writing = FolderLock.Try(own, "writing.lock");
        using var files = StoreFiles.Open(
            own,
            NpyHeader.Of(precision, Clips, frames, options.Bands),
            Clips,
            rowBytes,
            writing
        );
        StoreIndex.Write(own, manifest, options, StoreRows.Of(manifest, options));
        var draw = new Random(1);
        var noise = new float[2 * frames * options.Bands];
        for (var i = 0; i < noise.Length; i++)
            noise[i] = 4 * draw.NextSingle() - 6;
        Workers.Run(
            Clips,
            row =>
            {
                // Rows are overlapping sections of the noise; neighbouring rows differ.
                var values = MemoryMarshal.AsBytes(noise.AsSpan(row * 7 % (noise.Length / 2), noise.Length / 2));
                files.WriteRow(row, values, RowEntry.For(RowState.Done, row, values, manifest.Clips[row]));
            }
        );
        files.Publish();
        return (long)Clips * rowBytes;
    }

    private static int Epoch(Manifest manifest, FeatureStore store)
    {
        var statistics = new BandStatistics(
            [.. Enumerable.Repeat(-4f, store.Bands)],
            [.. Enumerable.Repeat(1f, store.Bands)]
        );
        using var clips = new ClipSet(manifest, store, statistics, Split.Training) { LargestResidentShare = 0 };
        using var step = new TrainStep(BatchSize);
        var order = clips.Order(ClipOrder.Shuffled, 1, 0);
        using var memory = FromMemory(clips, order);
        using var batches = clips.Batches(order, BatchSize, CPU).GetEnumerator();
        for (var i = 0; i < 3; i++)
            step.Run();
        var (stored, resident) = (new Spent(), new Spent());
        for (var group = 0; group < Groups; group++)
        {
            resident.Add(() =>
            {
                for (var i = 0; i < GroupSteps; i++)
                {
                    using var scope = NewDisposeScope();
                    var chosen = order.AsSpan(i * BatchSize, BatchSize);
                    var rows = tensor(Enumerable.Range(i * BatchSize, BatchSize).ToArray());
                    step.Run(memory.index_select(0, rows), clips.Labels(chosen, CPU));
                }
            });
            stored.Add(() =>
            {
                for (var i = 0; i < GroupSteps && batches.MoveNext(); i++)
                {
                    using var scope = NewDisposeScope();
                    step.Run(batches.Current.Features(), clips.Labels(batches.Current.Clips, CPU));
                }
            });
        }
        const double trained = Groups * GroupSteps * BatchSize;
        var read = 0;
        var clock = Stopwatch.StartNew();
        while (batches.MoveNext())
        {
            using var features = batches.Current.Features();
            read += batches.Current.Clips.Length;
        }
        var readRate = read / clock.Elapsed.TotalSeconds;
        var (wall, cpu) = (resident.Wall / stored.Wall, resident.Processor / stored.Processor);
        var peak = PeakResident();
        Print(
            $"from memory: {trained / resident.Wall:F1} clips/s ({1e3 * resident.Processor / trained:F1} ms of CPU time per clip)"
        );
        Print(
            $"from the store: {trained / stored.Wall:F1} clips/s ({1e3 * stored.Processor / trained:F1} ms of CPU time per clip)"
        );
        Print($"the store reaches {wall:P0} of the rate from memory, {cpu:P0} by CPU time (target: at least 90 %)");
        Print($"reading without training, {read} clips: {readRate:F0} clips/s");
        Print($"peak resident memory without page cache: {peak:F2} GB (target: at most 1.5)");
        return Math.Max(wall, cpu) >= 0.9 && peak <= 1.5 ? 0 : 1;
    }

    /// <summary>The features of the clips of the first group of steps, read into memory.</summary>
    private static Tensor FromMemory(ClipSet clips, int[] order)
    {
        using var scope = NewDisposeScope();
        var first = order[..(GroupSteps * BatchSize)];
        return stack(first.Select(clip => clips.FeaturesOf(clip, CPU))).DetachFromDisposeScope();
    }

    private static double PeakResident()
    {
        using var self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / 1e9;
    }

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Accumulated wall time and CPU time.</summary>
    private sealed class Spent
    {
        public double Wall { get; private set; }

        public double Processor { get; private set; }

        public void Add(Action work)
        {
            var processor = Environment.CpuUsage.TotalTime;
            var clock = Stopwatch.StartNew();
            work();
            Wall += clock.Elapsed.TotalSeconds;
            Processor += (Environment.CpuUsage.TotalTime - processor).TotalSeconds;
        }
    }
}
