using System.Runtime.InteropServices;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Features.Encoders;

/// <summary>Computes an encoder's vectors for whole recordings and for single windows. Thread-safe.</summary>
internal sealed class EncoderExtractor(string name, EncoderForm form, EncoderSession session) : IFeatureExtractor
{
    /// <summary>
    /// True, because each recording is computed separately; different recordings are computed in parallel.
    /// </summary>
    public bool HasKernel => true;

    public torch.Tensor Extract(torch.Tensor waveforms) =>
        this.ExtractClips(waveforms, form.FramesOf((int)waveforms.shape[1]), form.Width);

    public void Extract(ReadOnlySpan<float> waveform, Span<float> features)
    {
        CrossFade joined = new(form.Width);
        foreach (var window in EncoderWindow.Of(form, waveform.Length))
            Append(joined.Add(window.First, Extract(window, waveform, 0)), ref features);
        Append(joined.Finish(form.FramesOf(waveform.Length)), ref features);

        static void Append(float[] vectors, ref Span<float> target)
        {
            vectors.CopyTo(target);
            target = target[vectors.Length..];
        }
    }

    /// <summary>The vectors of a window.</summary>
    /// <param name="window">The window.</param>
    /// <param name="samples">Samples of the recording.</param>
    /// <param name="start">Position of the first of these samples in the recording.</param>
    /// <returns>Shape (frames, width).</returns>
    /// <exception cref="EncoderException">The encoder fails, or its output is not finite.</exception>
    public float[] Extract(EncoderWindow window, ReadOnlySpan<float> samples, long start)
    {
        var from = window.Start - start;
        var (values, shape) =
            from >= 0 && from + window.Length <= samples.Length
                ? session.Run(samples.Slice((int)from, window.Length), form.Output)
                : session.Run(Padded(samples, from, window.Length), form.Output);
        if (!FiniteValues.Are(values))
            throw new EncoderException($"the encoder {name} outputs values that are not finite numbers");
        return Frames(values, shape, window.Count);
    }

    public void Dispose() => session.Dispose();

    /// <summary>Samples from a position, with silence before and after the available ones.</summary>
    private static float[] Padded(ReadOnlySpan<float> samples, long from, int length)
    {
        var padded = new float[length];
        var silence = (int)Math.Clamp(-from, 0, length);
        var available = samples[(int)Math.Clamp(from, 0, samples.Length)..];
        available[..Math.Min(length - silence, available.Length)].CopyTo(padded.AsSpan(silence));
        return padded;
    }

    /// <summary>Orders the values as (frames, width), with exactly <paramref name="count"/> frames.</summary>
    private float[] Frames(float[] values, int[] shape, int count)
    {
        int[] expected = form.TimeLast ? [form.Width, -1] : [-1, form.Width];
        var fits =
            shape.Length == 1
                ? shape[0] == form.Width
                : shape.Length == 2 && expected.Zip(shape).All(axis => axis.First < 0 || axis.First == axis.Second);
        var available = values.Length / form.Width;
        if (!fits || available < count)
            throw new EncoderException(
                $"the encoder {name} outputs an array of shape ({string.Join(", ", shape)}), but {count} vectors of {form.Width} values are needed"
            );
        if (form.TimeLast && shape.Length == 2)
        {
            var transposed = new float[count * form.Width];
            for (var frame = 0; frame < count; frame++)
            for (var i = 0; i < form.Width; i++)
                transposed[frame * form.Width + i] = values[i * available + frame];
            return transposed;
        }
        return available == count ? values : values[..(count * form.Width)];
    }
}

/// <summary>
/// Computes an encoder's vectors from audio that arrives in pieces. The vectors are the same as for the whole recording.
/// Not thread-safe.
/// </summary>
internal sealed class EncoderStream(EncoderForm form, EncoderExtractor extractor) : IFrameStream
{
    private readonly CrossFade joined = new(form.Width);
    private readonly List<float> buffer = [];
    private long start; // position of the buffer in the recording, in samples
    private long received; // samples
    private long next; // first frame of the next window

    public long Extracted => joined.Finished;

    public int Context => form.WindowFrames;

    public float[] Push(ReadOnlySpan<float> piece, bool isLast)
    {
        buffer.AddRange(piece);
        received += piece.Length;
        List<EncoderWindow> windows = [];
        // A window can be computed once another one is certain to follow. The last window ends with the recording, so
        // its position is unknown until the recording ends.
        while (EncoderWindow.IsBeforeLast(form, next, received))
        {
            var window = EncoderWindow.Regular(form, next, isLast ? received : long.MaxValue);
            if (!isLast && window.Start + window.Length > received)
                break;
            windows.Add(window);
            next += form.WindowStride;
        }
        if (isLast)
            windows.Add(EncoderWindow.Last(form, received));
        var vectors = new float[windows.Count][];
        Workers.Run(
            windows.Count,
            i => vectors[i] = extractor.Extract(windows[i], CollectionsMarshal.AsSpan(buffer), start)
        );
        List<float> finished = [];
        for (var i = 0; i < windows.Count; i++)
            finished.AddRange(joined.Add(windows[i].First, vectors[i]));
        if (isLast)
            finished.AddRange(joined.Finish(form.FramesOf(received)));
        Discard();
        return [.. finished];
    }

    // The samples of the last window must be kept, too, because it can start before the next regular one.
    private void Discard()
    {
        var first = Math.Min(
            EncoderWindow.Regular(form, next, received).Start,
            EncoderWindow.Last(form, received).Start
        );
        var discarded = (int)Math.Clamp(first - start, 0, buffer.Count);
        buffer.RemoveRange(0, discarded);
        start += discarded;
    }
}
