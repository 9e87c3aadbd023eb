using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

public abstract partial record WeakOutput
{
    /// <summary>
    /// Attention pooling (Wang, Li and Metze 2019): sum w p. A linear layer on the hidden vectors, followed by a
    /// softmax over the frames, computes the weights w of a class. It has width x classes parameters; a bias would
    /// cancel in the softmax.
    /// </summary>
    [Key("attention")]
    public sealed record Attention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "attention";

        internal override bool UsesHidden => true;

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (long)hidden.Width * classes;

        internal override nn.Module<Tensor, Tensor, Tensor?, Tensor> Build(Shape hidden, int classes) =>
            new AttentionPooling(hidden.Width, classes, hasBias: false, softmaxAxis: 1);
    }

    /// <summary>
    /// Attention pooling of Xu et al. (DCASE 2017; 2018, arXiv 1710.00343): sum w p / sum w. A linear layer on the
    /// hidden vectors, followed by a softmax over the classes, computes the weights w of a frame. It has (width + 1) x
    /// classes parameters.
    /// </summary>
    [Key("classAttention")]
    public sealed record ClassAttention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "class attention";

        internal override bool UsesHidden => true;

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (hidden.Width + 1L) * classes;

        internal override nn.Module<Tensor, Tensor, Tensor?, Tensor> Build(Shape hidden, int classes) =>
            new AttentionPooling(hidden.Width, classes, hasBias: true, softmaxAxis: 2);
    }
}

/// <summary>
/// The weighted mean of the strong output over the frames. A linear layer on the hidden vectors, followed by a softmax,
/// computes the weights.
/// </summary>
internal sealed class AttentionPooling : nn.Module<Tensor, Tensor, Tensor?, Tensor>, IOnnxOutput
{
    private readonly int softmaxAxis;
    private readonly Linear linear;

    /// <param name="width">Width of the hidden vectors.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="hasBias">Whether the linear layer has a bias.</param>
    /// <param name="softmaxAxis">Axis of the softmax: 1 for the frames, 2 for the classes.</param>
    public AttentionPooling(int width, int classes, bool hasBias, int softmaxAxis)
        : base(nameof(AttentionPooling))
    {
        this.softmaxAxis = softmaxAxis;
        linear = nn.Linear(width, classes, hasBias: hasBias);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor strong, Tensor? sound)
    {
        using var scope = NewDisposeScope();
        var weights = Probabilities.Wide(linear.call(hidden)).softmax(softmaxAxis); // (batch, frames, classes)
        return PoolingFunction.WeightedMean(strong, weights, sound).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong) =>
        PoolingFunction.WeightedMean(strong, hidden.Through(linear).Softmax(softmaxAxis));
}
