using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Sed.Core.Corpora;
using TorchSharp;

namespace Sed.Core.Features;

/// <summary>Brings a store to completion: finds the rows that are missing, damaged or out of date, and makes them.</summary>
internal sealed class Extraction(
    Manifest manifest,
    LogMelOptions options,
    StoreFiles files,
    FeaturePrecision precision,
    torch.Device device,
    IProgress<ExtractionProgress>? progress
)
{
    private const int BatchClips = 16;
    private readonly ConcurrentDictionary<int, string> broken = [];

    /// <summary>Makes what is missing. Killed at any moment, the next call goes on from there.</summary>
    /// <returns>The clips that cannot be read.</returns>
    internal IReadOnlyList<BrokenClip> Complete(string folder, CancellationToken cancellation)
    {
        int[] missing = Missing(StoreIndex.ReadBroken(folder), cancellation);
        if (missing.Length > 0)
        {
            files.Withdraw();
            Make(missing, cancellation);
        }
        BrokenClip[] list =
        [
            .. broken
                .OrderBy(entry => entry.Key)
                .Select(entry => new BrokenClip(entry.Key, manifest.Clips[entry.Key].Name, entry.Value)),
        ];
        if (missing.Length > 0)
            StoreIndex.WriteBroken(folder, list);
        files.Publish();
        return list;
    }

    private int[] Missing(Dictionary<int, string> reasons, CancellationToken cancellation)
    {
        RowEntry[] entries = files.ReadEntries();
        bool[] fine = new bool[entries.Length];
        Parallel.For(
            0,
            entries.Length,
            new ParallelOptions { CancellationToken = cancellation },
            () => new byte[files.RowBytes],
            (row, _, buffer) =>
            {
                RowEntry entry = entries[row];
                if (entry.State == RowState.Empty || !entry.IsFrom(manifest.Clips[row]))
                    return buffer;
                // A clip known to be broken is not tried again unless its file changes; but its reason must be known.
                if (entry.State == RowState.Broken && !reasons.ContainsKey(row))
                    return buffer;
                files.ReadRow(row, buffer);
                fine[row] = RowEntry.ChecksumOf(row, buffer) == entry.Checksum;
                if (fine[row] && entry.State == RowState.Broken)
                    broken[row] = reasons[row];
                return buffer;
            },
            _ => { }
        );
        return [.. Enumerable.Range(0, entries.Length).Where(row => !fine[row])];
    }

    private void Make(int[] missing, CancellationToken cancellation)
    {
        using LogMelExtractor extractor = new(options, device);
        Stopwatch clock = Stopwatch.StartNew();
        int samples = FeatureStore.SamplesPerClip(manifest);
        for (int done = 0; done < missing.Length; done += BatchClips)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] rows = missing[done..Math.Min(done + BatchClips, missing.Length)];
            float[] waveforms = new float[rows.Length * samples];
            Parallel.For(0, rows.Length, i => Load(rows[i], waveforms.AsSpan(i * samples, samples)));
            float[] features;
            using (var scope = torch.NewDisposeScope())
            {
                torch.Tensor batch = torch.tensor(waveforms, [rows.Length, samples]);
                features = extractor.Extract(batch).cpu().data<float>().ToArray();
            }
            int size = features.Length / rows.Length;
            Parallel.For(0, rows.Length, i => Save(rows[i], features.AsSpan(i * size, size)));
            Report(manifest.Clips.Count - missing.Length, done + rows.Length, missing.Length, clock.Elapsed);
        }
    }

    private void Load(int row, Span<float> waveform)
    {
        try
        {
            ClipSamples.Read(manifest.Clips[row], manifest.SampleRate, waveform);
        }
        catch (IOException unreadable)
        {
            waveform.Clear();
            broken[row] = unreadable.Message;
        }
    }

    private void Save(int row, ReadOnlySpan<float> values)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        if (precision == FeaturePrecision.Float16)
        {
            Half[] halves = new Half[values.Length];
            for (int i = 0; i < halves.Length; i++)
                halves[i] = (Half)values[i];
            bytes = MemoryMarshal.AsBytes(halves.AsSpan());
        }
        RowState state = broken.ContainsKey(row) ? RowState.Broken : RowState.Done;
        files.WriteRow(row, bytes, RowEntry.For(state, row, bytes, manifest.Clips[row]));
    }

    private void Report(int before, int made, int missing, TimeSpan elapsed)
    {
        double rate = made / Math.Max(elapsed.TotalSeconds, 1e-3);
        TimeSpan left = TimeSpan.FromSeconds((missing - made) / rate);
        progress?.Report(new ExtractionProgress(before + made, manifest.Clips.Count, rate, left));
    }
}
