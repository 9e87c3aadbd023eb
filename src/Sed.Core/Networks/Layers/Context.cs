using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// Context window: concatenates each frame with its neighbours. The first and last frames are repeated at the
    /// edges.
    /// </summary>
    /// <param name="Frames">Length of the window in frames, odd; centred on the frame.</param>
    [Key("context")]
    public sealed record Context([property: Key("frames")] int Frames) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"context {Frames}";

        internal override bool TakesVectors => true;
        internal override bool HasDropout => false;
        internal override string ModuleName => "context";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (Frames < 1 || Frames % 2 == 0)
                yield return Problem.Of($"a context of {Frames} frames", "the number must be odd and at least 1");
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => Shape.Vectors(input.Frames, Frames * input.Width);

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new FrameContext(Frames);
    }
}

/// <summary>
/// Concatenates each frame with its neighbours, in time order. Input shape (batch, frames, width), output shape (batch,
/// frames, count * width).
/// </summary>
internal sealed class FrameContext(int count) : nn.Module<Tensor, Tensor>(nameof(FrameContext)), IOnnxModule
{
    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var reach = count / 2;
        var first = input.narrow(1, 0, 1).expand(-1, reach, -1);
        var last = input.narrow(1, input.shape[1] - 1, 1).expand(-1, reach, -1);
        var padded = cat([first, input, last], 1); // (batch, frames + count - 1, width)
        var windows = padded.unfold(1, count, 1); // (batch, frames, width, count)
        return windows.transpose(2, 3).flatten(2).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input)
    {
        var reach = count / 2;
        var padded = input.Pad("edge", 0, reach, 0, 0, reach, 0);
        var neighbours = Enumerable
            .Range(0, count)
            .Select(k => padded.Slice(1, k, k == count - 1 ? long.MaxValue : k - count + 1));
        return OnnxValue.Concatenate(2, [.. neighbours]);
    }
}
