namespace Sed.Core.Models;

/// <summary>
/// Where the windows of a long recording lie, and how what is said of them becomes one: windows of a clip's length, each about
/// four fifths of it after the one before; where two overlap, the probabilities go over from the one to the other in a straight
/// line. The last window ends where the recording does, so it may overlap more.
/// </summary>
/// <param name="frames">Frames that the network takes.</param>
/// <param name="answered">Frames in which it answers.</param>
/// <param name="classes">Classes of an answer.</param>
internal sealed class Seams(int frames, int answered, int classes)
{
    private const double Stride = 0.8;

    private readonly List<float> track = [];
    private long start;

    /// <summary>Frames between the beginnings of windows are multiples of this, so that answers of two windows lie on one grid.</summary>
    public int Unit { get; } = frames / (int)System.Numerics.BigInteger.GreatestCommonDivisor(frames, answered);

    /// <summary>Frames from the beginning of a window to that of the next.</summary>
    public int Step => Math.Max(1, (int)(Stride * frames) / Unit) * Unit;

    /// <summary>Where the last window of a recording begins; it reaches beyond the end by less than a unit.</summary>
    public long Last(long all) => Math.Max(0, (all - frames + Unit - 1) / Unit * Unit);

    /// <summary>Joins what is said of the next window.</summary>
    /// <param name="from">The window's first frame, later than that of the one before.</param>
    /// <param name="said">Probabilities, shape (answered, classes).</param>
    /// <returns>The frames that no later window can change any more, shape (frames, classes).</returns>
    public float[] Join(long from, ReadOnlySpan<float> said)
    {
        var place = from / Unit * (answered / (frames / Unit));
        var shared = (int)(start + track.Count / classes - place);
        var at = (int)(place - start) * classes;
        for (var frame = 0; frame < shared; frame++)
        {
            var share = (frame + 0.5f) / shared;
            for (var k = 0; k < classes; k++, at++)
                track[at] = (1 - share) * track[at] + share * said[frame * classes + k];
        }
        track.AddRange(said[(shared * classes)..]);
        return Take((int)(place - start));
    }

    /// <summary>All that is left of a recording of so many frames.</summary>
    public float[] Finish(long all)
    {
        var end = (all * answered + frames - 1) / frames;
        return Take((int)Math.Min(end - start, track.Count / classes));
    }

    private float[] Take(int count)
    {
        var taken = track.Take(count * classes).ToArray();
        track.RemoveRange(0, taken.Length);
        start += count;
        return taken;
    }
}
