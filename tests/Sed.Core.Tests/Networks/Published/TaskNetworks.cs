using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;

namespace Sed.Core.Tests.Networks.Published;

/// <summary>Networks that were published for DCASE 2017 Task 4 with PyTorch code.</summary>
internal static class TaskNetworks
{
    private const int Classes = 17;
    private const int Bands = 64;

    /// <summary>A network of Kong et al. (2019, arXiv 1912.04761) for log-mel energies of 64 bands.</summary>
    /// <param name="frames">Number of frames, a multiple of 8.</param>
    /// <param name="weak">The weak output.</param>
    /// <param name="upper">The layer above the convolutions.</param>
    /// <param name="upperNames">The names of its weights.</param>
    public static PublishedNetwork Kong(
        int frames,
        WeakOutput weak,
        Layer? upper = null,
        params (string Theirs, string Ours)[] upperNames
    )
    {
        List<Layer> layers = [new Layer.BandNormalisation()];
        List<(string, string)> names = [("bn0.*", "layers.1-band-normalisation.normalisation.*")];
        int[] filters = [64, 128, 256, 512];
        for (var block = 1; block <= filters.Length; block++)
        {
            names.AddRange(PublishedNetwork.DoubleNames(block, layers.Count + 1));
            layers.Add(new Layer.DoubleConvolution(filters[block - 1], HasBias: false));
            layers.Add(
                block < filters.Length
                    ? new Layer.Pooling(2, 2, PoolingKind.Mean)
                    : new Layer.Pooling(1, 8, PoolingKind.Mean)
            );
        }
        if (upper is not null)
            layers.Add(upper);
        names.AddRange(upperNames.Select(name => (name.Theirs, $"layers.{layers.Count}-{name.Ours}")));
        names.Add(("fc.*", "strong.*"));
        names.Add(("att_block.cla.*", "strong.*"));
        names.Add(("att_block.att.*", "weak.linear.*"));
        return new(
            new NetworkDescription
            {
                Layers = layers,
                Frames = frames,
                Bands = Bands,
                Classes = Classes,
                Dropout = 0,
                Weak = weak,
                Strong = new StrongOutput { Interpolation = UpsamplingKind.Repetition },
            },
            names
        );
    }

    /// <summary>Cnn_9layers_FrameAvg.</summary>
    public static PublishedNetwork KongMean(int frames) => Kong(frames, new WeakOutput.MeanPooling());

    /// <summary>Cnn_9layers_Gru_FrameAtt.</summary>
    public static PublishedNetwork KongGru(int frames) =>
        Kong(
            frames,
            new WeakOutput.LimitedAttention(),
            new Layer.BidirectionalGru(256, Merge.Concatenate),
            ("gru.*", "gru.recurrent.*")
        );

    /// <summary>Cnn_9layers_Transformer_FrameAtt.</summary>
    public static PublishedNetwork KongTransformer(int frames) =>
        Kong(
            frames,
            new WeakOutput.LimitedAttention(),
            new Layer.PlainAttention(8),
            ("multihead.qkv.*", "plain-attention.queriesKeysValues.*"),
            ("multihead.fc.*", "plain-attention.merge.*")
        );

    /// <summary>The CRNN of Wang, Li and Metze (2018, arXiv 1810.09050).</summary>
    /// <param name="frames">Number of frames, a multiple of 4.</param>
    public static PublishedNetwork Wang(int frames)
    {
        static Layer Convolution(int filters) => new Layer.Convolution(filters, 5, 5, Normalises: false);
        return new(
            new NetworkDescription
            {
                Layers =
                [
                    Convolution(32),
                    new Layer.Pooling(1, 2, PoolingKind.Maximum),
                    Convolution(64),
                    new Layer.Pooling(2, 2, PoolingKind.Maximum),
                    Convolution(128),
                    new Layer.Pooling(2, 2, PoolingKind.Maximum),
                    new Layer.BidirectionalGru(100, Merge.Concatenate),
                ],
                Frames = frames,
                Bands = Bands,
                Classes = Classes,
                Dropout = 0,
                Weak = new WeakOutput.LinearSoftmax(),
            },
            [
                ("conv1.*", "layers.1-convolution.convolution.*"),
                ("conv2.*", "layers.3-convolution.convolution.*"),
                ("conv3.*", "layers.5-convolution.convolution.*"),
                ("gru.*", "layers.7-gru.recurrent.*"),
                ("fc_prob.*", "strong.*"),
            ]
        );
    }
}
