using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Networks.Published;

/// <summary>
/// A published network in layers of the language, and where its authors' weights belong: names of their weights and names
/// of ours, each with at most one star for the rest of the name.
/// </summary>
/// <param name="Description">The network.</param>
/// <param name="Names">Names in the authors' file and our names.</param>
internal sealed record PublishedNetwork(
    NetworkDescription Description,
    IReadOnlyList<(string Theirs, string Ours)> Names
)
{
    /// <summary>Number of classes of AudioSet.</summary>
    public const int AudioSetClasses = 527;

    /// <summary>The network with the authors' weights. Weights that no name matches are reported as unexpected.</summary>
    public SedNetwork With(IReadOnlyDictionary<string, NumpyArray> weights, string source)
    {
        SedNetwork network = new(Description);
        NetworkWeights.Load(network, weights.ToDictionary(entry => Ours(entry.Key), entry => entry.Value), source);
        network.eval();
        return network;
    }

    private string Ours(string theirs)
    {
        foreach (var (from, to) in Names)
        {
            var start = from.TrimEnd('*');
            if (from.EndsWith('*') ? theirs.StartsWith(start, StringComparison.Ordinal) : theirs == from)
                return to.TrimEnd('*') + (from.EndsWith('*') ? theirs[start.Length..] : "");
        }
        return theirs;
    }

    /// <summary>
    /// The CRNN of the voice activity detection of Dinkel et al. (2021, "Voice activity detection in the wild") and, with
    /// the weak output before the interpolation, CDur of Dinkel et al. (2021, arXiv 2101.07687).
    /// </summary>
    public static PublishedNetwork Cdur(int frames, int classes = AudioSetClasses, bool poolsInterpolated = true)
    {
        static Layer Block(int filters) =>
            new Layer.Convolution(filters, HasBias: false, NormalisesInput: true, Slope: 0.1);
        var blocks = new (int Layer, int Theirs)[] { (1, 0), (3, 2), (4, 3), (6, 5), (7, 6) };
        return new(
            new NetworkDescription
            {
                Layers =
                [
                    Block(32),
                    new Layer.NormPooling(2, 4),
                    Block(128),
                    Block(128),
                    new Layer.NormPooling(2, 4),
                    Block(128),
                    Block(128),
                    new Layer.NormPooling(1, 4),
                    new Layer.Drop(0.3),
                    new Layer.BidirectionalGru(128, Merge.Concatenate),
                ],
                Frames = frames,
                Bands = 64,
                Classes = classes,
                Dropout = 0,
                Weak = new WeakOutput.LinearSoftmax(),
                Strong = new StrongOutput
                {
                    Interpolation = UpsamplingKind.Linear,
                    PoolsInterpolated = poolsInterpolated,
                    Floor = 1e-7,
                },
            },
            [
                .. blocks.SelectMany(block =>
                    new[]
                    {
                        ($"features.{block.Theirs}.block.0.*", $"layers.{block.Layer}-convolution.normalisation.*"),
                        ($"features.{block.Theirs}.block.1.*", $"layers.{block.Layer}-convolution.convolution.*"),
                    }
                ),
                ("gru.*", "layers.10-gru.recurrent.*"),
                ("outputlayer.*", "strong.*"),
            ]
        );
    }

    /// <summary>Cnn6 of PANNs: four 5x5 convolutions.</summary>
    public static PublishedNetwork Cnn6(int frames) =>
        Panns(
            frames,
            [64, 128, 256, 512],
            filters => new Layer.Convolution(filters, 5, 5, HasBias: false),
            (block, layer) =>
                [
                    ($"conv_block{block}.conv1.*", $"layers.{layer}-convolution.convolution.*"),
                    ($"conv_block{block}.bn1.*", $"layers.{layer}-convolution.normalisation.*"),
                ]
        );

    /// <summary>Cnn10 of PANNs: four blocks of two 3x3 convolutions.</summary>
    public static PublishedNetwork Cnn10(int frames) =>
        Panns(frames, [64, 128, 256, 512], DoubleConvolution, DoubleNames);

    /// <summary>Cnn14 of PANNs: six blocks of two 3x3 convolutions.</summary>
    public static PublishedNetwork Cnn14(int frames) =>
        Panns(frames, [64, 128, 256, 512, 1024, 2048], DoubleConvolution, DoubleNames);

    /// <summary>Cnn14_DecisionLevelMax of PANNs: Cnn14 with a strong output each 32 frames, repeated for each frame.</summary>
    public static PublishedNetwork Cnn14DecisionLevelMax(int frames) =>
        Panns(frames, [64, 128, 256, 512, 1024, 2048], DoubleConvolution, DoubleNames, window: 3);

    private static Layer DoubleConvolution(int filters) => new Layer.DoubleConvolution(filters, HasBias: false);

    /// <summary>Names of the weights of a block of two convolutions.</summary>
    internal static (string, string)[] DoubleNames(int block, int layer) =>
        [
            ($"conv_block{block}.conv1.*", $"layers.{layer}-block.first.convolution.*"),
            ($"conv_block{block}.bn1.*", $"layers.{layer}-block.first.normalisation.*"),
            ($"conv_block{block}.conv2.*", $"layers.{layer}-block.second.*"),
            ($"conv_block{block}.bn2.*", $"layers.{layer}-block.secondNormalisation.*"),
        ];

    private static PublishedNetwork Panns(
        int frames,
        int[] filters,
        Func<int, Layer> convolutions,
        Func<int, int, (string, string)[]> names,
        int? window = null
    )
    {
        const int bands = 64;
        const int mostPools = 5;
        const int layersPerBlock = 3;
        List<Layer> layers = [new Layer.BandNormalisation()];
        List<(string, string)> all = [("bn0.*", "layers.1-band-normalisation.normalisation.*")];
        for (var block = 1; block <= filters.Length; block++)
        {
            all.AddRange(names(block, layers.Count + 1));
            layers.Add(convolutions(filters[block - 1]));
            layers.Add(
                block <= mostPools
                    ? new Layer.Pooling(2, 2, PoolingKind.Mean)
                    : new Layer.Pooling(1, 1, PoolingKind.Mean)
            );
            layers.Add(new Layer.Drop(0.2));
        }
        Assert.Equal(1 + layersPerBlock * filters.Length, layers.Count);
        layers.Add(new Layer.Pooling(1, bands >> Math.Min(filters.Length, mostPools), PoolingKind.Mean));
        layers.Add(new Layer.FramePooling(FrameStatistic.MaximumPlusMean, window));
        layers.Add(new Layer.Drop(0.5));
        layers.Add(new Layer.Dense(filters[^1], Activation.Relu));
        all.Add(("fc1.*", $"layers.{layers.Count}-dense.dense.*"));
        all.Add(("fc_audioset.*", "strong.*"));
        layers.Add(new Layer.Drop(0.5));
        return new(
            new NetworkDescription
            {
                Layers = layers,
                Frames = frames,
                Bands = bands,
                Classes = AudioSetClasses,
                Dropout = 0,
                Weak = new WeakOutput.MaxPooling(),
                Strong = window is null ? null : new StrongOutput { Interpolation = UpsamplingKind.Repetition },
            },
            all
        );
    }
}
