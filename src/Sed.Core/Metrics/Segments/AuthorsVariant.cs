using Sed.Core.Metrics.Counts;
using Sed.Core.Metrics.Pairs;

namespace Sed.Core.Metrics.Segments;

/// <summary>
/// Segment-based scores as computed by the published code of Adavanne and Virtanen (sed-crnn). They serve to explain
/// differences between papers, not as a reference. The code splits frames into blocks of one second and ignores the
/// last frame of every whole block. F1 counts the frames after the last whole block as another block; the error rate
/// ignores them.
/// </summary>
/// <param name="FMeasure">F1, precision and recall, with 2^-52 added to every denominator.</param>
/// <param name="ErrorRates">
/// Error rate and its parts; undefined if no whole block of the reference has an event.
/// </param>
/// <param name="FrameSeconds">Length of a frame, in seconds.</param>
/// <param name="FramesPerBlock">Frames per block.</param>
/// <param name="ClipSeconds">Length to which every clip is cut or padded, in seconds.</param>
public sealed record AuthorsVariant(
    FMeasure FMeasure,
    ErrorRates ErrorRates,
    double FrameSeconds,
    int FramesPerBlock,
    double ClipSeconds
)
{
    /// <summary>Scores clips of equal length, concatenated as in the published code.</summary>
    /// <param name="pairs">Reference and estimate, without labels outside the class list.</param>
    /// <param name="frameSeconds">Length of a frame in seconds. Default 0.02.</param>
    /// <param name="framesPerBlock">Number of frames per block, at least 2. Default 50 (one second).</param>
    /// <param name="clipSeconds">Length of every clip in seconds. Default 10.</param>
    /// <exception cref="ArgumentException">
    /// The lengths are invalid, or there are labels outside the class list.
    /// </exception>
    public static AuthorsVariant Score(
        EventPairs pairs,
        double frameSeconds = 0.02,
        int framesPerBlock = 50,
        double clipSeconds = 10
    )
    {
        ArgumentNullException.ThrowIfNull(pairs);
        if (pairs.HasUnknownLabels)
            throw new ArgumentException(
                "The segment-based scores of the published code do not support labels outside the class list.",
                nameof(pairs)
            );
        if (!(frameSeconds >= 1e-6) || framesPerBlock < 2 || !(clipSeconds >= frameSeconds && clipSeconds <= 3600))
            throw new ArgumentException(
                FormattableString.Invariant(
                    $"Frames must last at least 1e-6 s and at most as long as a clip, blocks need at least 2 frames, and clips last at most 3600 s; given were frames of {frameSeconds} s, blocks of {framesPerBlock} frames and clips of {clipSeconds} s."
                )
            );
        Blocks blocks = new(pairs.Classes.Count, framesPerBlock);
        var frames = (int)Math.Round(clipSeconds / frameSeconds);
        var (truth, guess) = (new bool[frames, pairs.Classes.Count], new bool[frames, pairs.Classes.Count]);
        for (var file = 0; file < pairs.Count; file++)
        {
            Fill(truth, pairs.ReferenceOf(file), frameSeconds);
            Fill(guess, pairs.EstimatedOf(file), frameSeconds);
            blocks.Add(truth, guess);
        }
        return blocks.Finish(frameSeconds, clipSeconds);
    }

    private static void Fill(bool[,] roll, ReadOnlySpan<CodedEvent> events, double frameSeconds)
    {
        Array.Clear(roll);
        foreach (var sound in events)
        {
            var end = Math.Min(Math.Ceiling(sound.Offset / frameSeconds), roll.GetLength(0));
            for (var frame = Math.Floor(sound.Onset / frameSeconds); frame < end; frame++)
                roll[(int)frame, sound.Class] = true;
        }
    }

    /// <summary>Combines frames into blocks and counts the blocks.</summary>
    private sealed class Blocks(int classes, int length)
    {
        private readonly bool[] truth = new bool[classes];
        private readonly bool[] guess = new bool[classes];
        private int frame;

        // Sums over all blocks, then over whole blocks.
        private long truePositives;
        private long references;
        private long estimates;
        private long wholeReferences;
        private long substitutions;
        private long deletions;
        private long insertions;

        public void Add(bool[,] truths, bool[,] guesses)
        {
            for (var row = 0; row < truths.GetLength(0); row++)
            {
                // The published code ignores the last frame of a block.
                for (var k = 0; k < classes && frame < length - 1; k++)
                {
                    truth[k] |= truths[row, k];
                    guess[k] |= guesses[row, k];
                }
                if (++frame == length)
                    Close(whole: true);
            }
        }

        public AuthorsVariant Finish(double frameSeconds, double clipSeconds)
        {
            if (frame > 0)
                Close(whole: false);
            var precision = truePositives / (estimates + Rates.Epsilon);
            var recall = truePositives / (references + Rates.Epsilon);
            Rate PerReference(long errors) =>
                wholeReferences > 0
                    ? (double)errors / wholeReferences
                    : Rate.Undefined("no whole block of the reference has an event");
            return new AuthorsVariant(
                new FMeasure(2 * precision * recall / (precision + recall + Rates.Epsilon), precision, recall),
                new ErrorRates(
                    PerReference(substitutions + deletions + insertions),
                    PerReference(substitutions),
                    PerReference(deletions),
                    PerReference(insertions)
                ),
                frameSeconds,
                length,
                clipSeconds
            );
        }

        private void Close(bool whole)
        {
            var (hits, inTruth, inGuess) = (0, 0, 0);
            for (var k = 0; k < classes; k++)
            {
                hits += truth[k] && guess[k] ? 1 : 0;
                inTruth += truth[k] ? 1 : 0;
                inGuess += guess[k] ? 1 : 0;
            }
            truePositives += hits;
            references += inTruth;
            estimates += inGuess;
            if (whole)
            {
                wholeReferences += inTruth;
                substitutions += Math.Min(inTruth, inGuess) - hits;
                deletions += Math.Max(0, inTruth - inGuess);
                insertions += Math.Max(0, inGuess - inTruth);
            }
            Array.Clear(truth);
            Array.Clear(guess);
            frame = 0;
        }
    }
}
