using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>Each frame together with its neighbours as one vector; at the edges the outermost frame is repeated.</summary>
    /// <param name="Frames">Frames in the vector, odd; the middle one is the frame itself.</param>
    [Key("context")]
    public sealed record Context([property: Key("frames")] int Frames) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"context {Frames}";

        internal override bool TakesVectors => true;
        internal override bool MakesValues => false;
        internal override string ModuleName => "context";

        private protected override IEnumerable<LayerProblem> OwnProblems(Shape below)
        {
            if (Frames < 1 || Frames % 2 == 0)
                yield return new($"{Frames} frames have no middle", "use an odd number of frames");
        }

        /// <inheritdoc/>
        public override Shape Over(Shape below) => Shape.Vectors(below.Frames, Frames * below.Width);

        /// <inheritdoc/>
        public override long Parameters(Shape below) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape below) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape below) => new FrameContext(Frames);
    }
}

/// <summary>(batch, frames, width) to (batch, frames, count * width): each frame between its neighbours, oldest first.</summary>
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
