namespace Sed.Core.Metrics.Thresholds;

/// <summary>A growing list of changes that can be sorted quickly by falling score.</summary>
internal sealed class ChangeList
{
    private const int DigitBits = 11;
    private const int Digits = 1 << DigitBits;
    private const int Passes = 6; // of 11 bits each: all 64

    private Change[] items = new Change[256];
    private Change[] other = [];
    private readonly int[] counts = new int[Passes * Digits];

    public int Count { get; private set; }

    public ReadOnlySpan<Change> Items => items.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(double score, int file, short kind, int delta) => Add(Change.KeyOf(score), file, kind, delta);

    /// <summary>Adds a change. A change that exceeds 16 bits is divided into several changes.</summary>
    public void Add(ulong key, int file, short kind, int delta)
    {
        do
        {
            if (Count == items.Length)
                Array.Resize(ref items, 2 * Count);
            var part = (short)Math.Clamp(delta, short.MinValue, short.MaxValue);
            items[Count++] = new Change(key, file, kind, part);
            delta -= part;
        } while (delta != 0);
    }

    /// <summary>
    /// Adds every detection (run of frames above the threshold) as a false positive: one more at each peak, one fewer
    /// at each valley.
    /// </summary>
    public void AddRuns(ReadOnlySpan<double> row, int file, double floor)
    {
        var before = double.NegativeInfinity;
        for (var frame = 0; frame < row.Length; frame++)
        {
            var here = row[frame];
            var after = frame + 1 < row.Length ? row[frame + 1] : double.NegativeInfinity;
            var delta = (here > before ? 1 : 0) - (after > here ? 1 : 0);
            if (delta != 0 && here > floor)
                Add(here, file, Change.FalsePositives, delta);
            before = here;
        }
    }

    /// <summary>Sorts by falling score. The sort is stable.</summary>
    public void Sort()
    {
        if (Count < 64)
            SortFew();
        else
            SortMany();
    }

    private void SortFew()
    {
        for (var k = 1; k < Count; k++)
        {
            var moved = items[k];
            var place = k;
            for (; place > 0 && items[place - 1].Key > moved.Key; place--)
                items[place] = items[place - 1];
            items[place] = moved;
        }
    }

    /// <summary>
    /// Radix sort from the lowest digit. Passes whose digit is equal in all keys are skipped, which halves the time for
    /// scores of single precision.
    /// </summary>
    private void SortMany()
    {
        Array.Clear(counts);
        foreach (ref readonly var item in Items)
            for (var pass = 0; pass < Passes; pass++)
                counts[pass * Digits + DigitOf(item.Key, pass)]++;
        if (other.Length < Count)
            other = new Change[items.Length];
        for (var pass = 0; pass < Passes; pass++)
        {
            var places = counts.AsSpan(pass * Digits, Digits);
            if (places[DigitOf(items[0].Key, pass)] == Count)
                continue;
            var next = 0;
            for (var digit = 0; digit < Digits; digit++)
                (places[digit], next) = (next, next + places[digit]);
            foreach (ref readonly var item in Items)
                other[places[DigitOf(item.Key, pass)]++] = item;
            (items, other) = (other, items);
        }
    }

    private static int DigitOf(ulong key, int pass) => (int)(key >> (pass * DigitBits)) & (Digits - 1);
}

/// <summary>
/// Change of one count of one file when the threshold falls below a score. It takes only 16 bytes, because millions of
/// changes are sorted.
/// </summary>
/// <param name="Key">The score, encoded as a number that rises as the score falls.</param>
/// <param name="File">Position of the file.</param>
/// <param name="Kind">
/// The count: <see cref="TruePositives"/>, <see cref="FalsePositives"/>, or <see cref="CrossTriggers"/> plus the
/// position of a class.
/// </param>
/// <param name="Delta">
/// The change of the count. A change that exceeds 16 bits is represented by several elements with the same score, file
/// and kind.
/// </param>
internal readonly record struct Change(ulong Key, int File, short Kind, short Delta)
{
    public const short TruePositives = 0;
    public const short FalsePositives = 1;
    public const short CrossTriggers = 2;

    public double Score => ScoreOf(Key);

    public static ulong KeyOf(double score)
    {
        // Adding 0.0 makes -0.0 equal to 0.0. Flipping the sign bit of positive numbers and all bits of negative ones
        // makes the bits sort in the order of the numbers.
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
