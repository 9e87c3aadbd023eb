using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>The network that a description describes.</summary>
public sealed class SedNetwork : nn.Module<Tensor, NetworkOutput>
{
    private readonly nn.Module<Tensor, Tensor> layers;
    private readonly FastLayers? fast;
    private readonly nn.Module<Tensor, Tensor> strong;
    private readonly nn.Module<Tensor, Tensor, Tensor> weak;

    /// <summary>Builds the network on the CPU, its weights drawn from torch's generator as it stands.</summary>
    /// <exception cref="ArgumentException">The description has problems; all of them are in the message.</exception>
    public SedNetwork(NetworkDescription description)
        : base(nameof(SedNetwork))
    {
        var problems = description.Problems();
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(description));
        Description = description;
        var (modules, width) = Stack(description);
        layers = nn.Sequential(modules);
        fast = FastLayers.For(description, [.. modules.Select(module => module.Item2)]);
        strong = nn.Linear(width, description.Classes);
        weak = WeakOutputs.Of(description, width);
        RegisterComponents();
    }

    /// <summary>What the network was built from.</summary>
    public NetworkDescription Description { get; }

    /// <summary>Numbers that training moves.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <summary>
    /// Whether the kernels compute what they fit, on a CPU, instead of torch's own operations. The same parameters, the
    /// same outputs and gradients within rounding; dropout falls on other values. Default true.
    /// </summary>
    public bool UseKernels { get; set; } = true;

    /// <param name="input">Log-mel energies, standardised, shape (batch, frames, bands).</param>
    /// <returns>The strong and the weak output.</returns>
    public override NetworkOutput forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var kernels = UseKernels && fast is not null && fast.Takes(input, training);
        var hidden = kernels ? fast!.Call(input, training) : layers.call(input); // (batch, frames, width)
        var frames = Probabilities.Of(strong.call(hidden)); // (batch, frames, classes)
        var clips = weak.call(hidden, frames); // (batch, classes)
        return new NetworkOutput(frames.MoveToOuterDisposeScope(), clips.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The modules of the layers and the values per frame that they leave. Names count the description's layers from 1, so
    /// that weights have the same names whatever the dropout.
    /// </summary>
    private static (List<(string, nn.Module<Tensor, Tensor>)> Modules, int Width) Stack(NetworkDescription description)
    {
        List<(string, nn.Module<Tensor, Tensor>)> modules = [];
        var maps = 0; // while there are maps over bands: how many; 0 before the first convolution and after the last
        var bands = description.Bands;
        var width = description.Bands;

        var number = 1;

        void Add(string name, nn.Module<Tensor, Tensor> module) => modules.Add(($"{number}-{name}", module));

        void LeaveMaps()
        {
            if (maps == 0)
                return;
            Add("vectors", new MapsToVectors());
            width = maps * bands;
            maps = 0;
        }

        for (; number <= description.Layers.Count; number++)
        {
            switch (description.Layers[number - 1])
            {
                case Layer.Context context:
                    Add("context", new FrameContext(context.Frames));
                    width = context.Frames * description.Bands;
                    continue; // no values are made here, so none are dropped
                case Layer.Convolution convolution:
                    Add("convolution", new ConvolutionBlock(maps, convolution));
                    maps = convolution.Filters;
                    break;
                case Layer.BandPooling pooling:
                    Add("pooling", new BandPooling(pooling.Bands));
                    bands /= pooling.Bands;
                    width = bands;
                    break;
                case Layer.BidirectionalGru gru:
                    LeaveMaps();
                    Add("gru", new MergedGru(width, gru));
                    width = gru.Merge == Merge.Multiply ? gru.Units : 2 * gru.Units;
                    break;
                case Layer.Dense dense:
                    LeaveMaps();
                    Add("dense", new FrameDense(width, dense));
                    width = dense.Units;
                    break;
                case Layer.Own own:
                    LeaveMaps();
                    Add("own", new OwnLayer(width, own));
                    width = own.Units;
                    break;
            }
            // A convolution and its pooling are one layer of the paper's figure: dropout comes after the pooling.
            var poolingFollows = description.Layers.ElementAtOrDefault(number) is Layer.BandPooling;
            if (description.Dropout > 0 && !poolingFollows)
                Add("dropout", nn.Dropout(description.Dropout));
        }
        LeaveMaps();
        return (modules, width);
    }
}
