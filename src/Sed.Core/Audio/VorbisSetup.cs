using System.Numerics;

namespace Sed.Core.Audio;

/// <summary>
/// Checks the codebooks in the setup header of a Vorbis stream (Vorbis I specification, section 3.2.1).
/// </summary>
internal static class VorbisSetup
{
    private const int HeaderBits = 7 * 8;
    private const int SynchronisationPattern = 0x56_4342;
    private const long MaxBookValues = 1 << 24;

    /// <summary>The reason why the codebooks must not be decoded; null if they are valid.</summary>
    internal static string? Problem(ReadOnlySpan<byte> packet)
    {
        long at = HeaderBits;
        var books = Bits(packet, ref at, 8) + 1;
        long total = 0;
        for (var book = 0; book < books; book++)
        {
            if (Bits(packet, ref at, 24) != SynchronisationPattern)
                return $"Vorbis codebook {book} has no synchronisation pattern";
            var dimensions = Bits(packet, ref at, 16);
            var entries = Bits(packet, ref at, 24);
            total += dimensions * entries;
            if (dimensions == 0 || entries == 0 || total > MaxBookValues)
                return $"Vorbis codebook {book} has an invalid size: {entries} entries of {dimensions} values";
            if (Bits(packet, ref at, 1) == 1)
                SkipOrderedLengths(packet, ref at, entries);
            else
                SkipLengths(packet, ref at, entries);
            var lookup = Bits(packet, ref at, 4);
            if (lookup > 2)
                return $"Vorbis codebook {book} has a lookup of the unknown type {lookup}";
            if (lookup > 0)
            {
                at += 64; // minimum value and step
                var bits = Bits(packet, ref at, 4) + 1;
                at += 1 + (bits * (lookup == 1 ? LookupValues(entries, dimensions) : entries * dimensions));
            }
            if (at > 8L * packet.Length)
                return $"Vorbis codebook {book} exceeds the setup header";
        }
        return null;
    }

    private static void SkipOrderedLengths(ReadOnlySpan<byte> packet, ref long at, long entries)
    {
        at += 5;
        for (long assigned = 0; assigned < entries && at <= 8L * packet.Length; )
            assigned += Bits(packet, ref at, 64 - BitOperations.LeadingZeroCount((ulong)(entries - assigned)));
    }

    private static void SkipLengths(ReadOnlySpan<byte> packet, ref long at, long entries)
    {
        var isSparse = Bits(packet, ref at, 1) == 1;
        if (!isSparse)
            at += 5 * entries;
        else
            for (long entry = 0; entry < entries && at <= 8L * packet.Length; entry++)
                if (Bits(packet, ref at, 1) == 1)
                    at += 5;
    }

    // The largest integer v for which v ^ dimensions does not exceed the number of entries.
    private static long LookupValues(long entries, long dimensions)
    {
        var values = Math.Max(1, (long)Math.Pow(entries, 1.0 / dimensions) - 1);
        while (Math.Pow(values + 1, dimensions) <= entries)
            values++;
        return values;
    }

    private static long Bits(ReadOnlySpan<byte> packet, ref long at, int count)
    {
        long value = 0;
        for (var bit = 0; bit < count; bit++, at++)
            if (at < 8L * packet.Length)
                value |= (long)((packet[(int)(at / 8)] >> (int)(at % 8)) & 1) << bit;
        return value;
    }
}
