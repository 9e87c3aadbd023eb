using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Networks;

/// <summary>
/// A network with a strong and a weak output, as data: layers from the bottom up, then a dense sigmoid layer for each
/// frame (the strong output), then the weak output. Immutable; checked when a network is built from it.
/// </summary>
public sealed record NetworkDescription
{
    /// <summary>Layers from the input upwards.</summary>
    [Key("layers")]
    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <summary>Frames of a clip.</summary>
    [Key("frames")]
    public required int Frames { get; init; }

    /// <summary>Mel bands, or samples, of a frame.</summary>
    [Key("bands")]
    public required int Bands { get; init; }

    /// <summary>Classes of the outputs.</summary>
    [Key("classes")]
    public required int Classes { get; init; }

    /// <summary>Probability that a value is dropped in training, after every layer that makes values; from 0 to below 1. Default 0.15.</summary>
    [Key("dropout")]
    public double Dropout { get; init; } = 0.15;

    /// <summary>How the weak output comes from the strong one. Default: a dense layer over all frames.</summary>
    [Key("weak")]
    public WeakOutput Weak { get; init; } = new WeakOutput.DenseOverFrames();

    /// <summary>Whether each segment of a clip is heard by itself; null (the default): the clip is heard as a whole.</summary>
    [Key("segments")]
    public Segmentation? Segments { get; init; }

    /// <summary>
    /// The layers that come near the 218,000 parameters of Adavanne and Virtanen (2017), who do not give the sizes:
    /// 218,390 as Keras counts them (batch normalisation's moving statistics included, one bias per recurrent gate).
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

    /// <summary>The baseline of DCASE 2017 Task 4: 5 frames of context and two dense layers of 50 units; 13,467 parameters.</summary>
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

    /// <summary>What the layers hear at once: one map over the bands and the frames of the clip, or of a segment.</summary>
    public Shape Input => new(Segments is { Frames: > 0 } segments ? segments.Frames : Frames, 1, Bands);

    /// <summary>What the layers leave: one vector for each frame. Defined where there are no problems.</summary>
    public Shape Hidden => Steps().Select(step => AsVectors(step.Leaves)).LastOrDefault(Input);

    /// <summary>Frames of the strong output, which lie evenly over the clip. Defined where there are no problems.</summary>
    public int OutputFrames => Segments is null ? Hidden.Frames : Frames;

    /// <summary>How many frames of the input lie between two frames of the strong output: below 1 where it has more.</summary>
    public double FrameStride => Segments is null ? Layers.Aggregate(1.0, (step, layer) => step * layer.FrameStride) : 1;

    /// <summary>Numbers that training moves.</summary>
    public long Parameters =>
        Steps().Sum(step => step.Layer.Parameters(step.Finds))
        + (Hidden.Width + 1L) * Classes
        + Weak.Parameters(Hidden, Classes);

    /// <summary>Multiply-accumulates of the layers and the strong output for one clip in inference.</summary>
    public long MultiplyAccumulates =>
        (Steps().Sum(step => step.Layer.MultiplyAccumulates(step.Finds)) + Hidden.Values * Classes)
        * (Segments is { Frames: > 0 } segments ? segments.Count(Frames) : 1);

    /// <summary>Values that all layers together make of one clip, which training keeps until it has their gradients.</summary>
    public long ActivationCount => Steps().Sum(step => step.Leaves.Values);

    /// <summary>Every reason why no network can be built, from the input upwards; empty when one can.</summary>
    public IReadOnlyList<NetworkProblem> Problems()
    {
        List<NetworkProblem> problems = [];
        if (Frames < 1 || Bands < 1 || Classes < 1)
            problems.Add(
                new(
                    "",
                    $"{Frames} frames of {Bands} bands and {Classes} classes",
                    "there has to be at least one of each"
                )
            );
        if (Segments is { } cut && (cut.Frames < 1 || cut.Frames > Frames))
            problems.Add(
                new(
                    "",
                    $"segments of {cut.Frames} frames in clips of {Frames}",
                    "a segment has at least one frame and at most all of the clip's"
                )
            );
        if (Layers.Count == 0)
            problems.Add(new("", "has no layers", "for example `crnn { dropout 0.15 }`"));
        var number = 0;
        foreach (var (layer, finds, _) in Steps())
        {
            number++;
            problems.AddRange(
                layer
                    .Problems(finds)
                    .Select(own => new NetworkProblem($"layer {number} ({layer})", own.What, own.Remedy))
            );
        }
        if (!(Dropout >= 0 && Dropout < 1))
            problems.Add(
                new("", FormattableString.Invariant($"dropout is {Dropout}"), "it is a share from 0 to below 1")
            );
        return problems;
    }

    /// <summary>The whole description in one line; two descriptions of the same network have the same.</summary>
    public string Summary() =>
        FormattableString.Invariant(
            $"{Frames} frames of {Bands} bands; {string.Join(", ", Layers)}; {Classes} classes, {Weak}; dropout {Dropout:R}{(Segments is { } segments ? $"; {segments.Summary}" : "")}"
        );

    /// <summary>The layers with what each finds and leaves. One with problems is passed over, so that those above it are judged too.</summary>
    internal IEnumerable<(Layer Layer, Shape Finds, Shape Leaves)> Steps()
    {
        var shape = Input;
        foreach (var layer in Layers)
        {
            var finds = layer.TakesVectors ? AsVectors(shape) : shape;
            if (layer.Problems(finds).Count == 0)
                shape = layer.Over(finds);
            else if (layer.TakesVectors)
                shape = finds;
            yield return (layer, finds, shape);
        }
    }

    private static Shape AsVectors(Shape shape) => Shape.Vectors(shape.Frames, shape.Width);
}
