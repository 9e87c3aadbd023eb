using System.Numerics;
using System.Runtime.Intrinsics;
using Sed.Core.Annotations;

namespace Sed.Core.Detection;

/// <summary>Turns the frame probabilities of a clip into events.</summary>
public sealed class EventDecoder
{
    private const int Lanes = 8;

    private readonly ClassDetection[] perClass;
    private readonly ClassList classes;
    private readonly double framesPerSecond;
    private readonly float[] least; // of each class, the smallest score that is active

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="hopSeconds">Distance between frames; frame k stands for the time from k to k + 1 hops.</param>
    /// <param name="options">Thresholds and steps.</param>
    /// <exception cref="ArgumentException">
    /// The options have problems or name a class that is not there, or the hop is not positive.
    /// </exception>
    public EventDecoder(ClassList classes, double hopSeconds, DetectionOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(hopSeconds);
        if (options.Problems(classes) is { Length: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        this.classes = classes;
        perClass = [.. classes.Select(options.Of)];
        least = [.. perClass.Select(own => NotBelow(own.Threshold))];
        // k / 50 is a whole second where it should be, k * 0.02 not always.
        framesPerSecond = 1 / hopSeconds;
    }

    /// <summary>Whether no class has a step, so that scores are probabilities.</summary>
    internal bool IsPlain => perClass.All(own => own.Steps.Count == 0);

    /// <summary>The scores that are held against the thresholds: probabilities after all steps, of one clip.</summary>
    /// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
    /// <returns>In the same shape.</returns>
    public float[] Scores(ReadOnlySpan<float> probabilities)
    {
        var scores = probabilities.ToArray();
        if (IsPlain)
            return scores;
        var own = new float[probabilities.Length / classes.Count];
        for (var k = 0; k < classes.Count; k++)
        {
            if (perClass[k].Steps.Count == 0)
                continue;
            for (var frame = 0; frame < own.Length; frame++)
                own[frame] = scores[frame * classes.Count + k];
            foreach (var step in perClass[k].Steps)
                step.Apply(own, framesPerSecond);
            for (var frame = 0; frame < own.Length; frame++)
                scores[frame * classes.Count + k] = own[frame];
        }
        return scores;
    }

    /// <summary>The events of one clip, class by class, in order of their onsets.</summary>
    /// <param name="probabilities">Frame after frame, shape (frames, classes).</param>
    public List<SoundEvent> Decode(ReadOnlySpan<float> probabilities) => EventsOf(Scores(probabilities));

    /// <summary>The events that scores after all steps give.</summary>
    internal List<SoundEvent> EventsOf(ReadOnlySpan<float> scores)
    {
        var width = classes.Count;
        var frames = scores.Length / width;
        List<(int Class, int Onset, int Offset)> runs = [];
        var onsets = new int[width];
        // Frame by frame, eight classes at a time: next to nothing changes from one frame to the next.
        var active = new uint[(width + Lanes - 1) / Lanes];
        for (var frame = 0; frame < frames; frame++)
        {
            var row = scores.Slice(frame * width, width);
            for (var block = 0; block < active.Length; block++)
            {
                var now = Active(row, block * Lanes);
                var changed = now ^ active[block];
                active[block] = now;
                for (; changed != 0; changed &= changed - 1)
                {
                    var bit = BitOperations.TrailingZeroCount(changed);
                    var k = block * Lanes + bit;
                    if ((now >> bit & 1) != 0)
                        onsets[k] = frame;
                    else
                        runs.Add((k, onsets[k], frame));
                }
            }
        }
        for (var k = 0; k < width; k++)
            if ((active[k / Lanes] >> k % Lanes & 1) != 0)
                runs.Add((k, onsets[k], frames));
        runs.Sort();
        List<SoundEvent> events = new(runs.Count);
        foreach (var (k, onset, offset) in runs)
            events.Add(new SoundEvent(onset / framesPerSecond, offset / framesPerSecond, classes[k]));
        return events;
    }

    /// <summary>A bit for each of the eight classes from one on, or of those that there are, that is active in a frame.</summary>
    private uint Active(ReadOnlySpan<float> row, int first)
    {
        if (first + Lanes <= row.Length)
            return Vector256
                .GreaterThanOrEqual(Vector256.Create(row[first..]), Vector256.Create(least.AsSpan(first)))
                .ExtractMostSignificantBits();
        var bits = 0u;
        for (var k = first; k < row.Length; k++)
            bits |= (row[k] >= least[k] ? 1u : 0u) << k - first;
        return bits;
    }

    /// <summary>The smallest number of single precision that is not below a threshold.</summary>
    private static float NotBelow(double threshold)
    {
        var near = (float)threshold;
        return near < threshold ? MathF.BitIncrement(near) : near;
    }
}
