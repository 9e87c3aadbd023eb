using System.Runtime.InteropServices;

namespace Sed.Core.Detection.Steps;

/// <summary>
/// The streaming form of a decoding step. It outputs the score of a frame as soon as later frames cannot change the
/// decision at the threshold. Not thread-safe.
/// </summary>
internal abstract class StepStream
{
    /// <summary>Number of later frames that can change a frame's score; infinite if all later frames can.</summary>
    public abstract double LookaheadFrames { get; }

    /// <summary>Takes the next scores.</summary>
    /// <param name="scores">Scores of the next frames.</param>
    /// <param name="isLast">Whether these are the last scores of the recording.</param>
    /// <param name="output">Receives the step's output scores that have become final.</param>
    public abstract void Push(ReadOnlySpan<float> scores, bool isLast, List<float> output);

    /// <summary>A step whose output depends on a fixed number of frames before and after each frame.</summary>
    internal sealed class Sliding(DecodingStep step, double framesPerSecond, int context) : StepStream
    {
        // The next frame to output, the context before it and everything after it.
        private readonly List<float> buffer = [];
        private int done; // frames of the buffer that have been output

        public override double LookaheadFrames => context;

        public override void Push(ReadOnlySpan<float> scores, bool isLast, List<float> output)
        {
            buffer.AddRange(scores);
            var known = isLast ? buffer.Count : buffer.Count - context;
            if (known <= done)
                return;
            var filtered = buffer.ToArray();
            step.Apply(filtered, framesPerSecond);
            output.AddRange(filtered.AsSpan(done..known));
            var discarded = Math.Max(0, known - context);
            buffer.RemoveRange(0, discarded);
            done = known - discarded;
        }
    }

    /// <summary>A step that needs the whole recording.</summary>
    internal sealed class WholeRecording(DecodingStep step, double framesPerSecond) : StepStream
    {
        private readonly List<float> buffer = [];

        public override double LookaheadFrames => double.PositiveInfinity;

        public override void Push(ReadOnlySpan<float> scores, bool isLast, List<float> output)
        {
            buffer.AddRange(scores);
            if (!isLast)
                return;
            step.Apply(CollectionsMarshal.AsSpan(buffer), framesPerSecond);
            output.AddRange(buffer);
        }
    }
}
