using System.Numerics;
using System.Runtime.InteropServices;

namespace Sed.Core.Corpora.Checks;

/// <summary>
/// A 128-bit hash of samples, fast rather than safe against forgery: four lanes of multiply and rotate, as xxHash has them
/// (Y. Collet), mixed at the end. Equal sounds have equal hashes; others differ but for bad luck of 1 in 2^64 and less.
/// </summary>
internal static class SoundHash
{
    private const ulong Odd1 = 0x9E37_79B1_85EB_CA87;
    private const ulong Odd2 = 0xC2B2_AE3D_27D4_EB4F;

    /// <summary>32 hexadecimal digits.</summary>
    internal static string Of(ReadOnlySpan<float> samples)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<float, ulong>(samples);
        var a = Odd1;
        var b = Odd2;
        var c = Odd1 ^ Odd2;
        var d = (ulong)samples.Length;
        var i = 0;
        for (; i + 4 <= words.Length; i += 4)
        {
            a = Round(a, words[i]);
            b = Round(b, words[i + 1]);
            c = Round(c, words[i + 2]);
            d = Round(d, words[i + 3]);
        }
        for (; i < words.Length; i++)
            a = Round(a, words[i]);
        if (samples.Length % 2 == 1)
            b = Round(b, BitConverter.SingleToUInt32Bits(samples[^1]));
        var first = Mix(
            a ^ BitOperations.RotateLeft(b, 17) ^ BitOperations.RotateLeft(c, 31) ^ BitOperations.RotateLeft(d, 47)
        );
        var second = Mix((a * Odd2) + (b * Odd1) + BitOperations.RotateLeft(c, 7) + (d ^ first));
        return $"{first:x16}{second:x16}";
    }

    private static ulong Round(ulong lane, ulong word) => BitOperations.RotateLeft(lane + (word * Odd2), 31) * Odd1;

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 33)) * Odd2;
        x = (x ^ (x >> 29)) * Odd1;
        return x ^ (x >> 32);
    }
}
