using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

public abstract partial record WeakOutput
{
    /// <summary>A dense sigmoid layer over all frames and classes of the strong output (Adavanne and Virtanen 2017).</summary>
    [Key("denseOverFrames")]
    public sealed record DenseOverFrames : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "dense over all frames";

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => ((long)hidden.Frames * classes + 1) * classes;

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new FlattenedDense(hidden.Frames, classes);
    }
}

/// <summary>Sigmoid of a dense layer over the strong output of all frames and classes.</summary>
internal sealed class FlattenedDense : nn.Module<Tensor, Tensor, Tensor>, IOnnxOutput
{
    private readonly Linear dense;

    public FlattenedDense(int frames, int classes)
        : base(nameof(FlattenedDense))
    {
        dense = nn.Linear(frames * classes, classes);
        RegisterComponents();
        Initialise(frames, classes);
    }

    /// <summary>
    /// At first each class looks at the mean of its own frames (a slope of 4 around one half makes the sigmoid nearly that
    /// mean). Random weights would instead push the strong output in directions that mean nothing, as hard as its own loss.
    /// </summary>
    private void Initialise(int frames, int classes)
    {
        const double slope = 4;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var own = eye(classes).unsqueeze(1).expand(classes, frames, classes).Times(slope / frames);
        dense.weight!.copy_(own.reshape(classes, frames * classes));
        dense.bias!.zero_().Add(-slope / 2);
    }

    public override Tensor forward(Tensor hidden, Tensor strong)
    {
        using var scope = NewDisposeScope();
        return Probabilities.Of(dense.call(strong.flatten(1))).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong) => strong.Reshape(0, -1).Through(dense).Sigmoid();
}
