namespace Sed.Core.Audio;

/// <summary>Changes the rate of a sound that comes in pieces: the same samples as <see cref="Resampler"/> makes of the whole.</summary>
internal sealed class StreamResampler
{
    private readonly ResamplingFilters? filters;
    private float[] held = [];
    private int count;
    private long start;
    private long next;

    /// <param name="from">Samples per second that come (Hz), positive.</param>
    /// <param name="to">Samples per second that are wanted (Hz), positive.</param>
    internal StreamResampler(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(from);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(to);
        filters = from == to ? null : new ResamplingFilters(from, to);
    }

    /// <summary>Whether what comes is what is wanted.</summary>
    internal bool Passes => filters is null;

    /// <summary>Takes the next piece.</summary>
    /// <param name="piece">Samples as they come.</param>
    /// <param name="isLast">Whether the sound ends with it.</param>
    /// <returns>The samples that are known now.</returns>
    internal float[] Push(ReadOnlySpan<float> piece, bool isLast)
    {
        if (filters is null)
            return piece.ToArray();
        Hold(piece);
        var received = start + count;
        var end = next;
        if (isLast)
            end = filters.LengthOf(received);
        else
            while (filters.LastFor(end) < received)
                end++;
        var made = new float[end - next];
        ReadOnlySpan<float> samples = held.AsSpan(0, count);
        for (var i = 0; i < made.Length; i++)
            made[i] = filters.At(samples, start, next + i);
        next = end;
        Forget(filters.FirstFor(next));
        return made;
    }

    private void Hold(ReadOnlySpan<float> piece)
    {
        if (held.Length < count + piece.Length)
            Array.Resize(ref held, Math.Max(2 * held.Length, count + piece.Length));
        piece.CopyTo(held.AsSpan(count));
        count += piece.Length;
    }

    private void Forget(long before)
    {
        var gone = (int)Math.Clamp(before - start, 0, count);
        held.AsSpan(gone, count - gone).CopyTo(held);
        start += gone;
        count -= gone;
    }
}
