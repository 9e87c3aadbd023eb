using Sed.Core.Networks.Modules;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

public abstract partial record Layer
{
    /// <summary>
    /// Fusion of several feature sources, as in the DESED baseline of DCASE 2023, which concatenates embeddings with the
    /// output of its convolutions. The layers before the fusion process the first source; the fusion concatenates their
    /// output with the other sources. If the layers before the fusion pool over time, the other sources are averaged over
    /// the input frames of each pooled frame, weighted by their overlap.
    /// </summary>
    /// <param name="First">Name of the feature source that the layers before the fusion process.</param>
    /// <param name="Others">
    /// Names of the feature sources that are concatenated with the output of the layers before the fusion, in this
    /// order.
    /// </param>
    [Key("fuse")]
    public sealed record Fusion(
        [property: Key("first")] string First,
        [property: Key("others")] IReadOnlyList<string> Others
    ) : Layer
    {
        /// <inheritdoc/>
        public override string Summary => $"fuse {First} {string.Join(" ", Others)}";

        internal override bool TakesVectors => true;
        internal override bool HasDropout => false;
        internal override string ModuleName => "fuse";

        private protected override IEnumerable<Problem> SizeProblems(Shape input) => [];

        /// <summary>
        /// The output shape without the bands of the other feature sources, because the layer contains only the names
        /// of these sources.
        /// </summary>
        public override Shape OutputShape(Shape input) => input;

        /// <inheritdoc/>
        public override long Parameters(Shape input) => 0;

        /// <inheritdoc/>
        public override long MultiplyAccumulates(Shape input) => 0;

        internal override nn.Module<Tensor, Tensor> Build(Shape input) => new FusionModule();

        /// <inheritdoc/>
        public bool Equals(Fusion? other) =>
            other is not null && First == other.First && Others.SequenceEqual(other.Others);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(First, Others.Count);
    }
}

/// <summary>
/// Concatenates the frames of other feature sources with the output of the preceding layers. <see cref="forward"/>, which
/// does not receive the other sources, is the identity; the network calls <see cref="Join(Tensor, Tensor, double)"/>.
/// </summary>
internal sealed class FusionModule() : nn.Module<Tensor, Tensor>(nameof(FusionModule))
{
    // Rounding errors of fractional strides must not select neighbouring frames.
    private const double Tolerance = 1e-9;

    public override Tensor forward(Tensor input) => input.alias();

    /// <summary>Concatenates the output of the layers before the fusion with the other feature sources.</summary>
    /// <param name="hidden">Output of the layers before the fusion, shape (batch, frames, width).</param>
    /// <param name="others">The other sources, shape (batch, input frames, bands).</param>
    /// <param name="stride">
    /// Number of input frames per frame of <paramref name="hidden"/>; less than 1 after upsampling.
    /// </param>
    public static Tensor Join(Tensor hidden, Tensor others, double stride)
    {
        using var scope = NewDisposeScope();
        var (frames, given) = (hidden.shape[1], others.shape[1]);
        var matched =
            stride <= 1 ? others.index_select(1, tensor(Nearest(frames, given, stride), device: others.device))
            : IsWhole(frames, given, stride)
                ? others
                    .narrow(1, 0, frames * (long)stride)
                    .reshape(others.shape[0], frames, (long)stride, others.shape[2])
                    .mean([2])
            : tensor(Overlaps(frames, given, stride), [frames, given], others.dtype, others.device).matmul(others);
        return cat([hidden, matched.to(hidden.dtype)], 2).MoveToOuterDisposeScope();
    }

    /// <inheritdoc cref="Join(Tensor, Tensor, double)"/>
    /// <param name="frames">Number of frames of <paramref name="hidden"/>.</param>
    /// <param name="given">Number of frames of <paramref name="others"/>.</param>
    /// <param name="width">Number of values per frame of the other sources.</param>
    public static OnnxValue Join(OnnxValue hidden, OnnxValue others, double stride, int frames, int given, int width)
    {
        using var scope = NewDisposeScope();
        var matched =
            stride <= 1 ? others.Gather(1, Nearest(frames, given, stride))
            : IsWhole(frames, given, stride)
                ? others.Slice(1, 0, frames * (long)stride).Reshape(-1, frames, (long)stride, width).Mean(2)
            : others.Graph.Weight(tensor(Overlaps(frames, given, stride), [frames, given])).MatMul(others);
        return OnnxValue.Concatenate(2, hidden, matched);
    }

    /// <summary>
    /// Whether every output frame covers a whole number of frames of the other sources and none extends beyond these
    /// frames.
    /// </summary>
    private static bool IsWhole(long frames, long given, double stride) =>
        stride == Math.Floor(stride) && frames * stride <= given;

    private static long[] Nearest(long frames, long given, double stride) =>
        [
            .. Enumerable
                .Range(0, (int)frames)
                .Select(frame => Math.Min((long)Math.Floor(frame * stride + Tolerance), given - 1)),
        ];

    /// <summary>
    /// The weights with which the frames of the other sources are averaged for each output frame, shape (frames,
    /// given): the share of the output frame that each source frame covers. The last output frame can extend beyond the
    /// source frames, because strided convolutions round the number of frames up.
    /// </summary>
    private static float[] Overlaps(long frames, long given, double stride)
    {
        var weights = new float[frames * given];
        for (var frame = 0L; frame < frames; frame++)
        {
            var start = Math.Min(frame * stride, given - 1);
            var end = Math.Min((frame + 1) * stride, given);
            for (var k = (long)Math.Floor(start + Tolerance); k < end - Tolerance; k++)
                weights[frame * given + k] = (float)((Math.Min(end, k + 1) - Math.Max(start, k)) / (end - start));
        }
        return weights;
    }
}
