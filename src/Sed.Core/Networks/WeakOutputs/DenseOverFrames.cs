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
    /// <summary>
    /// A dense sigmoid layer on the flattened strong output of all frames and classes (Adavanne and Virtanen 2017).
    /// </summary>
    [Key("denseOverFrames")]
    public sealed record DenseOverFrames : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "dense over all frames";

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => ((long)hidden.Frames * classes + 1) * classes;

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new FlattenedDense(hidden.Frames, classes);
    }
}

/// <summary>A dense sigmoid layer on the flattened strong output.</summary>
internal sealed class FlattenedDense : nn.Module<Tensor, Tensor, OutputMask?, Tensor>, IOnnxOutput
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
    /// Starts from mean pooling: each class weights only its own frames, and a slope of 4 around 0.5 makes the sigmoid
    /// approximately the identity. Random weights would send arbitrary gradients to the strong output.
    /// </summary>
    private void Initialise(int frames, int classes)
    {
        const double slope = 4;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var ownFrames = eye(classes).unsqueeze(1).expand(classes, frames, classes).Times(slope / frames);
        dense.weight!.copy_(ownFrames.reshape(classes, frames * classes));
        dense.bias!.zero_().Add(-slope / 2);
    }

    public override Tensor forward(Tensor hidden, Tensor strong, OutputMask? mask)
    {
        using var scope = NewDisposeScope();
        return Probabilities
            .Of(dense.call(PoolingFunction.WithoutPadding(strong, mask?.Sound).flatten(1)))
            .MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong) => strong.Reshape(0, -1).Through(dense).Sigmoid();
}
