namespace Sed.Core.Tests.Features.LogMel;

/// <summary>The three signals of the reference matrices: 10 s at 44.1 kHz, 16-bit.</summary>
internal static class ReferenceSignals
{
    public const int SampleRate = 44_100;
    private const int Samples = 441_000;

    public static float[] Named(string name) =>
        [
            .. (
                name switch
                {
                    "noise" => Noise(),
                    "chirp" => Chirp(),
                    _ => Impulses(),
                }
            ).Select(s => s / 32_768f),
        ];

    private static IEnumerable<int> Noise()
    {
        uint x = 12_345;
        for (var i = 0; i < Samples; i++)
        {
            x = unchecked((1_664_525 * x) + 1_013_904_223);
            yield return ((int)(x >> 16) - 32_768) >> 1;
        }
    }

    private static IEnumerable<int> Chirp()
    {
        for (var i = 0; i < Samples; i++)
        {
            var t = (double)i / SampleRate;
            yield return (int)Math.Floor((16_384 * Math.Sin(2 * Math.PI * ((50 * t) + (19_950 * t * t / 20)))) + 0.5);
        }
    }

    private static IEnumerable<int> Impulses() =>
        Enumerable.Range(0, Samples).Select(i => i % 3000 == 100 ? 29_491 : 0);
}
