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
    /// Frames weigh as the network learns: sum w p, where the w of a class are the softmax over the frames of a linear layer
    /// on the vectors that the strong output sees too; width x classes parameters (a bias would cancel in the softmax).
    /// </summary>
    [Key("attention")]
    public sealed record Attention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "attention";

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (long)hidden.Width * classes;

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new LearntMean(hidden.Width, classes);
    }
}

/// <summary>The mean over the frames with learnt weights.</summary>
internal sealed class LearntMean : nn.Module<Tensor, Tensor, Tensor>, IOnnxOutput
{
    private readonly Linear linear;

    public LearntMean(int width, int classes)
        : base(nameof(LearntMean))
    {
        linear = nn.Linear(width, classes, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor hidden, Tensor strong)
    {
        using var scope = NewDisposeScope();
        var weights = Probabilities.Wide(linear.call(hidden)).softmax(1); // (batch, frames, classes), 1 in all for each clip and class
        return Statistic.WeightedMean(strong, weights).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue hidden, OnnxValue strong) =>
        Statistic.WeightedMean(strong, hidden.Through(linear).Softmax(1));
}
