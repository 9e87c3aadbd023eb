using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>The network that a description describes.</summary>
public sealed partial class SedNetwork : nn.Module<Tensor, NetworkOutput>
{
    // Multiply-accumulates of a clip. Below, torch's threads wait for each other longer than they compute.
    private const long WorthSharing = 50_000_000;

    private readonly nn.Module<Tensor, Tensor> layers;
    private readonly FastLayers? fast;
    private readonly bool isSmall;
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
        var modules = Stack(description);
        var hidden = description.Hidden;
        layers = nn.Sequential([.. modules.Select(module => (module.Name, module.Module))]);
        fast = FastLayers.For(description, [.. modules.Select(module => (module.Module, module.Finds))]);
        strong = nn.Linear(hidden.Width, description.Classes);
        weak = description.Weak.Build(hidden, description.Classes);
        isSmall = description.MultiplyAccumulates < WorthSharing;
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
        var heard = Description.Segments is { } cut ? cut.Cut(input) : input;
        var kernels = UseKernels && fast is not null && fast.Takes(heard, training);
        if (input.device_type == DeviceType.CPU)
            Torch.ComputeAlone(kernels || isSmall);
        var hidden = kernels ? fast!.Call(heard, training) : layers.call(heard); // (batch, frames, width)
        var frames = Probabilities.Of(strong.call(hidden)); // (batch, frames, classes)
        var clips = weak.call(hidden, frames); // (batch, classes)
        if (Description.Segments is { } segments)
        {
            var (strongs, weaks, each) = segments.Join(frames, clips, (int)input.shape[1], training);
            return new NetworkOutput(
                strongs.MoveToOuterDisposeScope(),
                weaks.MoveToOuterDisposeScope(),
                each?.MoveToOuterDisposeScope()
            );
        }
        return new NetworkOutput(frames.MoveToOuterDisposeScope(), clips.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// The modules of the layers, each with what it finds. Names count the description's layers from 1, so that weights have the same names whatever
    /// the dropout.
    /// </summary>
    private static List<(string Name, nn.Module<Tensor, Tensor> Module, Shape Finds)> Stack(
        NetworkDescription description
    )
    {
        List<(string, nn.Module<Tensor, Tensor>, Shape)> modules = [];
        var number = 1;
        var shape = description.Input;
        foreach (var (layer, finds, leaves) in description.Steps())
        {
            if (finds.IsVectors && !shape.IsVectors)
                Add("vectors", new MapsToVectors());
            Add(layer.ModuleName, layer.Build(finds));
            // A convolution and its pooling are one layer of the paper's figure: dropout comes after the pooling.
            var goesOn = description.Layers.ElementAtOrDefault(number) is { EndsLayerBelow: true };
            if (description.Dropout > 0 && layer.MakesValues && !goesOn)
                Add("dropout", nn.Dropout(description.Dropout));
            shape = leaves;
            number++;
        }
        if (!shape.IsVectors)
            Add("vectors", new MapsToVectors());
        return modules;

        void Add(string name, nn.Module<Tensor, Tensor> module) => modules.Add(($"{number}-{name}", module, shape));
    }
}
