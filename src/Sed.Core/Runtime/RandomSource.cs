using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// Random numbers by seed and purpose: <c>RandomSource.For(7, "shuffle", epoch)</c> gives the same sequence in every
/// process, and another purpose an unrelated one, so that no draw depends on which other draws came before it.
/// </summary>
public static class RandomSource
{
    /// <summary>A generator for one purpose.</summary>
    /// <param name="seed">The seed of the run, any value.</param>
    /// <param name="purpose">What the numbers are for: words and numbers, in order. They are part of the seed.</param>
    public static Random For(long seed, params object[] purpose) => new(SeedFor(seed, purpose));

    /// <summary>The seed, 0 to 2^31 - 1, that <see cref="For"/> starts from, for generators other than <see cref="Random"/>.</summary>
    /// <param name="seed">The seed of the run, any value.</param>
    /// <param name="purpose">What the numbers are for: strings and numbers. Enum members are refused, since renaming one would change the draws.</param>
    public static int SeedFor(long seed, params object[] purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        StringBuilder key = new();
        key.Append(CultureInfo.InvariantCulture, $"{seed}");
        foreach (var part in purpose)
        {
            if (part is Enum)
                throw new ArgumentException(
                    $"The name of {part.GetType().Name}.{part} must not decide a draw.",
                    nameof(purpose)
                );
            // A separator that no word contains keeps ("a", "b") apart from ("ab").
            key.Append('\u001f').Append(Convert.ToString(part, CultureInfo.InvariantCulture));
        }
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString()));
        return (int)(BinaryPrimitives.ReadUInt32LittleEndian(hash) & 0x7FFF_FFFF);
    }
}
