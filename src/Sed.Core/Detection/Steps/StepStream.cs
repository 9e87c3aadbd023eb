using System.Runtime.InteropServices;

namespace Sed.Core.Detection.Steps;

/// <summary>
/// A step of decoding over scores that come in pieces: what becomes of each is told as soon as nothing still to come can change
/// what a threshold makes of it. One thread at a time.
/// </summary>
internal abstract class StepStream
{
    /// <summary>Frames behind one that can change what becomes of it; infinite where any can.</summary>
    public abstract double Reach { get; }

    /// <summary>Takes the next scores.</summary>
    /// <param name="scores">The next frames, any number of them.</param>
    /// <param name="isLast">Whether the recording ends with them.</param>
    /// <param name="made">Receives the scores after the step that are known now.</param>
    public abstract void Push(ReadOnlySpan<float> scores, bool isLast, List<float> made);

    /// <summary>A step that looks at so many frames before and behind each.</summary>
    internal sealed class Sliding(DecodingStep step, double framesPerSecond, int reach) : StepStream
    {
        // From so many frames before the next that is told on, or the recording's beginning.
        private readonly List<float> held = [];
        private int told;

        public override double Reach => reach;

        public override void Push(ReadOnlySpan<float> scores, bool isLast, List<float> made)
        {
            held.AddRange(scores);
            var known = isLast ? held.Count : held.Count - reach;
            if (known <= told)
                return;
            var changed = held.ToArray();
            step.Apply(changed, framesPerSecond);
            made.AddRange(changed.AsSpan(told..known));
            var gone = Math.Max(0, known - reach);
            held.RemoveRange(0, gone);
            told = known - gone;
        }
    }

    /// <summary>A step that looks at the whole recording.</summary>
    internal sealed class Whole(DecodingStep step, double framesPerSecond) : StepStream
    {
        private readonly List<float> held = [];

        public override double Reach => double.PositiveInfinity;

        public override void Push(ReadOnlySpan<float> scores, bool isLast, List<float> made)
        {
            held.AddRange(scores);
            if (!isLast)
                return;
            step.Apply(CollectionsMarshal.AsSpan(held), framesPerSecond);
            made.AddRange(held);
        }
    }
}
