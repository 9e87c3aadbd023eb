using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>The elements that a <see cref="Layer.SqueezeExcitation"/> multiplies by weights.</summary>
public enum Excited
{
    /// <summary>Each feature map. The weights are computed from the means of all maps over frames and bands.</summary>
    [Key("maps")]
    Maps,

    /// <summary>
    /// Each band in each frame. The weights of a frame are computed from its values averaged over the maps, one mean
    /// per band: time-frame frequency-wise squeeze-and-excitation (Nam et al. 2023, arXiv 2306.11277).
    /// </summary>
    [Key("bands")]
    Bands,
}

public abstract partial record Layer
{
    /// <summary>
    /// Squeeze-and-excitation (Hu et al. 2018, arXiv 1709.01507): multiplies each map, or each band of each frame, by a
    /// weight from 0 to 1. Two dense layers, with ReLU between them and a sigmoid after them, compute the weights from the
    /// means of the maps or bands. The output has the shape of the input.
    /// </summary>
    /// <param name="Ratio">
    /// Reduction ratio, at least 1: the number of maps or bands divided by the number of values between the two dense
    /// layers. There are at least 4 such values (Nam et al. 2023). Default 16 (Hu et al. 2018).
    /// </param>
    /// <param name="HasBias">Whether the dense layers have biases. Default true; false in Nam et al. (2023).</param>
    /// <param name="Excited">Whether the maps or the bands of each frame are weighted. Default: the maps.</param>
    [Key("squeezeExcitation")]
    public sealed record SqueezeExcitation(
        [property: Key("ratio")] int Ratio = 16,
        [property: Key("bias")] bool HasBias = true,
        [property: Key("excited")] Excited Excited = Excited.Maps
    ) : Layer
    {
        private const int FewestSqueezed = 4;

        /// <inheritdoc/>
        public override string Summary =>
            $"squeeze-and-excitation of {(Excited == Excited.Bands ? "bands" : "maps")}, ratio {Ratio}"
            + (HasBias ? "" : " without bias");

        internal override bool TakesVectors => false;
        internal override bool HasDropout => false;
        internal override string ModuleName => "squeeze-excitation";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            if (Ratio < 1)
                yield return Problem.Of($"the ratio is {Ratio}", "it must be at least 1, for example 16");
        }

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => Weights(input) + (HasBias ? Squeezed(input) + Size(input) : 0);

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) =>
            Weights(input) * (Excited == Excited.Bands ? input.Frames : 1);

        private long Weights(Shape input) => 2L * Size(input) * Squeezed(input);

        private int Size(Shape input) => Excited == Excited.Bands ? input.Bands : input.Maps;

        private int Squeezed(Shape input) => Math.Max(FewestSqueezed, Size(input) / Ratio);

        internal override nn.Module<Tensor, Tensor> Build(Shape input) =>
            new ExcitationModule(Size(input), Squeezed(input), HasBias, Excited);
    }
}

/// <summary>
/// Squeeze-and-excitation: multiplies each map, or each band of each frame, by a weight from 0 to 1. Two dense layers
/// compute the weights from the means of all maps, or of all bands of the frame. Shape (batch, maps, frames, bands).
/// </summary>
internal sealed class ExcitationModule : nn.Module<Tensor, Tensor>, IOnnxModule
{
    private readonly Excited excited;
    private readonly Linear squeeze;
    private readonly Linear excite;

    /// <param name="size">Number of maps or bands.</param>
    /// <param name="squeezed">Number of values between the two dense layers.</param>
    /// <param name="hasBias">Whether the dense layers have biases.</param>
    /// <param name="excited">Whether the maps or the bands of each frame are weighted.</param>
    public ExcitationModule(int size, int squeezed, bool hasBias = true, Excited excited = Excited.Maps)
        : base(nameof(ExcitationModule))
    {
        this.excited = excited;
        squeeze = nn.Linear(size, squeezed, hasBias);
        excite = nn.Linear(squeezed, size, hasBias);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = input.AsMaps();
        // (batch, maps) or (batch, frames, bands)
        var means = excited == Excited.Maps ? maps.mean([2, 3]) : maps.mean([1]);
        var weights = excite.call(squeeze.call(means).relu()).sigmoid();
        weights = excited == Excited.Maps ? weights.unsqueeze(2).unsqueeze(3) : weights.unsqueeze(1);
        return (maps * weights).MoveToOuterDisposeScope();
    }

    public OnnxValue Export(OnnxValue input)
    {
        var means = excited == Excited.Maps ? input.Mean(3).Mean(2) : input.Mean(1);
        var weights = means.Through(squeeze).Relu().Through(excite).Sigmoid();
        return input * (excited == Excited.Maps ? weights.Unsqueeze(2).Unsqueeze(3) : weights.Unsqueeze(1));
    }
}
