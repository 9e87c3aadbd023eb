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
    /// Attention pooling (Wang, Li and Metze 2019): the sum of w p over the frames, where p is the probability of a
    /// class in a frame. A linear layer on the hidden vectors, followed by a softmax over the frames, computes the
    /// weights w of a class. The linear layer has width x classes parameters; a bias would cancel in the softmax.
    /// </summary>
    [Key("attention")]
    public sealed record Attention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "attention";

        internal override bool UsesHidden => true;

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (long)hidden.Width * classes;

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new AttentionPooling(hidden.Width, classes, hasBias: false, softmaxAxis: 1);
    }

    /// <summary>
    /// Attention pooling of Kong et al. (2019, arXiv 1912.04761): sum w p / sum w over the frames, where p is the
    /// probability of a class in a frame. A linear layer on the hidden vectors computes a logit for each frame and
    /// class, which is limited to -10 to 10. The weight w is the exponential of the limited logit, plus 1e-6. The
    /// linear layer has (width + 1) x classes parameters.
    /// </summary>
    [Key("limitedAttention")]
    public sealed record LimitedAttention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "limited attention";

        internal override bool UsesHidden => true;

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (hidden.Width + 1L) * classes;

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new AttentionPooling(hidden.Width, classes, hasBias: true, softmaxAxis: null);
    }

    /// <summary>
    /// Attention pooling of Xu et al. (DCASE 2017; 2018, arXiv 1710.00343): sum w p / sum w over the frames, where p is
    /// the probability of a class in a frame. A linear layer on the hidden vectors, followed by a softmax over the
    /// classes, computes the weights w of a frame. The linear layer has (width + 1) x classes parameters.
    /// </summary>
    [Key("classAttention")]
    public sealed record ClassAttention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "class attention";

        internal override bool UsesHidden => true;

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (hidden.Width + 1L) * classes;

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new AttentionPooling(hidden.Width, classes, hasBias: true, softmaxAxis: 2);
    }

    /// <summary>
    /// Attention pooling of the baselines of DCASE 2022 to 2024 Task 4: <see cref="ClassAttention"/> with weights of at
    /// least 1e-7.
    /// </summary>
    [Key("flooredClassAttention")]
    public sealed record FlooredClassAttention : WeakOutput
    {
        private const double SmallestWeight = 1e-7;

        /// <inheritdoc/>
        public override string Summary => "class attention with floored weights";

        internal override bool UsesHidden => true;

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (hidden.Width + 1L) * classes;

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new AttentionPooling(hidden.Width, classes, hasBias: true, softmaxAxis: 2, SmallestWeight);
    }

    /// <summary>
    /// Attention pooling of the baseline of DCASE 2024 Task 4, which trains on two corpora with different classes:
    /// <see cref="FlooredClassAttention"/> whose softmax leaves out the classes that the clip's corpus does not
    /// annotate. With a single corpus, and for new recordings, the softmax is over all classes.
    /// </summary>
    [Key("maskedClassAttention")]
    public sealed record MaskedClassAttention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "class attention with floored weights, among the annotated classes";

        internal override bool UsesHidden => true;

        internal override bool MasksClasses => true;

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (hidden.Width + 1L) * classes;

        internal override nn.Module<Tensor, Tensor, OutputMask?, Tensor> Build(Shape hidden, int classes) =>
            new FlooredClassAttention().Build(hidden, classes);
    }
}

/// <summary>
/// The weighted mean of the strong output over the frames. A linear layer on the hidden vectors, followed by a softmax or
/// by the exponential of limited logits, computes the weights.
/// </summary>
internal sealed class AttentionPooling : nn.Module<Tensor, Tensor, OutputMask?, Tensor>, IOnnxOutput
{
    private const double Limit = 10; // of the logits without a softmax
    private const double Offset = 1e-6; // added to their exponentials
    private const double Excluded = -1e30; // added to the logits of classes that are left out; finite, so that no gradient is NaN

    private readonly int? softmaxAxis;
    private readonly double smallestWeight;
    private readonly Linear linear;

    /// <param name="width">Width of the hidden vectors.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="hasBias">Whether the linear layer has a bias.</param>
    /// <param name="softmaxAxis">
    /// Axis of the softmax: 1 for the frames, 2 for the classes. Null: no softmax; the logits are clamped to -10 to 10,
    /// and the weights are their exponentials plus 1e-6.
    /// </param>
    /// <param name="smallestWeight">Lower bound of the weights. Default 0.</param>
    public AttentionPooling(int width, int classes, bool hasBias, int? softmaxAxis, double smallestWeight = 0)
        : base(nameof(AttentionPooling))
    {
        this.softmaxAxis = softmaxAxis;
        this.smallestWeight = smallestWeight;
        linear = nn.Linear(width, classes, hasBias: hasBias);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor strong, OutputMask? mask)
    {
        using var scope = NewDisposeScope();
        var logits = Probabilities.Wide(linear.call(hidden)); // (batch, frames, classes)
        if (mask?.Classes is { } classes)
            logits = logits.Plus(classes.From(1).Times(Excluded).unsqueeze(1));
        var weights = softmaxAxis is { } axis ? logits.softmax(axis) : logits.Between(-Limit, Limit).exp().Plus(Offset);
        if (smallestWeight > 0)
            weights = weights.AtLeast(smallestWeight);
        return PoolingFunction.WeightedMean(strong, weights, mask?.Sound).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong) =>
        PoolingFunction.WeightedMean(strong, Weights(hidden.Through(linear)));

    private OnnxValue Weights(OnnxValue logits)
    {
        OnnxValue Single(double value) => logits.Graph.Single((float)value);
        if (softmaxAxis is { } axis)
            return smallestWeight > 0 ? logits.Softmax(axis).AtLeast(Single(smallestWeight)) : logits.Softmax(axis);
        return logits.AtLeast(Single(-Limit)).AtMost(Single(Limit)).Exp() + Single(Offset);
    }
}
