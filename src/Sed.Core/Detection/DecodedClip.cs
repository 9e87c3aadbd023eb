using Sed.Core.Annotations;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Detection;

/// <summary>The scores of one clip after all decoding steps.</summary>
/// <param name="Frames">
/// Frame scores, shape (frames, classes). For a class with boxes: the confidence of the box at the frame's centre, or
/// 0.
/// </param>
/// <param name="Boxes">
/// The boxes of each class, null for a class without change points. The array is empty if no class has change points.
/// </param>
internal readonly record struct DecodedClip(float[] Frames, IReadOnlyList<EventBox>?[] Boxes)
{
    /// <summary>
    /// The scores over time with the exact borders of the boxes. Outside the boxes, the score of a class with boxes is
    /// negative infinity, which is below every threshold.
    /// </summary>
    /// <param name="classes">Number of classes.</param>
    /// <param name="hopSeconds">Length of a frame in seconds.</param>
    public FrameScores OverTime(int classes, double hopSeconds)
    {
        if (Boxes.Length == 0)
            return FrameScores.Of(Frames, classes, hopSeconds);
        var frames = Frames.Length / classes;
        var borders = Borders(frames, hopSeconds);
        var pieces = borders.Length - 1;
        var scores = new double[classes * pieces];
        for (var k = 0; k < classes; k++)
        {
            var own = scores.AsSpan(k * pieces, pieces);
            if (Boxes[k] is not { } boxes)
            {
                for (var piece = 0; piece < pieces; piece++)
                {
                    var frame = (int)((borders[piece] + borders[piece + 1]) / 2 / hopSeconds);
                    own[piece] = Frames[Math.Min(frame, frames - 1) * classes + k];
                }
                continue;
            }
            own.Fill(double.NegativeInfinity);
            foreach (var (onset, offset, confidence) in boxes)
                own[IndexOf(borders, onset)..IndexOf(borders, offset)].Fill(confidence);
        }
        return new FrameScores(borders, scores);
    }

    private double[] Borders(int frames, double hopSeconds)
    {
        List<double> times = [0, frames * hopSeconds];
        if (Boxes.Any(boxes => boxes is null))
            times.AddRange(Enumerable.Range(1, frames - 1).Select(frame => frame * hopSeconds));
        foreach (var boxes in Boxes)
        foreach (var box in boxes ?? [])
        {
            times.Add(box.Onset);
            times.Add(box.Offset);
        }
        times.Sort();
        List<double> borders = [times[0]];
        foreach (var time in times)
            if (time - borders[^1] > DecodingStep.ChangePoints.Tolerance)
                borders.Add(time);
        return [.. borders];
    }

    /// <summary>The index of the border that equals a time up to rounding errors.</summary>
    private static int IndexOf(double[] borders, double time)
    {
        var next = Array.BinarySearch(borders, time - DecodingStep.ChangePoints.Tolerance);
        return next >= 0 ? next : ~next;
    }
}
