namespace Sed.Core.Metrics.Thresholds;

/// <summary>
/// A count of a file that changes when the decision threshold falls below a score. Sixteen bytes, made to be sorted by the
/// million.
/// </summary>
/// <param name="Key">The score, turned into a number that rises as the score falls.</param>
/// <param name="File">The file.</param>
/// <param name="Kind">What changes: <see cref="TruePositives"/>, <see cref="FalsePositives"/>, or from <see cref="CrossTriggers"/> on a class.</param>
/// <param name="Delta">By how much.</param>
internal readonly record struct Change(ulong Key, int File, short Kind, short Delta)
{
    public const short TruePositives = 0;
    public const short FalsePositives = 1;
    public const short CrossTriggers = 2;

    public double Score => ScoreOf(Key);

    public static ulong KeyOf(double score)
    {
        // Zero has two signs but is one score. The order of doubles is that of their bits, once negative ones are turned round.
        var bits = BitConverter.DoubleToUInt64Bits(score + 0.0);
        var rising = (bits >> 63) != 0 ? ~bits : bits | (1UL << 63);
        return ~rising;
    }

    private static double ScoreOf(ulong key)
    {
        var rising = ~key;
        return BitConverter.UInt64BitsToDouble((rising >> 63) != 0 ? rising & ~(1UL << 63) : ~rising);
    }
}
