using System.Buffers.Binary;
using System.Numerics;

namespace Sed.Core.Audio;

/// <summary>Thrown when a FLAC frame cannot be decoded. <see cref="FlacDecoder"/> adds file and position.</summary>
/// <param name="cause">The cause, as a message fragment without a full stop.</param>
/// <param name="isCut">Whether the bytes ended inside the frame.</param>
internal sealed class FlacFrameException(string cause, bool isCut = false) : Exception(cause)
{
    /// <summary>Whether the bytes ended inside the frame.</summary>
    internal bool IsCut => isCut;
}

/// <summary>Reads bits from bytes, the most significant bit first.</summary>
internal ref struct FlacBits(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;
    private ulong cache; // the next bits, from the most significant bit down
    private int cached; // number of valid bits in the cache
    private int next; // the next byte that is not in the cache

    /// <summary>Number of bytes read, including a byte that is partly read.</summary>
    internal readonly int Position => next - (cached / 8);

    /// <summary>Reads an unsigned number.</summary>
    /// <param name="count">Number of bits, 0 to 32.</param>
    internal uint Read(int count)
    {
        if (cached < count)
            Fill(count);
        if (count == 0)
            return 0;
        var value = (uint)(cache >> (64 - count));
        cache <<= count;
        cached -= count;
        return value;
    }

    /// <summary>Reads a number in two's complement.</summary>
    /// <param name="count">Number of bits, 0 to 32.</param>
    internal int ReadSigned(int count) => count == 0 ? 0 : (int)(Read(count) << (32 - count)) >> (32 - count);

    /// <summary>Reads a unary number: all 0 bits up to and including the next 1 bit.</summary>
    /// <returns>The number of 0 bits.</returns>
    internal uint ReadUnary()
    {
        for (uint zeros = 0; ; )
        {
            if (cached == 0)
                Fill(1);
            var leading = BitOperations.LeadingZeroCount(cache);
            if (leading < cached)
            {
                cache = cache << leading << 1;
                cached -= leading + 1;
                return zeros + (uint)leading;
            }
            zeros += (uint)cached;
            (cache, cached) = (0, 0);
        }
    }

    /// <summary>
    /// Reads numbers in Rice code. The upper part of each number is stored in unary, the lower part in binary; the
    /// lowest bit is the sign.
    /// </summary>
    /// <param name="parameter">Number of bits of the lower part, 0 to 30.</param>
    /// <param name="target">Receives the numbers.</param>
    internal void ReadRice(int parameter, Span<int> target)
    {
        foreach (ref var value in target)
        {
            var code = (ReadUnary() << parameter) | Read(parameter);
            value = (int)(code >> 1) ^ -(int)(code & 1);
        }
    }

    /// <summary>Skips the rest of a byte that is partly read.</summary>
    internal void SkipToByte() => Read(cached & 7);

    private void Fill(int count)
    {
        if (bytes.Length - next >= sizeof(ulong))
        {
            // The cache also receives bits that do not count as valid. They are read again by the next call.
            cache |= BinaryPrimitives.ReadUInt64BigEndian(bytes[next..]) >> cached;
            var whole = (64 - cached) / 8;
            next += whole;
            cached += 8 * whole;
            return;
        }
        for (; cached <= 56 && next < bytes.Length; cached += 8)
            cache |= (ulong)bytes[next++] << (56 - cached);
        if (cached < count)
            throw new FlacFrameException("the file ends inside a FLAC frame", isCut: true);
    }
}
