using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Training.Losses;

/// <summary>
/// The function by which a consistency loss compares the outputs of a network with the outputs of its mean teacher. The
/// loss is the mean over the elements of the strong output plus the mean over the elements of the weak output.
/// </summary>
public abstract record Consistency
{
    private Consistency() { }

    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>All problems of the parameters; empty if they are valid.</summary>
    public virtual IEnumerable<Problem> Problems() => [];

    /// <summary>Computes the loss of each element of the strong and the weak output.</summary>
    /// <param name="student">Probabilities of the trained network.</param>
    /// <param name="teacher">Probabilities of the teacher, without gradients.</param>
    /// <returns>The losses. The tensors belong to the current dispose scope.</returns>
    internal abstract TwoOutputs Each(TwoOutputs student, TwoOutputs teacher);

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;

    /// <summary>
    /// The squared difference of the probabilities (Tarvainen and Valpola 2017; the DESED baselines, self_sup_loss "mse").
    /// </summary>
    [Key("meanSquare")]
    public sealed record MeanSquare : Consistency
    {
        /// <inheritdoc/>
        public override string Summary => "mean squared error";

        internal override TwoOutputs Each(TwoOutputs student, TwoOutputs teacher) =>
            new(Squares(student.Strong, teacher.Strong), Squares(student.Weak, teacher.Weak));

        private static Tensor Squares(Tensor one, Tensor other)
        {
            using var scope = NewDisposeScope();
            var difference = one.Plus(other.neg());
            return (difference * difference).MoveToOuterDisposeScope();
        }
    }

    /// <summary>
    /// Binary cross-entropy with the teacher's probabilities as targets (the DESED baselines, self_sup_loss "bce").
    /// </summary>
    [Key("crossEntropy")]
    public sealed record CrossEntropy : Consistency
    {
        /// <inheritdoc/>
        public override string Summary => "cross-entropy";

        internal override TwoOutputs Each(TwoOutputs student, TwoOutputs teacher)
        {
            Loss.CrossEntropy loss = new();
            return new(loss.Each(student.Strong, teacher.Strong, null), loss.Each(student.Weak, teacher.Weak, null));
        }
    }

    /// <summary>
    /// Confident mean teacher (Xiao et al. 2023, arXiv 2302.09256): binary cross-entropy with pseudo-labels from the
    /// teacher, weighted by the teacher's confidence. A class is present in a clip if the teacher's weak output exceeds
    /// the clip threshold. It is present in a frame if it is present in the clip and the teacher's strong output
    /// exceeds the frame threshold; a median filter over the frames smooths these decisions. For a present class, the
    /// weight in the clip is the teacher's weak output, and the weight in a frame is the product of the teacher's
    /// strong and weak outputs. The weight of an absent class is 0.
    /// </summary>
    /// <param name="ClipThreshold">Threshold of the weak output, between 0 and 1. Default 0.5.</param>
    /// <param name="FrameThreshold">Threshold of the strong output, between 0 and 1. Default 0.5.</param>
    /// <param name="MedianFrames">
    /// Length of the median filter in frames of the strong output, odd. 1 does not filter. Default 7, as in the decoding of
    /// the DESED baselines (0.45 s).
    /// </param>
    [Key("confident")]
    public sealed record Confident(
        [property: Key("clipThreshold")] double ClipThreshold = 0.5,
        [property: Key("frameThreshold")] double FrameThreshold = 0.5,
        [property: Key("medianFrames")] int MedianFrames = 7
    ) : Consistency
    {
        /// <inheritdoc/>
        public override string Summary =>
            FormattableString.Invariant(
                $"confident at {ClipThreshold:R} for clips and {FrameThreshold:R} for frames, median of {MedianFrames} frames"
            );

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            foreach (var (name, threshold) in new[] { ("clip", ClipThreshold), ("frame", FrameThreshold) })
                if (!(threshold > 0 && threshold < 1))
                    yield return Problem.Of(
                        FormattableString.Invariant(
                            $"the {name} threshold of the confident mean teacher is {threshold:R}"
                        ),
                        "it must be between 0 and 1"
                    );
            if (MedianFrames < 1 || MedianFrames % 2 == 0)
                yield return Problem.Of(
                    FormattableString.Invariant(
                        $"the median filter of the confident mean teacher has {MedianFrames} frames"
                    ),
                    "give an odd number, at least 1"
                );
        }

        internal override TwoOutputs Each(TwoOutputs student, TwoOutputs teacher)
        {
            using var scope = NewDisposeScope();
            var tags = teacher.Weak.IsAbove(ClipThreshold); // (batch, classes)
            var frames = Smoothed(teacher.Strong.IsAbove(FrameThreshold) * tags.unsqueeze(1)); // (batch, frames, classes)
            Loss.CrossEntropy loss = new();
            var strong = loss.Each(student.Strong, frames, null) * frames * teacher.Strong * teacher.Weak.unsqueeze(1);
            var weak = loss.Each(student.Weak, tags, null) * tags * teacher.Weak;
            return new(strong.MoveToOuterDisposeScope(), weak.MoveToOuterDisposeScope());
        }

        /// <summary>
        /// Applies the median filter to zeros and ones: a frame becomes 1 if most frames of the window around it are 1.
        /// The frames of the clip are mirrored at its ends, as in the decoding of the DESED baselines.
        /// </summary>
        private Tensor Smoothed(Tensor frames)
        {
            var last = (int)frames.shape[1] - 1;
            var half = MedianFrames / 2;
            var mirrored = tensor(
                Enumerable.Range(-half, last + MedianFrames).Select(frame => Mirrored(frame, last)).ToArray(),
                device: frames.device
            );
            var padded = frames.index_select(1, mirrored).transpose(1, 2); // (batch, classes, frames)
            return nn.functional.avg_pool1d(padded, MedianFrames, 1).IsAbove(0.5).transpose(1, 2);
        }

        /// <summary>Mirrors positions outside the clip at its ends. For 3 frames: 2 1 0 | 0 1 2 | 2 1 0.</summary>
        private static long Mirrored(int frame, int last)
        {
            var count = last + 1;
            var position = ((frame % (2 * count)) + (2 * count)) % (2 * count);
            return position < count ? position : (2 * count) - 1 - position;
        }
    }
}

/// <summary>Values for each element of the strong and the weak output of a network.</summary>
/// <param name="Strong">Shape (batch, frames, classes).</param>
/// <param name="Weak">Shape (batch, classes).</param>
internal readonly record struct TwoOutputs(Tensor Strong, Tensor Weak);
