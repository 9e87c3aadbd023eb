namespace Sed.Core.Corpora.Synthesis.Voices;

/// <summary>
/// White noise, uniform in -1 to 1, by xorshift64* (Vigna 2016): some millions of samples per clip are needed, and
/// <see cref="Random"/> would take most of the time.
/// </summary>
internal struct Noise
{
    private ulong state;

    internal Noise(Random seed) => state = ((ulong)seed.Next() << 32) | (uint)seed.Next() | 1;

    internal float Next()
    {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        // The upper bits of the product, as a signed fraction.
        return (int)((state * 2_685_821_657_736_338_717UL) >> 32) * (1f / 2_147_483_648f);
    }

    /// <summary>A buffer full of it.</summary>
    internal static float[] White(Random seed, int samples)
    {
        Noise noise = new(seed);
        var buffer = new float[samples];
        for (var i = 0; i < buffer.Length; i++)
            buffer[i] = noise.Next();
        return buffer;
    }
}
