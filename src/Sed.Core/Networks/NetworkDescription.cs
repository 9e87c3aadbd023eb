namespace Sed.Core.Networks;

/// <summary>
/// A network with a strong and a weak output, as data: layers from the bottom up, then a dense sigmoid layer for each
/// frame (the strong output), then the weak output. Immutable; checked when a network is built from it.
/// </summary>
public sealed record NetworkDescription
{
    /// <summary>Layers from the input upwards.</summary>
    public required IReadOnlyList<Layer> Layers { get; init; }

    /// <summary>Frames of a clip.</summary>
    public required int Frames { get; init; }

    /// <summary>Mel bands of a frame.</summary>
    public required int Bands { get; init; }

    /// <summary>Classes of the outputs.</summary>
    public required int Classes { get; init; }

    /// <summary>Probability that a value is dropped in training, after every layer; from 0 to below 1. Default 0.15.</summary>
    public double Dropout { get; init; } = 0.15;

    /// <summary>How the weak output comes from the strong one. Default: a dense layer over all frames.</summary>
    public WeakOutput Weak { get; init; } = WeakOutput.DenseOverFrames;

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
            Weak = WeakOutput.LargestFrame,
        };

    /// <summary>Every reason why no network can be built, from the input upwards; empty when one can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (Frames < 1 || Bands < 1 || Classes < 1)
            problems.Add($"Frames, Bands and Classes must be positive, were {Frames}, {Bands} and {Classes}.");
        if (!(Dropout >= 0 && Dropout < 1))
            problems.Add($"Dropout must be from 0 to below 1, was {Dropout}.");
        if (Layers.Count == 0)
            problems.Add("Layers is empty; a network has at least one.");
        int? bands = Bands; // null once there is one vector per frame
        for (var i = 0; i < Layers.Count; i++)
        {
            if (Problem(Layers[i], bands, i) is { } problem)
                problems.Add($"Layer {i + 1}, {Layers[i]}: {problem}");
            bands = Layers[i] switch
            {
                Layer.Convolution => bands,
                Layer.BandPooling { Bands: > 0 } pooling => bands / pooling.Bands,
                Layer.BandPooling => bands,
                _ => null,
            };
        }
        return problems;
    }

    /// <summary>The whole description in one line; two descriptions of the same network have the same.</summary>
    public string InWords() =>
        FormattableString.Invariant(
            $"{Frames} frames of {Bands} bands; {string.Join(", ", Layers)}; {Classes} classes, {Weak}; dropout {Dropout:R}"
        );

    private static string? Problem(Layer layer, int? bands, int index) =>
        layer switch
        {
            Layer.Context c when c.Frames < 1 || c.Frames % 2 == 0 => "the number of frames must be odd.",
            Layer.Context when index > 0 => "takes frames of the input, so it must come first.",
            Layer.Convolution { Filters: < 1 } => "there must be at least one filter.",
            Layer.Convolution c when c.KernelFrames % 2 != 1 || c.KernelBands % 2 != 1 =>
                "the kernel must be odd in both directions.",
            (Layer.Convolution or Layer.BandPooling) when bands is null =>
                "works on bands, but the layers below leave one vector per frame.",
            Layer.BandPooling p when p.Bands < 1 || bands % p.Bands != 0 => $"must divide the {bands} bands below it.",
            (Layer.BidirectionalGru { Units: < 1 }) or (Layer.Dense { Units: < 1 }) or (Layer.Own { Units: < 1 }) =>
                "there must be at least one unit.",
            Layer.Own own when string.IsNullOrWhiteSpace(own.Name) => "it needs a name.",
            Layer.Own { Version: < 1 } => "versions count from 1.",
            Layer.Own { Build: null } => "there is no function that builds it.",
            _ => null,
        };
}
