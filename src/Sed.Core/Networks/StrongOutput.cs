using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>
/// How strong and weak output are computed from the probabilities of the dense sigmoid layer: a lower bound, and
/// interpolation to all input frames, as in CDur (Dinkel et al. 2021, arXiv 2101.07687) and in the decision-level
/// networks of PANNs (Kong et al. 2020, arXiv 1912.10211).
/// </summary>
public sealed record StrongOutput
{
    /// <summary>
    /// Interpolation of the probabilities to all input frames, so that pooling over time does not reduce the number of
    /// frames of the strong output. Linear interpolation is between the centres of frames. Repetition repeats each
    /// frame once for each input frame that was pooled into it, and repeats the last frame up to the end of the clip.
    /// Null (the default): none.
    /// </summary>
    [Key("interpolation")]
    public UpsamplingKind? Interpolation { get; init; }

    /// <summary>
    /// Whether the weak output is computed from the interpolated probabilities. Default false: it is computed from the
    /// probabilities before the interpolation.
    /// </summary>
    [Key("poolsInterpolated", OmitWhen = false)]
    public bool PoolsInterpolated { get; init; }

    /// <summary>Lower bound of strong and weak probabilities, at least 0 and less than 0.5. Default 0.</summary>
    [Key("floor", OmitWhen = 0.0)]
    public double Floor { get; init; }

    /// <summary>A copy with a different <see cref="Floor"/>. F# has no `with` expressions on C# records.</summary>
    public StrongOutput WithFloor(double floor) => this with { Floor = floor };

    /// <summary>A short human-readable description, for plans and tables.</summary>
    public string Summary =>
        string.Join(
            ", ",
            [
                .. Interpolation is { } kind
                    ? [kind == UpsamplingKind.Linear ? "frames interpolated" : "frames repeated"]
                    : (string[])[],
                .. PoolsInterpolated ? ["weak output after the interpolation"] : (string[])[],
                .. Floor > 0 ? [FormattableString.Invariant($"probabilities of at least {Floor:R}")] : (string[])[],
            ]
        );

    /// <summary><see cref="Summary"/>.</summary>
    public override string ToString() => Summary;

    /// <summary>
    /// Returns all problems; an empty sequence if there are none. The problems have no <see cref="Problem.Place"/>; the
    /// caller adds it.
    /// </summary>
    /// <param name="weak">The network's weak output.</param>
    internal IEnumerable<Problem> Problems(WeakOutput weak)
    {
        if (!(Floor >= 0 && Floor < 0.5))
            yield return Problem.Of(
                FormattableString.Invariant($"the lower bound of the probabilities is {Floor:R}"),
                "it must be at least 0 and less than 0.5, for example 1e-7"
            );
        if (PoolsInterpolated && Interpolation is null)
            yield return Problem.Of(
                "the weak output is computed from interpolated probabilities, but no interpolation is given",
                "add an interpolation, or compute the weak output from the probabilities without interpolation"
            );
        if (PoolsInterpolated && weak.UsesHidden)
            yield return Problem.Of(
                $"the weak output ({weak}) needs a hidden vector for each frame, which interpolated frames lack",
                "compute the weak output before the interpolation, or give a weak output such as LinearSoftmax"
            );
    }

    /// <summary>Computes the strong and the weak output.</summary>
    /// <param name="probabilities">Probabilities of the dense sigmoid layer, shape (batch, output frames, classes).</param>
    /// <param name="weak">The weak output.</param>
    /// <param name="hidden">Hidden vectors, shape (batch, output frames, width).</param>
    /// <param name="mask">The frames and classes that the weak output is computed from; null: all.</param>
    /// <param name="frames">Number of input frames.</param>
    /// <param name="stride">Number of input frames per output frame of the layers.</param>
    /// <returns>Strong output, shape (batch, frames, classes), and weak output, shape (batch, classes).</returns>
    internal (Tensor Strong, Tensor Weak) Outputs(
        Tensor probabilities,
        nn.Module<Tensor, Tensor, OutputMask?, Tensor> weak,
        Tensor hidden,
        OutputMask? mask,
        int frames,
        double stride
    )
    {
        var limited = Limited(probabilities);
        var strong = Interpolated(limited, frames, stride);
        var tags = weak.call(hidden, PoolsInterpolated ? strong : limited, mask);
        return (strong, Limited(tags));
    }

    /// <summary>Exports the strong output and the probabilities that the weak output is computed from.</summary>
    internal (OnnxValue Strong, OnnxValue Pooled) Export(OnnxValue probabilities, NetworkDescription network)
    {
        var limited = Limited(probabilities);
        var (frames, outputs) = (network.Input.Frames, network.Hidden.Frames);
        var strong = Interpolation switch
        {
            UpsamplingKind.Linear => Between(limited, frames, outputs),
            UpsamplingKind.Repetition => limited.Gather(1, Repeated(frames, outputs, network.LayersStride)),
            _ => limited,
        };
        return (strong, PoolsInterpolated ? strong : limited);
    }

    /// <summary>Applies the lower bound to exported probabilities.</summary>
    internal OnnxValue Limited(OnnxValue probabilities) =>
        Floor > 0 ? probabilities.AtLeast(probabilities.Graph.Single((float)Floor)) : probabilities;

    private Tensor Limited(Tensor probabilities) => Floor > 0 ? probabilities.AtLeast(Floor) : probabilities;

    private Tensor Interpolated(Tensor probabilities, int frames, double stride) =>
        Interpolation switch
        {
            UpsamplingKind.Linear => nn
                .functional.interpolate(
                    probabilities.transpose(1, 2),
                    [frames],
                    mode: InterpolationMode.Linear,
                    align_corners: false
                )
                .transpose(1, 2),
            UpsamplingKind.Repetition => probabilities.index_select(
                1,
                tensor(Repeated(frames, (int)probabilities.shape[1], stride), device: probabilities.device)
            ),
            _ => probabilities,
        };

    /// <summary>Returns, for each input frame, the index of the output frame that is repeated there.</summary>
    /// <remarks>Rounding errors of a fractional stride must not select the preceding frame.</remarks>
    private static long[] Repeated(int frames, int outputs, double stride) =>
        [.. Enumerable.Range(0, frames).Select(frame => Math.Min((long)((frame / stride) + 1e-9), outputs - 1L))];

    /// <summary>
    /// Linear interpolation between the centres of frames, as a weighted sum of the two nearest frames. The resize
    /// operator of ONNX is not used, because it would fix the batch size of the exported model.
    /// </summary>
    private static OnnxValue Between(OnnxValue probabilities, int frames, int outputs)
    {
        using var scope = NewDisposeScope();
        var (before, after) = (new long[frames], new long[frames]);
        var weights = new float[frames];
        for (var frame = 0; frame < frames; frame++)
        {
            var place = Math.Max(0, (frame + 0.5) * outputs / frames - 0.5);
            before[frame] = (long)place;
            after[frame] = Math.Min(before[frame] + 1, outputs - 1);
            weights[frame] = (float)(place - before[frame]);
        }
        var weight = probabilities.Graph.Weight(tensor(weights, [frames, 1]));
        var (first, second) = (probabilities.Gather(1, before), probabilities.Gather(1, after));
        return first + (second - first) * weight;
    }
}
