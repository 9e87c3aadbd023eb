using System.Numerics;

namespace Sed.Core.Annotations;

/// <summary>
/// What a system said about one file, frame by frame: a score for every class in every frame. Immutable; frames follow each
/// other without gaps.
/// </summary>
public sealed class FrameScores
{
    private readonly double[] borders;
    private readonly double[] scores;

    /// <param name="borders">Where frames begin, and behind the last one its end.</param>
    /// <param name="scores">Scores, class after class, each with all frames.</param>
    internal FrameScores(double[] borders, double[] scores)
    {
        this.borders = borders;
        this.scores = scores;
    }

    /// <summary>The output of a network for one clip.</summary>
    /// <param name="scores">Scores, frame after frame, shape (frames, classes); finite.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="hopSeconds">Length of a frame, in seconds.</param>
    /// <exception cref="ArgumentException">The scores are no whole number of frames or not finite, or the length is not positive.</exception>
    public static FrameScores Of(ReadOnlySpan<float> scores, int classes, double hopSeconds)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (scores.Length == 0 || scores.Length % classes != 0)
            throw new ArgumentException($"{scores.Length} scores are not frames of {classes} classes.", nameof(scores));
        if (!(hopSeconds > 0) || double.IsInfinity(hopSeconds))
            throw new ArgumentException(
                FormattableString.Invariant($"A frame cannot last {hopSeconds} s."),
                nameof(hopSeconds)
            );
        var frames = scores.Length / classes;
        var turned = new double[scores.Length];
        for (var frame = 0; frame < frames; frame++)
        for (var k = 0; k < classes; k++)
        {
            var score = scores[frame * classes + k];
            if (!float.IsFinite(score))
                throw new ArgumentException(
                    FormattableString.Invariant($"The score of class {k} in frame {frame} is {score}."),
                    nameof(scores)
                );
            turned[k * frames + frame] = score;
        }
        var borders = new double[frames + 1];
        for (var frame = 0; frame <= frames; frame++)
            borders[frame] = frame * hopSeconds;
        return new FrameScores(borders, turned);
    }

    /// <summary>Number of frames, at least 1.</summary>
    public int Frames => borders.Length - 1;

    /// <summary>Where each frame begins, in seconds, and behind the last one its end; rising.</summary>
    public ReadOnlySpan<double> Borders => borders;

    /// <summary>The scores of the class at this position, one per frame.</summary>
    public ReadOnlySpan<double> Of(int classIndex) => scores.AsSpan(classIndex * Frames, Frames);

    /// <summary>The largest score of the class at this position.</summary>
    public double Largest(int classIndex)
    {
        var row = Of(classIndex);
        var frame = 0;
        var largest = double.NegativeInfinity;
        if (row.Length >= Vector<double>.Count)
        {
            var lanes = new Vector<double>(largest);
            for (; frame <= row.Length - Vector<double>.Count; frame += Vector<double>.Count)
                lanes = Vector.Max(lanes, new Vector<double>(row[frame..]));
            for (var lane = 0; lane < Vector<double>.Count; lane++)
                largest = Math.Max(largest, lanes[lane]);
        }
        for (; frame < row.Length; frame++)
            largest = Math.Max(largest, row[frame]);
        return largest;
    }
}
