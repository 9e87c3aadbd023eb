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
    /// Frames weigh as the network learns, and the classes of a frame share what it weighs: sum w p / sum w, where the w of a
    /// frame are the softmax over the classes of a linear layer on the vectors that the strong output sees too (Xu et al., DCASE
    /// 2017); (width + 1) x classes parameters.
    /// </summary>
    [Key("classAttention")]
    public sealed record ClassAttention : WeakOutput
    {
        /// <inheritdoc/>
        public override string Summary => "class attention";

        /// <inheritdoc/>
        public override long Parameters(Shape hidden, int classes) => (hidden.Width + 1L) * classes;

        internal override nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes) =>
            new Module(hidden.Width, classes);

        private sealed class Module : nn.Module<Tensor, Tensor, Tensor>, IOnnxOutput
        {
            private readonly Linear linear;

            public Module(int width, int classes)
                : base(nameof(ClassAttention))
            {
                linear = nn.Linear(width, classes);
                RegisterComponents();
            }

            public override Tensor forward(Tensor hidden, Tensor strong)
            {
                using var scope = NewDisposeScope();
                var weights = Probabilities.Wide(linear.call(hidden)).softmax(2); // (batch, frames, classes), 1 in all for each frame
                return Statistic.WeightedMean(strong, weights).MoveToOuterDisposeScope();
            }

            public OnnxValue Export(OnnxValue hidden, OnnxValue strong) =>
                Statistic.WeightedMean(strong, hidden.Through(linear).Softmax(2));
        }
    }
}
