using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;

namespace Sed.Core.Tests.Networks.Published;

/// <summary>
/// Networks that were published for DESED (DCASE Task 4), in the sizes of their authors' configuration files. All have
/// seven blocks of a convolution, batch normalisation, a gate, dropout and average pooling, then bidirectional GRUs and
/// attention.
/// </summary>
internal static class DesedNetworks
{
    private const int Bands = 128;
    private const int Embedding = 768;
    private static readonly int[] narrow = [16, 32, 64, 128, 128, 128, 128];
    private static readonly int[] wide = [32, 64, 128, 256, 256, 256, 256];

    /// <summary>The baseline of 2022 and, without embeddings, of 2023.</summary>
    public static PublishedNetwork Baseline2022(int frames)
    {
        Stack stack = new();
        foreach (var filters in narrow)
            stack.Block(filters, MapGate.Maps);
        stack.Recurrent(128, 2, 0.5);
        return stack.Network(frames, 10, "dense", "dense_softmax");
    }

    /// <summary>
    /// The baseline of 2024, with one embedding for each frame of the log-mel energies, averaged as the convolutions' output.
    /// </summary>
    public static PublishedNetwork Baseline2024(int frames)
    {
        Stack stack = new();
        foreach (var filters in narrow)
            stack.Block(filters, MapGate.Maps);
        stack.Add(new Layer.Fusion("mel", ["embeddings"]));
        stack.Add(new Layer.FrameMask(16, 0.3, narrow[^1]));
        stack.Add(new Layer.Drop(0.2));
        stack.Add(new Layer.Dense(narrow[^1], Activation.Linear), ("cat_tf.*", "dense.dense.*"));
        stack.Recurrent(192, 1, 0.2);
        var network = stack.Network(frames, 27, "dense", "dense_softmax");
        return network with
        {
            Description = network.Description with
            {
                Bands = Bands + Embedding,
                Parts = [new("mel", Bands), new("embeddings", Embedding)],
                Weak = new WeakOutput.MaskedClassAttention(),
            },
        };
    }

    /// <summary>Frequency dynamic convolution: Nam et al. (2022, arXiv 2203.15296).</summary>
    public static PublishedNetwork Nam2022(int frames) =>
        Dynamic(_ => [1, 1, 1, 1], 31).Network(frames, 10, "dense", "dense_softmax");

    /// <summary>Dilated frequency dynamic convolution: Nam et al. (2024, arXiv 2406.05341).</summary>
    public static PublishedNetwork Nam2024(int frames) =>
        Dynamic(block => block == wide.Length - 1 ? [1, 1, 1, 1] : [1, 2, 3, 3], 45)
            .Network(frames, 10, "linear", "linear_att");

    /// <summary>Squeeze-and-excitation of maps and of bands: Nam et al. (2023, arXiv 2306.11277).</summary>
    public static PublishedNetwork Nam2023(int frames)
    {
        Stack stack = new();
        foreach (var filters in wide)
            stack.Block(filters, MapGate.Context, excites: stack.Blocks < wide.Length - 1);
        stack.Recurrent(256, 2, 0.5);
        return stack.Network(frames, 10, "linear", "linear_att");
    }

    private static Stack Dynamic(Func<int, int[]> dilations, double temperature)
    {
        Stack stack = new();
        stack.Block(wide[0], MapGate.Context);
        for (var block = 1; block < wide.Length; block++)
            stack.DynamicBlock(wide[block], dilations(block), temperature);
        stack.Recurrent(256, 2, 0.5);
        return stack;
    }

    /// <summary>Layers with the names of their weights.</summary>
    private sealed class Stack
    {
        private readonly List<Layer> layers = [];
        private readonly List<(string Theirs, string Ours)> names = [];

        /// <summary>Number of blocks.</summary>
        public int Blocks { get; private set; }

        /// <summary>Adds a layer. The names of its weights are without the number of the layer.</summary>
        public void Add(Layer layer, params ReadOnlySpan<(string Theirs, string Ours)> weights)
        {
            layers.Add(layer);
            foreach (var (theirs, ours) in weights)
                names.Add((theirs, $"layers.{layers.Count}-{ours}"));
        }

        public void Block(int filters, MapGate gate, bool excites = false)
        {
            var cnn = $"cnn.cnn.conv{Blocks}";
            Add(
                new Layer.Convolution(filters, Epsilon: 1e-3, Activates: false, Momentum: 0.99),
                ($"{cnn}.*", "convolution.convolution.*"),
                ($"cnn.cnn.batchnorm{Blocks}.*", "convolution.normalisation.*")
            );
            End(gate, excites);
        }

        public void DynamicBlock(int filters, int[] dilations, double temperature)
        {
            var cnn = $"cnn.cnn.conv{Blocks}";
            const string ours = "frequency-dynamic-convolution";
            Add(
                new Layer.FrequencyDynamicConvolution(filters, dilations, temperature),
                ($"{cnn}.weight", $"{ours}.kernels"),
                ($"{cnn}.attention.conv1d1.*", $"{ours}.squeeze.*"),
                ($"{cnn}.attention.bn.*", $"{ours}.normalisation.*"),
                ($"{cnn}.attention.conv1d2.*", $"{ours}.attention.*")
            );
            Add(
                new Layer.MapNormalisation(1e-3, 0.99),
                ($"cnn.cnn.batchnorm{Blocks}.*", "map-normalisation.normalisation.*")
            );
            End(MapGate.Context);
        }

        public void Recurrent(int units, int count, double rate)
        {
            for (var layer = 0; layer < count; layer++)
                Add(
                    new Layer.BidirectionalGru(units, Merge.Concatenate),
                    [
                        .. from kind in new[] { "weight_ih", "weight_hh", "bias_ih", "bias_hh" }
                        from direction in new[] { "", "_reverse" }
                        select ($"rnn.rnn.{kind}_l{layer}{direction}", $"gru.recurrent.{kind}_l0{direction}"),
                    ]
                );
            Add(new Layer.Drop(rate));
        }

        public PublishedNetwork Network(int frames, int classes, string strong, string attention) =>
            new(
                new NetworkDescription
                {
                    Layers = layers,
                    Frames = frames,
                    Bands = Bands,
                    Classes = classes,
                    Dropout = 0,
                    Weak = new WeakOutput.FlooredClassAttention(),
                },
                [.. names, ($"{strong}.*", "strong.*"), ($"{attention}.*", "weak.linear.*")]
            );

        private void End(MapGate gate, bool excites = false)
        {
            var theirs = gate == MapGate.Maps ? "glu" : "cg";
            Add(new Layer.MapGating(gate), ($"cnn.cnn.{theirs}{Blocks}.*", "map-gating.*"));
            if (excites)
            {
                foreach (var (name, excited) in new[] { ("SElayer", Excited.Maps), ("SElayer2", Excited.Bands) })
                    Add(
                        new Layer.SqueezeExcitation(4, false, excited),
                        ($"cnn.cnn.{name}{Blocks}.fc.0.*", "squeeze-excitation.squeeze.*"),
                        ($"cnn.cnn.{name}{Blocks}.fc.2.*", "squeeze-excitation.excite.*")
                    );
            }
            Add(new Layer.Drop(0.5));
            Add(new Layer.Pooling(Blocks < 2 ? 2 : 1, 2, PoolingKind.Mean));
            Blocks++;
        }
    }
}
