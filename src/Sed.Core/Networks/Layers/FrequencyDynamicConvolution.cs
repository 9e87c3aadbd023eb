using System.Globalization;
using Sed.Core.Networks.Kernels.Convolutions;
using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// Frequency dynamic convolution (Nam et al. 2022, arXiv 2203.15296): a 3x3 convolution whose kernel is a weighted mean
    /// of basis kernels, with zero padding and without bias. The weights depend on the clip and on the band. They are
    /// computed from the means of the input maps over the frames, by a convolution over the bands, batch normalisation,
    /// ReLU, a dense layer and a softmax. With dilated basis kernels, it is the dilated frequency dynamic convolution of Nam
    /// et al. (2024, arXiv 2406.05341). Normalisation and activation function of the output are not included.
    /// </summary>
    /// <param name="Filters">Number of output maps.</param>
    /// <param name="Dilations">
    /// Dilation of each basis kernel along the bands, at least 1; one number per basis kernel. [1, 1, 1, 1] in Nam et al.
    /// (2022).
    /// </param>
    /// <param name="Temperature">
    /// Divisor of the logits before the softmax, above 0. Default 31 (Nam et al. 2022); Nam et al. (2024) have 45.
    /// </param>
    [Key("frequencyDynamicConvolution")]
    public sealed record FrequencyDynamicConvolution(
        [property: Key("filters")] int Filters,
        [property: Key("dilations")] IReadOnlyList<int> Dilations,
        [property: Key("temperature")] double Temperature = 31
    ) : Layer
    {
        internal const int Kernel = 3;
        private const int Reduction = 4; // input maps per hidden map of the attention
        private const int FewestHidden = 4;

        /// <inheritdoc/>
        public override string Summary =>
            $"frequency dynamic conv {Filters}, {Dilations.Count} basis kernels"
            + (Dilations.All(dilation => dilation == 1) ? "" : $" dilated by {string.Join(" ", Dilations)}")
            + ", temperature "
            + Temperature.ToString("R", CultureInfo.InvariantCulture);

        internal override bool TakesVectors => false;

        // Dropout is applied later: after the gating layer that follows the normalisation.
        internal override bool HasDropout => false;
        internal override string ModuleName => "frequency-dynamic-convolution";

        private protected override IEnumerable<Problem> SizeProblems(Shape input)
        {
            foreach (var problem in AtLeastOne(Filters, "filters").Concat(AtLeastOne(Dilations.Count, "basis kernels")))
                yield return problem;
            if (Dilations.Any(dilation => dilation < 1))
                yield return Problem.Of(
                    $"the dilations are {string.Join(" ", Dilations)}",
                    "each must be at least 1; 1 means no dilation"
                );
            if (!(Temperature > 0 && double.IsFinite(Temperature)))
                yield return Problem.Of(
                    FormattableString.Invariant($"the temperature of the softmax is {Temperature:R}"),
                    "it must be above 0, for example 31"
                );
        }

        /// <inheritdoc/>
        public override Layer Scaled(double factor) => this with { Filters = Scaled(Filters, factor) };

        /// <inheritdoc/>
        public override Layer WithFilters(int filters) => this with { Filters = filters };

        /// <inheritdoc/>
        public override Shape OutputShape(Shape input) => input with { Maps = Filters };

        /// <inheritdoc/>
        public override long Parameters(Shape input) =>
            Weights(input) + AttentionWeights(input) + 2L * Hidden(input) + Dilations.Count;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) =>
            Weights(input) * input.Frames * input.Bands + AttentionWeights(input) * input.Bands;

        private long Weights(Shape input) => (long)Dilations.Count * Filters * input.Maps * Kernel * Kernel;

        private long AttentionWeights(Shape input) => (long)Hidden(input) * (input.Maps * Kernel + Dilations.Count);

        private static int Hidden(Shape input) => Math.Max(FewestHidden, input.Maps / Reduction);

        internal override nn.Module<Tensor, Tensor> Build(Shape input) =>
            new FrequencyDynamicModule(input, Hidden(input), this);

        /// <inheritdoc/>
        public bool Equals(FrequencyDynamicConvolution? other) =>
            other is not null
            && Filters == other.Filters
            && Temperature == other.Temperature
            && Dilations.SequenceEqual(other.Dilations);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Filters, Temperature, Dilations.Count);
    }
}

/// <summary>
/// A frequency dynamic convolution, from shape (batch, maps, frames, bands) to shape (batch, filters, frames, bands). The
/// forward pass computes the weighted mean of the basis kernels' outputs in each band, which equals the output of the
/// weighted mean of the kernels.
/// </summary>
internal sealed class FrequencyDynamicModule : nn.Module<Tensor, Tensor>, IKernelModule, IOnnxModule
{
    private readonly Layer.FrequencyDynamicConvolution layer;
    private readonly int bands;
    private readonly Parameter kernels; // (basis kernels, filters, maps, 3, 3)
    private readonly Conv1d squeeze;
    private readonly BatchNorm1d normalisation;
    private readonly Conv1d attention;

    public FrequencyDynamicModule(Shape input, int hidden, Layer.FrequencyDynamicConvolution layer)
        : base(nameof(Layer.FrequencyDynamicConvolution))
    {
        this.layer = layer;
        bands = input.Bands;
        const int size = Layer.FrequencyDynamicConvolution.Kernel;
        var count = layer.Dilations.Count;
        kernels = new Parameter(empty([count, layer.Filters, input.Maps, size, size]));
        squeeze = nn.Conv1d(input.Maps, hidden, size, padding: size / 2, bias: false);
        normalisation = nn.BatchNorm1d(hidden);
        attention = nn.Conv1d(hidden, count, 1);
        RegisterComponents();
        Initialise();
    }

    /// <summary>Draws the initial weights as in the code of Nam et al. (2022).</summary>
    private void Initialise()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var kernel in kernels.unbind(0))
            nn.init.kaiming_normal_(kernel);
        foreach (var convolution in new[] { squeeze, attention })
            nn.init.kaiming_normal_(
                convolution.weight!,
                mode: nn.init.FanInOut.FanOut,
                nonlinearity: nn.init.NonlinearityType.ReLU
            );
        nn.init.zeros_(attention.bias!);
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var maps = input.AsMaps();
        var weights = Weights(maps).unsqueeze(2).unsqueeze(3); // (batch, basis kernels, 1, 1, bands)
        return Groups()
            .Select(group =>
            {
                var outputs = nn
                    .functional.conv2d(
                        maps,
                        kernels.narrow(0, group.First, group.Count).flatten(0, 1),
                        padding: [1, group.Dilation],
                        dilation: [1, group.Dilation]
                    )
                    .unflatten(1, [group.Count, layer.Filters]); // (batch, basis kernels, filters, frames, bands)
                return (outputs * weights.narrow(1, group.First, group.Count)).sum(1);
            })
            .Aggregate((sum, part) => sum.Plus(part))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Computes the weights of the basis kernels.</summary>
    /// <param name="maps">Shape (batch, maps, frames, bands).</param>
    /// <returns>Shape (batch, basis kernels, bands).</returns>
    private Tensor Weights(Tensor maps)
    {
        var hidden = normalisation.call(squeeze.call(maps.mean([2]))).relu(); // (batch, hidden, bands)
        return attention.call(hidden).Over(layer.Temperature).softmax(1);
    }

    public IKernelLayer? Kernel(int frames, int bands, double dropout) => dropout == 0 ? new KernelForm(this) : null;

    public OnnxValue Export(OnnxValue input)
    {
        using var scope = NewDisposeScope();
        var hidden = input.Mean(2).Through(squeeze).Through(normalisation).Relu();
        var logits = hidden.Through(attention).Times(1 / layer.Temperature);
        var weights = logits.Softmax(1).Unsqueeze(2).Unsqueeze(3);
        return Groups()
            .Select(group =>
            {
                long dilation = group.Dilation;
                var kernel = kernels.detach().narrow(0, group.First, group.Count).flatten(0, 1);
                var outputs = input.Graph.Node(
                    "Conv",
                    [input, input.Graph.Weight(kernel)],
                    ("kernel_shape", kernel.shape[2..]),
                    ("dilations", (long[])[1, dilation]),
                    ("pads", (long[])[1, dilation, 1, dilation])
                );
                var parts = outputs.Reshape(0, group.Count, layer.Filters, -1, bands);
                return (parts * weights.Slice(1, group.First, group.First + group.Count)).Sum(1);
            })
            .Aggregate((sum, part) => sum + part);
    }

    /// <summary>
    /// Returns the groups of consecutive basis kernels with the same dilation. Each group is computed as one
    /// convolution.
    /// </summary>
    private IEnumerable<(int First, int Count, int Dilation)> Groups()
    {
        var dilations = layer.Dilations;
        for (int first = 0, next; first < dilations.Count; first = next)
        {
            next = first + 1;
            while (next < dilations.Count && dilations[next] == dilations[first])
                next++;
            yield return (first, next - first, dilations[first]);
        }
    }

    private sealed class KernelForm(FrequencyDynamicModule module) : IKernelLayer
    {
        private readonly DynamicConvolution convolution = new(module.layer.Dilations);

        public Tensor Train(Tensor values, uint seed) => Infer(values);

        public Tensor Infer(Tensor values)
        {
            using var scope = NewDisposeScope();
            var maps = values.AsMaps();
            return convolution.Of(maps, module.Weights(maps), module.kernels).MoveToOuterDisposeScope();
        }
    }
}
