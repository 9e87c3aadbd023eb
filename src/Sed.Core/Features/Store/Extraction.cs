using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Features.Encoders;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Features.Store;

/// <summary>
/// Completes a feature store: extracts the rows that are missing or damaged, or whose audio file has changed.
/// </summary>
internal sealed class Extraction(
    Manifest manifest,
    FeatureSource options,
    StoreFiles files,
    StoreRows rows,
    FeaturePrecision precision,
    torch.Device device,
    IProgress<ExtractionProgress>? progress
)
{
    private const int BatchClips = 16;
    private readonly ConcurrentDictionary<int, string> broken = [];
    private readonly int samples = FeatureStore.SamplesPerClip(manifest, options);

    /// <summary>
    /// Extracts the rows that are missing, damaged or outdated. After an interruption, the next call continues with the
    /// remaining rows.
    /// </summary>
    /// <returns>All unreadable clips of the corpus.</returns>
    /// <exception cref="EncoderException">An encoder fails for a clip; the message names the clip.</exception>
    internal IReadOnlyList<BrokenClip> Complete(string folder, CancellationToken cancellation)
    {
        var missing = Missing(StoreIndex.ReadBroken(folder), cancellation);
        if (missing.Length > 0)
        {
            files.RequireWritable(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{missing.Length} of its {rows.Count} rows are damaged or do not match the current audio files"
                )
            );
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
        var fine = new bool[entries.Length];
        Workers.Run(
            entries.Length,
            () =>
            {
                var values = new byte[files.RowBytes];
                return row => fine[row] = IsFine(row, entries[row], reasons, values);
            },
            cancellation
        );
        return [.. Enumerable.Range(0, entries.Length).Where(row => !fine[row])];
    }

    private bool IsFine(int row, RowEntry entry, Dictionary<int, string> reasons, byte[] values)
    {
        var clip = rows.ClipOf(row);
        if (entry.State == RowState.Empty || !entry.IsFrom(manifest.Clips[clip]))
            return false;
        // An unreadable clip is read again only if its file has changed or broken.tsv lacks its reason.
        var reason = reasons.GetValueOrDefault(clip);
        if (entry.State == RowState.Broken && reason is null)
            return false;
        files.ReadRow(row, 0, values);
        if (RowEntry.ChecksumOf(row, values) != entry.Checksum)
            return false;
        if (entry.State == RowState.Broken)
            broken[clip] = reason!;
        return true;
    }

    private void Make(int[] missing, CancellationToken cancellation)
    {
        using IFeatureExtractor extractor = options.Extractor(device);
        ExtractionClock clock = new(rows.Count, missing.Length, progress);
        if (rows.HasSegments)
            MakeRecordingByRecording(extractor, missing, clock, cancellation);
        else if (extractor.HasKernel)
            MakeClipByClip(extractor, missing, clock, cancellation);
        else
            MakeInBatches(extractor, missing, clock, cancellation);
    }

    private void MakeClipByClip(
        IFeatureExtractor extractor,
        int[] missing,
        ExtractionClock clock,
        CancellationToken cancellation
    )
    {
        Workers.Run(
            missing.Length,
            () =>
            {
                var waveform = new float[samples];
                var features = new float[options.FramesOf(samples) * options.Bands];
                return i =>
                {
                    Load(missing[i], waveform);
                    Extract(missing[i], waveform, features, extractor);
                    Save(missing[i], features);
                    clock.Made(1);
                };
            },
            cancellation
        );
    }

    private void Extract(int row, float[] waveform, float[] features, IFeatureExtractor extractor)
    {
        try
        {
            extractor.Extract(waveform, features);
        }
        catch (EncoderException failure)
        {
            throw Failed(row, failure);
        }
    }

    // This failure is not a fault of the audio file. If the clip were recorded as broken, it would not be read again
    // after the cause has been removed.
    private EncoderException Failed(int clip, EncoderException failure) =>
        new(OneLine.Of($"the features of {manifest.Clips[clip].Name} cannot be computed: {failure.Message}"), failure);

    private void MakeRecordingByRecording(
        IFeatureExtractor extractor,
        int[] missing,
        ExtractionClock clock,
        CancellationToken cancellation
    )
    {
        HashSet<int> open = [.. missing];
        int[] clips = [.. missing.Select(rows.ClipOf).Distinct()];
        Workers.Run(clips.Length, i => MakeRecording(clips[i], open, extractor, clock, cancellation), cancellation);
    }

    /// <summary>Extracts the missing rows of a recording. Memory use does not depend on its length.</summary>
    private void MakeRecording(
        int clip,
        HashSet<int> open,
        IFeatureExtractor extractor,
        ExtractionClock clock,
        CancellationToken cancellation
    )
    {
        var values = new float[rows.Frames * options.Bands];
        var (row, end, filled) = (rows.FirstOf(clip), rows.FirstOf(clip) + rows.CountOf(clip), 0);
        try
        {
            using AudioStream audio = AudioStream.Open(
                manifest.Clips[clip].AudioPath,
                options.SampleRate,
                manifest.Clips[clip].Channel
            );
            var frames = options.Stream(extractor);
            var piece = new float[rows.Frames * options.HopSamples];
            for (var isLast = false; !isLast; )
            {
                cancellation.ThrowIfCancellationRequested();
                var count = audio.Read(piece);
                isLast = count < piece.Length;
                ReadOnlySpan<float> extracted = frames.Push(piece.AsSpan(0, count), isLast);
                while (extracted.Length > 0)
                {
                    var more = Math.Min(extracted.Length, values.Length - filled);
                    extracted[..more].CopyTo(values.AsSpan(filled));
                    extracted = extracted[more..];
                    filled += more;
                    if (filled == values.Length)
                        Next();
                }
            }
            while (row < end)
                Next();
        }
        catch (EncoderException failure)
        {
            throw Failed(clip, failure);
        }
        catch (Exception unreadable) when (IsFaultOfFile(unreadable))
        {
            broken[clip] = unreadable.Message;
            values.AsSpan().Clear();
            for (var own = rows.FirstOf(clip); own < end; own++)
                Save(own, values);
            clock.Made(Enumerable.Range(row, Math.Max(0, end - row)).Count(open.Contains));
        }

        void Next()
        {
            values.AsSpan(filled).Clear();
            if (row < end && open.Contains(row))
            {
                Save(row, values);
                clock.Made(1);
            }
            (row, filled) = (row + 1, 0);
        }
    }

    private void MakeInBatches(
        IFeatureExtractor extractor,
        int[] missing,
        ExtractionClock clock,
        CancellationToken cancellation
    )
    {
        var waveforms = LoadBatch(missing, 0);
        for (var done = 0; done < missing.Length; done += BatchClips)
        {
            cancellation.ThrowIfCancellationRequested();
            // Decode the next batch while the device computes this one.
            var following = done + BatchClips;
            Task<float[]> decoding = Task.Run(() => LoadBatch(missing, following), cancellation);
            var count = waveforms.Length / samples;
            float[] features;
            using (torch.NewDisposeScope())
            {
                torch.Tensor batch = torch.tensor(waveforms, [count, samples]);
                features = extractor.Extract(batch).cpu().data<float>().ToArray();
            }
            var size = features.Length / count;
            Workers.Run(count, i => Save(missing[done + i], features.AsSpan(i * size, size)));
            clock.Made(count);
            waveforms = decoding.GetAwaiter().GetResult();
        }
    }

    private float[] LoadBatch(int[] missing, int from)
    {
        var count = Math.Clamp(missing.Length - from, 0, BatchClips);
        var waveforms = new float[count * samples];
        Workers.Run(count, i => Load(missing[from + i], waveforms.AsSpan(i * samples, samples)));
        return waveforms;
    }

    private void Load(int row, Span<float> waveform)
    {
        try
        {
            ClipSamples.Read(manifest.Clips[row], options.SampleRate, waveform);
        }
        catch (Exception unreadable) when (IsFaultOfFile(unreadable))
        {
            waveform.Clear();
            broken[row] = unreadable.Message;
        }
    }

    // A missing decoder is not a fault of the clip. If the clip were recorded as broken, it would not be read again after
    // the decoder has been installed.
    private static bool IsFaultOfFile(Exception unreadable) =>
        unreadable
            is IOException
                and not FeatureStoreException
                and not AudioFormatException { Fault: AudioFault.NoDecoder }
                or UnauthorizedAccessException;

    private void Save(int row, ReadOnlySpan<float> values)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        if (precision == FeaturePrecision.Float16)
        {
            Half[] halves = new Half[values.Length];
            for (var i = 0; i < halves.Length; i++)
                halves[i] = (Half)values[i];
            bytes = MemoryMarshal.AsBytes(halves.AsSpan());
        }
        var clip = rows.ClipOf(row);
        RowState state = broken.ContainsKey(clip) ? RowState.Broken : RowState.Done;
        files.WriteRow(row, bytes, RowEntry.For(state, row, bytes, manifest.Clips[clip]));
    }
}
