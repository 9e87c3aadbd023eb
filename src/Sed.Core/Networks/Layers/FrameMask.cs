using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// In training, sets one block of consecutive frames of each clip to 0, as the baseline of DCASE 2024 Task 4 does
    /// in front of its GRU (DESED_task; SpecAugment's time mask, Park et al. 2019). First, the length of the block is
    /// drawn uniformly from 0 (inclusive) to the maximum length (exclusive). Then its position is drawn uniformly. At
    /// inference, the layer does nothing. The maximum length is the smaller of the two limits <paramref name="Frames"/>
    /// and <paramref name="Share"/>.
    /// </summary>
    /// <param name="Frames">Maximum length of the block in frames, at least 1.</param>
    /// <param name="Share">Maximum length of the block as a fraction of the clip, above 0 and at most 1.</param>
    /// <param name="Split">
    /// Index that divides the values of a frame into two groups with separately drawn blocks. After a fusion, the
    /// groups can be, for example, the output of the convolutions and the vectors of an encoder. From 1 to the input
    /// width minus 1. Null (default): one block for all values.
    /// </param>
    [Key("frameMask")]
    public sealed record FrameMask(
        [property: Key("frames")] int Frames,
        [property: Key("share")] double Share,
        [property: Key("split")] int? Split = null
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary =>
            FormattableString.Invariant($"mask of {Frames} frames, at most {Share:R} of the clip")
            + (Split is { } split ? FormattableString.Invariant($", a separate mask from value {split} on") : "");

        internal override bool TakesVectors => true;
        internal override bool HasDropout => false;
        internal override string ModuleName => "frame-mask";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (Frames < 1)
                yield return Problem.Of($"the longest mask has {Frames} frames", "it must have at least 1");
            if (!(Share > 0 && Share <= 1))
                yield return Problem.Of(
                    FormattableString.Invariant($"the longest mask covers a share of {Share:R} of the clip"),
                    "the share must be more than 0 and at most 1"
                );
            if (Split is { } split && (split < 1 || split >= input.Width))
                yield return Problem.Of(
                    $"the frames are split at value {split}, but have {input.Width} values",
                    $"split them at 1 to {input.Width - 1}, or leave out the split"
                );
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new Module(this);

        private sealed class Module(FrameMask mask) : nn.Module<Tensor, Tensor>(nameof(FrameMask)), IOnnxModule
        {
            public override Tensor forward(Tensor input)
            {
                if (!training)
                    return input.alias();
                using var scope = NewDisposeScope();
                if (mask.Split is not { } split)
                    return Masked(input).MoveToOuterDisposeScope();
                var (first, second) = (input.narrow(2, 0, split), input.narrow(2, split, input.shape[2] - split));
                return cat([Masked(first), Masked(second)], 2).MoveToOuterDisposeScope();
            }

            private Tensor Masked(Tensor input)
            {
                var (clips, frames) = (input.shape[0], input.shape[1]);
                var longest = Math.Min(mask.Frames, Math.Floor(frames * mask.Share));
                var length = rand(clips, 1, device: input.device).Times(longest);
                var start = (rand(clips, 1, device: input.device) * length.From(frames)).floor();
                var frame = tensor(
                    [.. Enumerable.Range(0, (int)frames).Select(index => (float)index)],
                    [1, frames],
                    device: input.device
                );
                var isMasked = frame.ge(start).logical_and(frame.lt(start.Plus(length.floor())));
                return input * isMasked.logical_not().unsqueeze(2).to(input.dtype);
            }

            public OnnxValue Export(OnnxValue input) => input;
        }
    }
}
