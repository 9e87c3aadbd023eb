using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>
/// Random number generators derived from a seed and a purpose: <c>RandomSource.For(7, "shuffle", epoch)</c> gives the
/// same sequence in every process. Different purposes have independent sequences, so no draw depends on earlier draws
/// for a different purpose.
/// </summary>
public static class RandomSource
{
    /// <summary>Creates a generator for one purpose.</summary>
    /// <param name="seed">Base seed, any value.</param>
    /// <param name="purpose">Strings and numbers that identify the purpose; hashed together with the seed.</param>
    public static Random For(long seed, params object[] purpose) => new(SeedFor(seed, purpose));

    /// <summary>
    /// Computes the derived seed that <see cref="For"/> uses, from 0 to 2^31 - 1. Use it for generators other than <see
    /// cref="Random"/>.
    /// </summary>
    /// <param name="seed">Base seed, any value.</param>
    /// <param name="purpose">
    /// Strings and numbers that identify the purpose. Enum members are rejected, because renaming one would change the
    /// draws.
    /// </param>
    public static int SeedFor(long seed, params object[] purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        StringBuilder key = new();
        key.Append(CultureInfo.InvariantCulture, $"{seed}");
        foreach (var part in purpose)
        {
            if (part is Enum)
                throw new ArgumentException(
                    $"Random numbers must not depend on the name of {part.GetType().Name}.{part}.",
                    nameof(purpose)
                );
            // A separator that no part contains distinguishes ("a", "b") from ("ab").
            key.Append('\u001f').Append(Convert.ToString(part, CultureInfo.InvariantCulture));
        }
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString()));
        return (int)(BinaryPrimitives.ReadUInt32LittleEndian(hash) & 0x7FFF_FFFF);
    }
}
