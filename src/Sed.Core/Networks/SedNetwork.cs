using Sed.Core.Networks.Layers;
using Sed.Core.Networks.Modules;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>A network built from a <see cref="NetworkDescription"/>.</summary>
public sealed partial class SedNetwork : nn.Module<Tensor, OutputMask?, NetworkOutput>
{
    // Number of multiply-accumulates per clip. For smaller networks, synchronising torch's threads takes longer than
    // the computation.
    private const long SmallestParallel = 50_000_000;

    private readonly nn.Module<Tensor, Tensor> layers;
    private readonly List<(string Name, nn.Module<Tensor, Tensor> Module, Shape Finds)> stack;
    private readonly InputParts? parts; // null: the layers process the whole input
    private readonly double fusionStride = 1; // input frames per frame before the fusion
    private readonly FastLayers? fast;
    private readonly bool isSmall;
    private readonly nn.Module<Tensor, Tensor> strong;
    private readonly nn.Module<Tensor, Tensor, OutputMask?, Tensor> weak;

    /// <summary>Builds the network on the CPU. Torch's random generator draws the initial weights.</summary>
    /// <exception cref="ArgumentException">The description has problems; the message lists all of them.</exception>
    public SedNetwork(NetworkDescription description)
        : base(nameof(SedNetwork))
    {
        var problems = description.Problems();
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(description));
        Description = description;
        stack = Stack(description);
        var hidden = description.Hidden;
        parts = InputParts.Of(description);
        fusionStride = description
            .Steps()
            .TakeWhile(step => step.Layer is not Layer.Fusion)
            .Aggregate(1.0, (stride, step) => stride * step.Layer.FrameStride(step.Input));
        layers = nn.Sequential([.. stack.Select(module => (module.Name, module.Module))]);
        fast = Kernels(stack);
        strong = nn.Linear(hidden.Width, description.Classes);
        weak = description.Weak.Build(description.Pooled, description.Classes);
        isSmall = description.MultiplyAccumulates < SmallestParallel;
        RegisterComponents();
        InitialWeightsDraw.Into(this, description.Initial);
    }

    /// <summary>Description of the network.</summary>
    public NetworkDescription Description { get; }

    /// <summary>Number of trainable parameters.</summary>
    public long ParameterCount => parameters().Sum(parameter => parameter.numel());

    /// <summary>
    /// Whether the CPU computes the layers with this library's kernels, where supported, instead of torch's operations.
    /// The outputs and gradients of both implementations agree within rounding; the dropout masks differ. Default true.
    /// </summary>
    public bool UseKernels { get; set; } = true;

    /// <summary>
    /// Limits torch's own operations to one thread until the returned scope is disposed. Applies only on a CPU and only
    /// in two cases, in which more threads would not help: the layers run on the CPU kernels, which have their own
    /// threads, or the network is small. With the limit, results do not depend on <see cref="Torch.Threads"/>. The
    /// scope must enclose the forward pass, the loss, the backward pass and the optimizer step. The trainer, evaluation
    /// and prediction open it themselves.
    /// </summary>
    /// <param name="device">Device of the computation.</param>
    /// <param name="kernels">
    /// Whether the CPU kernels can compute the layers: false if the input requires gradients or the precision is
    /// bfloat16.
    /// </param>
    /// <returns>The scope, to be disposed on the same thread; null if there is no limit.</returns>
    public IDisposable? LimitTorchThreads(Device device, bool kernels = true) =>
        device.type == DeviceType.CPU && (isSmall || (kernels && UseKernels && fast is not null))
            ? Torch.SingleThreaded()
            : null;

    /// <param name="input">Standardised features, shape (batch, frames, bands).</param>
    /// <returns>Strong and weak output.</returns>
    public NetworkOutput call(Tensor input) => call(input, null);

    /// <param name="input">Standardised features, shape (batch, frames, bands).</param>
    /// <param name="mask">
    /// The frames of the strong output and the classes that the weak output is computed from; null: all.
    /// </param>
    /// <returns>Strong and weak output.</returns>
    public override NetworkOutput forward(Tensor input, OutputMask? mask) => Outputs(input, mask, out _);

    /// <summary>
    /// Computes the outputs of the network, and the output of the last layer before the strong output.
    /// </summary>
    /// <param name="input">Standardised features, shape (batch, frames, bands).</param>
    /// <param name="mask">The mask of <see cref="forward"/>.</param>
    /// <param name="hidden">
    /// Output of the last layer, shape (batch, frames, width); with segments, the frames of all segments of a clip, one
    /// segment after another. The caller owns the tensor.
    /// </param>
    internal NetworkOutput CallWithHidden(Tensor input, OutputMask? mask, out Tensor hidden)
    {
        using var scope = NewDisposeScope();
        var output = Outputs(input, mask, out var own, keepsHidden: true);
        hidden = own!.reshape(input.shape[0], -1, own.shape[2]).MoveToOuterDisposeScope();
        return new NetworkOutput(
            output.Strong.MoveToOuterDisposeScope(),
            output.Weak.MoveToOuterDisposeScope(),
            output.Segments?.MoveToOuterDisposeScope(),
            output.SegmentsWithSound?.MoveToOuterDisposeScope()
        );
    }

    private NetworkOutput Outputs(Tensor input, OutputMask? mask, out Tensor? keptHidden, bool keepsHidden = false)
    {
        using var scope = NewDisposeScope();
        var clips = Description.Segments is { } cut ? cut.Cut(input) : input;
        var hidden = training && frozen.Count > 0 ? PartlyFrozen(clips) : Hidden(clips); // (batch, frames, width)
        keptHidden = keepsHidden ? hidden.alias().MoveToOuterDisposeScope() : null;
        var frames = Probabilities.Of(strong.call(hidden)); // (batch, frames, classes)
        var pooled = mask is null ? null : Pooled(mask);
        Tensor tags; // (batch, classes)
        (frames, tags) = Description.Strong is { } output
            ? output.Outputs(frames, weak, hidden, pooled, (int)clips.shape[1], Description.LayersStride)
            : (frames, weak.call(hidden, frames, pooled));
        if (Description.Segments is { } segments)
        {
            var (strongs, weaks, each, _) = segments.Join(frames, tags, (int)input.shape[1], training);
            return new NetworkOutput(
                strongs.MoveToOuterDisposeScope(),
                weaks.MoveToOuterDisposeScope(),
                each?.MoveToOuterDisposeScope(),
                each is null ? null : pooled?.Sound?.amax([1]).view(weaks.shape[0], -1).MoveToOuterDisposeScope()
            );
        }
        return new NetworkOutput(frames.MoveToOuterDisposeScope(), tags.MoveToOuterDisposeScope());
    }

    /// <summary>
    /// Converts the mask to the frames that the weak output is computed from, for each clip or segment. A frame that
    /// spans several frames of the strong output has the mask of the first of them.
    /// </summary>
    private OutputMask Pooled(OutputMask mask)
    {
        using var scope = NewDisposeScope();
        var (sound, classes) = (mask.Sound?.alias(), mask.Classes?.alias());
        if (sound is not null)
        {
            if (Description.Segments is { } cut)
                sound = cut.Cut(sound.unsqueeze(2)).squeeze(2);
            var (frames, pooled) = (sound.shape[1], Description.Pooled.Frames);
            if (frames != pooled)
            {
                long[] first = [.. Enumerable.Range(0, pooled).Select(frame => frame * frames / pooled)];
                sound = sound.index_select(1, tensor(first, device: sound.device));
            }
        }
        if (classes is not null && Description.Segments is { Frames: > 0 } segments)
            classes = classes.repeat_interleave(segments.Count(Description.Frames), 0);
        return new(sound?.MoveToOuterDisposeScope(), classes?.MoveToOuterDisposeScope());
    }

    /// <summary>Computes the output of the last layer.</summary>
    private Tensor Hidden(Tensor clips)
    {
        if (isNormalised)
            return HiddenAfterNormalisation(clips);
        var first = First(clips);
        return UseKernels && fast is not null && fast.Takes(first, training)
            ? fast.Call(first, clips, training)
            : Layers(first, clips);
    }

    /// <summary>
    /// Returns the beginning of a message that names the first part of the network whose output is not finite, for
    /// example "the output of its layer 3-gru is"; null if all outputs are finite. Torch's operations compute the
    /// outputs, because comparisons in the CPU kernels can replace NaN by 0.
    /// </summary>
    /// <param name="input">Finite standardised features, shape (batch, frames, bands).</param>
    internal string? FirstOverflow(Tensor input)
    {
        using var scope = NewDisposeScope();
        var clips = Description.Segments is { } cut ? cut.Cut(input) : input;
        var hidden = First(clips);
        foreach (var (name, layer) in layers.named_children())
        {
            hidden = Next((nn.Module<Tensor, Tensor>)layer, hidden, clips);
            if (!IsFinite(hidden))
                return $"the output of its layer {name} is";
        }
        return IsFinite(strong.call(hidden)) ? null : "its strong output before the sigmoid is";
    }

    /// <summary>Computes the output of the last layer with torch's operations.</summary>
    /// <param name="first">Input of the first layer.</param>
    /// <param name="clips">The network's input.</param>
    private Tensor Layers(Tensor first, Tensor clips)
    {
        if (parts is null)
            return layers.call(first);
        using var scope = NewDisposeScope();
        return layers
            .children()
            .Cast<nn.Module<Tensor, Tensor>>()
            .Aggregate(first, (hidden, layer) => Next(layer, hidden, clips))
            .MoveToOuterDisposeScope();
    }

    /// <summary>The part of the network's input that the first layer processes.</summary>
    private Tensor First(Tensor clips) => parts?.First(clips) ?? clips;

    /// <summary>
    /// Creates the computation of consecutive modules with the CPU kernels; returns null if the kernels support none of
    /// the modules.
    /// </summary>
    private FastLayers? Kernels(IReadOnlyList<(string Name, nn.Module<Tensor, Tensor> Module, Shape Finds)> modules) =>
        modules.Count == 0
            ? null
            : FastLayers.For(
                modules[0].Finds,
                Description.Dropout,
                [.. modules.Select(module => (module.Module, module.Finds))],
                parts,
                fusionStride
            );

    private Tensor Next(nn.Module<Tensor, Tensor> layer, Tensor hidden, Tensor clips) =>
        layer is FusionModule && parts is not null ? parts.Join(hidden, clips, fusionStride) : layer.call(hidden);

    private static bool IsFinite(Tensor values) => values.isfinite().all().item<bool>();

    /// <summary>
    /// The modules of the layers with their names and input shapes. A name begins with the number (from 1) of its layer
    /// in the description, not of its module, so that dropout modules do not change the names of weights.
    /// </summary>
    private static List<(string Name, nn.Module<Tensor, Tensor> Module, Shape Finds)> Stack(
        NetworkDescription description
    )
    {
        List<(string, nn.Module<Tensor, Tensor>, Shape)> modules = [];
        var number = 1;
        var shape = InputParts.Of(description) is { } parts
            ? description.Input with
            {
                Bands = parts.FirstBands,
            }
            : description.Input;
        foreach (var (layer, finds, leaves) in description.Steps())
        {
            if (finds.IsVectors && !shape.IsVectors)
                Add("vectors", new MapsToVectors());
            Add(layer.ModuleName, layer.Build(finds));
            // A convolution and its pooling count as one layer, with dropout after the pooling.
            var hasPooling = description.Layers.ElementAtOrDefault(number) is { TakesOverDropout: true };
            if (description.Dropout > 0 && layer.HasDropout && !hasPooling)
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

/// <summary>The outputs of a network for a batch of clips. The caller owns the tensors.</summary>
/// <param name="Strong">Frame probabilities, shape (batch, frames, classes).</param>
/// <param name="Weak">Clip probabilities, shape (batch, classes).</param>
/// <param name="Segments">
/// Segment probabilities, shape (batch, segments, classes), in training with
/// <see cref="SegmentLearning.InheritLabels"/>; else null.
/// </param>
/// <param name="SegmentsWithSound">
/// 1 for segments that contain frames of the clip and 0 for segments of padding alone, shape (batch, segments); null if
/// <paramref name="Segments"/> is null or no padding mask is given.
/// </param>
public readonly record struct NetworkOutput(
    Tensor Strong,
    Tensor Weak,
    Tensor? Segments = null,
    Tensor? SegmentsWithSound = null
);
