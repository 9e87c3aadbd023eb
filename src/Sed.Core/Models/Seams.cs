using Sed.Core.Networks;

namespace Sed.Core.Models;

/// <summary>
/// Where the windows of a long recording lie, and how what is said of them becomes one: windows of a clip's length, each about
/// four fifths of it after the one before; where two overlap, the probabilities go over from the one to the other in a straight
/// line. The last window's answers end where the recording does, so it may overlap more. Windows begin where frames of the
/// network's answer do, so that answers of two windows lie on one grid.
/// </summary>
internal sealed class Seams
{
    private const double Stride = 0.8;

    private readonly int classes;
    private readonly int unit; // frames of the input in which a whole number of answers lies
    private readonly int answersOfUnit;
    private readonly List<float> track = [];
    private long start;

    /// <param name="network">Pooling that does not come out even leaves the last frames of a window without an answer.</param>
    public Seams(NetworkDescription network)
    {
        classes = network.Classes;
        answersOfUnit = Enumerable.Range(1, network.Frames).First(count => IsWhole(count * network.FrameStride));
        unit = (int)Math.Round(answersOfUnit * network.FrameStride);
        Answered = network.OutputFrames / answersOfUnit * unit;
        Step = Math.Max(1, Math.Min((int)(Stride * network.Frames), Answered) / unit) * unit;
    }

    /// <summary>Frames that a window's answer reaches over.</summary>
    public int Answered { get; }

    /// <summary>Frames from the beginning of a window to that of the next.</summary>
    public int Step { get; }

    /// <summary>Where the window begins whose answer ends with so many frames of sound, or less than a unit behind them.</summary>
    public long Last(long all) => Math.Max(0, (all - Answered + unit - 1) / unit * unit);

    /// <summary>The answer's frames that have ended after so many frames of sound.</summary>
    public long AnswersIn(long frames) => frames * answersOfUnit / unit;

    /// <summary>The answer's frames that have begun then.</summary>
    public long AnswersBegunIn(long frames) => (frames * answersOfUnit + unit - 1) / unit;

    /// <summary>The last frame at which a window may begin that has this frame of the answer in it.</summary>
    public long BeginningOf(long answer) => answer / answersOfUnit * unit;

    /// <summary>The nearest number of frames, at least one, after which another window may begin.</summary>
    public int Near(double frames) => Math.Max(1, (int)Math.Round(frames / unit)) * unit;

    /// <summary>Joins what is said of the next window.</summary>
    /// <param name="from">The window's first frame, later than that of the one before.</param>
    /// <param name="said">Probabilities, shape (frames, classes).</param>
    /// <returns>The frames that no later window can change any more, shape (frames, classes).</returns>
    public float[] Join(long from, ReadOnlySpan<float> said)
    {
        var place = AnswersIn(from);
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
    public float[] Finish(long all) => Take((int)Math.Min(AnswersBegunIn(all) - start, track.Count / classes));

    private static bool IsWhole(double value) => Math.Abs(value - Math.Round(value)) < 1e-9;

    private float[] Take(int count)
    {
        var taken = track.Take(count * classes).ToArray();
        track.RemoveRange(0, taken.Length);
        start += count;
        return taken;
    }
}
