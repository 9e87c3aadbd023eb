using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Networks;

/// <summary>
/// Describes a network with a strong and a weak output: the layers, a time-distributed dense sigmoid layer (the strong
/// output), and a pooling function (the weak output). Immutable; checked when a network is built from it.
/// </summary>
public sealed record NetworkDescription
{
    private const string Place = "network";

    /// <summary>The layers, from the input to the outputs.</summary>
    [Key("layers")]
    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <summary>Input frames per clip.</summary>
    [Key("frames")]
    public required int Frames { get; init; }

    /// <summary>Number of values per input frame: mel bands, samples of the waveform or values of an embedding.</summary>
    [Key("bands")]
    public required int Bands { get; init; }

    /// <summary>Number of classes.</summary>
    [Key("classes")]
    public required int Classes { get; init; }

    /// <summary>
    /// Dropout rate after every layer, except layers that only rearrange or rescale values and convolutions without
    /// activation function; from 0 (inclusive) to 1 (exclusive). A layer and the pooling after it count as one layer.
    /// Default 0.15.
    /// </summary>
    [Key("dropout")]
    public double Dropout { get; init; } = 0.15;

    /// <summary>
    /// Pooling function that computes the weak output from the strong output. Default: a dense layer over all frames.
    /// </summary>
    [Key("weak")]
    public WeakOutput Weak { get; init; } = new WeakOutput.DenseOverFrames();

    /// <summary>
    /// Further processing of the probabilities of the dense sigmoid layer, for example interpolation. Null (the
    /// default): none.
    /// </summary>
    [Key("strong")]
    public StrongOutput? Strong { get; init; }

    /// <summary>
    /// The segments of a clip that the network processes separately. Null (the default): the network processes whole
    /// clips.
    /// </summary>
    [Key("segments")]
    public Segmentation? Segments { get; init; }

    /// <summary>
    /// Whether the weak output leaves out the padding of clips that are shorter than the network's input. Default false.
    /// Exported ONNX models do not receive the padding mask, so their weak output includes the padding.
    /// </summary>
    [Key("leavesOutPadding", OmitWhen = false)]
    public bool LeavesOutPadding { get; init; }

    /// <summary>
    /// A copy with a different <see cref="LeavesOutPadding"/>. F# has no `with` expressions on C# records.
    /// </summary>
    public NetworkDescription WithLeavesOutPadding(bool leavesOutPadding) =>
        this with
        {
            LeavesOutPadding = leavesOutPadding,
        };

    /// <summary>The distribution of the weights before training. Default: each layer's own.</summary>
    [Key("initial", OmitWhen = InitialWeights.Own)]
    public InitialWeights Initial { get; init; } = InitialWeights.Own;

    /// <summary>
    /// The feature sources of the input, concatenated in each frame. Null (the default): the input has one source.
    /// </summary>
    [Key("parts")]
    public IReadOnlyList<InputPart>? Parts { get; init; }

    /// <summary>
    /// A candidate for the network of Adavanne and Virtanen (2017), who report about 218,000 parameters but no layer
    /// sizes. It has 218,390 parameters as counted by Keras, which includes moving statistics and has one bias per
    /// recurrent gate.
    /// </summary>
    public static NetworkDescription Candidate218k(int frames = 500, int bands = 40, int classes = 17) =>
        new()
        {
            Layers =
            [
                new Layer.Convolution(48),
                new Layer.BandPooling(5),
                new Layer.Convolution(48),
                new Layer.BandPooling(4),
                new Layer.Convolution(48),
                new Layer.BandPooling(2),
                new Layer.BidirectionalGru(32, Merge.Multiply),
                new Layer.BidirectionalGru(32, Merge.Multiply),
                new Layer.Dense(64, Activation.Linear),
            ],
            Frames = frames,
            Bands = bands,
            Classes = classes,
        };

    /// <summary>
    /// The baseline of DCASE 2017 Task 4 (Mesaros et al. 2017): a context of 5 frames and two dense layers of 50 units;
    /// 13,467 parameters.
    /// </summary>
    public static NetworkDescription Baseline(int frames = 500, int bands = 40, int classes = 17) =>
        new()
        {
            Layers = [new Layer.Context(5), new Layer.Dense(50, Activation.Relu), new Layer.Dense(50, Activation.Relu)],
            Frames = frames,
            Bands = bands,
            Classes = classes,
            Dropout = 0.2,
            Weak = new WeakOutput.MaxPooling(),
        };

    /// <summary>
    /// Input shape of the first layer: one channel, the frames of a clip (or of a segment, if clips are segmented), and
    /// the bands.
    /// </summary>
    public Shape Input => new(Segments is { Frames: > 0 } segments ? segments.Frames : Frames, 1, Bands);

    /// <summary>
    /// Output shape of the layers: one vector per frame. Valid only if the description has no <see cref="Problems"/>.
    /// </summary>
    public Shape Hidden => Steps().Select(step => AsVectors(step.Output)).LastOrDefault(AsVectors(Input));

    /// <summary>
    /// Number of frames of the strong output, evenly spaced over the clip. Valid only if the description has no <see
    /// cref="Problems"/>.
    /// </summary>
    public int OutputFrames => Segments is null && !IsInterpolated ? Hidden.Frames : Frames;

    /// <summary>Number of input frames per frame of the strong output; less than 1 after upsampling.</summary>
    public double FrameStride => Segments is null && !IsInterpolated ? LayersStride : 1;

    /// <summary>Number of input frames per frame of the layers' output.</summary>
    internal double LayersStride =>
        Steps().Aggregate(1.0, (stride, step) => stride * step.Layer.FrameStride(step.Input));

    private bool IsInterpolated => Strong?.Interpolation is not null;

    /// <summary>
    /// Shape of the weak output's input: <see cref="Hidden"/>, but with one frame per input frame if the weak output is
    /// computed from the interpolated strong output.
    /// </summary>
    internal Shape Pooled => Strong is { PoolsInterpolated: true } ? Hidden with { Frames = Input.Frames } : Hidden;

    /// <summary>Number of trainable parameters.</summary>
    public long Parameters =>
        Steps().Sum(step => step.Layer.Parameters(step.Input))
        + (Hidden.Width + 1L) * Classes
        + Weak.Parameters(Pooled, Classes);

    /// <summary>Multiply-accumulate operations of the layers and the strong output for one clip at inference.</summary>
    public long MultiplyAccumulates =>
        SegmentCount * (Steps().Sum(step => step.Layer.MultiplyAccumulates(step.Input)) + Hidden.Values * Classes);

    /// <summary>
    /// Total number of output values of all layers for one clip, with all of its segments. Training keeps these values in
    /// memory for the backward pass.
    /// </summary>
    public long ActivationCount => SegmentCount * Steps().Sum(step => step.Output.Values);

    private long SegmentCount => Segments is { Frames: > 0 } segments ? segments.Count(Frames) : 1;

    /// <summary>Every reason why the network cannot be built, from the input to the outputs; empty if it can.</summary>
    public IReadOnlyList<Problem> Problems()
    {
        List<Problem> problems = [];
        if (Frames < 1 || Bands < 1 || Classes < 1)
            problems.Add(
                new(Place, $"{Frames} frames of {Bands} bands and {Classes} classes", "at least one of each is needed")
            );
        if (Segments is { } segments && (segments.Frames < 1 || segments.Frames > Frames))
            problems.Add(
                new(
                    Place,
                    $"segments of {segments.Frames} frames in clips of {Frames} frames",
                    "a segment must have at least one frame, and not more frames than the clip"
                )
            );
        if (Parts is not null && Parts.Sum(part => (long)part.Bands) != Bands)
            problems.Add(
                new(
                    Place,
                    $"the feature sources have {Parts.Sum(part => (long)part.Bands)} bands, but the input has {Bands}"
                )
            );
        problems.AddRange(InputParts.Problems(this).Select(problem => problem.Within(Place)));
        var number = 0;
        foreach (var (layer, input, _) in Steps())
        {
            number++;
            var place = $"{Place}, layer {number} ({layer})";
            problems.AddRange(layer.Problems(input).Select(problem => problem.Within(place)));
        }
        if (Strong is not null)
            problems.AddRange(Strong.Problems(Weak).Select(problem => problem.Within($"{Place}, strong output")));
        if (!(Dropout >= 0 && Dropout < 1))
            problems.Add(
                new(
                    Place,
                    FormattableString.Invariant($"the dropout rate is {Dropout}"),
                    "it must be at least 0 and less than 1"
                )
            );
        return problems;
    }

    /// <summary>A human-readable description of the whole network in one line.</summary>
    public string Summary() =>
        FormattableString.Invariant(
            $"{Frames} frames of {Bands} bands; {string.Join(", ", Layers)}; {Classes} classes, {Weak}{(Strong is null ? "" : $", {Strong}")}; dropout {Dropout:R}{(Segments is { } segments ? $"; {segments.Summary}" : "")}"
        );

    /// <summary>
    /// The layers with their input and output shapes. A layer with problems passes its input shape on, so that the later
    /// layers are still checked.
    /// </summary>
    internal IEnumerable<(Layer Layer, Shape Input, Shape Output)> Steps()
    {
        var parts = InputParts.Of(this);
        var shape = parts is null ? Input : Input with { Bands = parts.FirstBands };
        foreach (var layer in Layers)
        {
            var isFirst = ReferenceEquals(layer, Layers[0]);
            var input = layer.TakesVectors ? AsVectors(shape) : shape;
            if (layer is Layer.Fusion && parts is not null)
                // A fusion as the first layer outputs one map with the bands of all sources, in the shape of an input
                // from a single source.
                shape = isFirst
                    ? Input with
                    {
                        Bands = parts.FirstBands + parts.OtherBands,
                    }
                    : Shape.Vectors(input.Frames, input.Width + parts.OtherBands);
            else if (layer.Problems(input).Count == 0)
                shape = layer.OutputShape(input);
            else if (layer.TakesVectors)
                shape = input;
            yield return (layer, input, shape);
        }
    }

    private static Shape AsVectors(Shape shape) => Shape.Vectors(shape.Frames, shape.Width);
}
