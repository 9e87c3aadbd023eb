using static TorchSharp.torch;

namespace Sed.Core.Networks;

public sealed partial class SedNetwork
{
    private const string LayerPrefix = nameof(layers) + ".";
    private const string StrongPart = nameof(strong);
    private const string WeakPart = nameof(weak);

    private readonly HashSet<string> frozen = new(StringComparer.Ordinal);
    private readonly List<TorchSharp.Modules.Parameter> withoutGradients = []; // the frozen parameters
    private int fixedModules; // number of modules, from the first, that are computed as at inference
    private FastLayers? fastFixed;
    private FastLayers? fastTrained;

    /// <summary>
    /// Name of a parameter as shown to users: the layer's name and the name within the layer, for example
    /// "1-convolution.convolution.weight", or "strong.weight".
    /// </summary>
    /// <param name="stateName">Name in the state dict.</param>
    internal static string PartOf(string stateName) =>
        stateName.StartsWith(LayerPrefix, StringComparison.Ordinal) ? stateName[LayerPrefix.Length..] : stateName;

    /// <summary>Whether a parameter belongs to the strong or the weak output, by its name as shown to users.</summary>
    internal static bool IsOutput(string name) => FirstName(name) is StrongPart or WeakPart;

    /// <summary>
    /// Names of the parameters and buffers as shown to users, with their shapes, from input to output. Within a layer,
    /// parameters come before buffers.
    /// </summary>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> ParameterNames =>
        [.. Parameters().Select(entry => (entry.Name, (IReadOnlyList<long>)entry.Values.shape))];

    /// <summary>The parameters and buffers in the order of <see cref="ParameterNames"/>.</summary>
    internal IEnumerable<(string Name, Tensor Values)> Parameters() =>
        state_dict()
            .Select(entry => (Name: PartOf(entry.Key), entry.Value))
            .GroupBy(entry => FirstName(entry.Name))
            .SelectMany(part => part);

    /// <summary>
    /// Freezes the named parts of the network and unfreezes all other parts. The parameters of frozen parts receive no
    /// gradients, and their batch normalisation uses its running statistics, which do not change. If the first layers
    /// with parameters are frozen, all modules up to the last of them are computed as at inference, without dropout and
    /// without gradients.
    /// </summary>
    /// <param name="names">Names of parts (<see cref="NetworkParts"/>); empty: nothing is frozen.</param>
    internal void Freeze(IReadOnlyList<string> names)
    {
        var selected = NetworkParts.Selected(Description, names);
        if (frozen.SetEquals(selected))
            return;
        frozen.Clear();
        frozen.UnionWith(selected);
        withoutGradients.ForEach(parameter => parameter.requires_grad = true);
        withoutGradients.Clear();
        // A custom layer can have parameters that are never trained; they are not listed, so that unfreezing does not
        // enable their gradients.
        withoutGradients.AddRange(
            named_parameters()
                .Where(entry => entry.parameter.requires_grad && frozen.Contains(FirstName(PartOf(entry.name))))
                .Select(entry => entry.parameter)
        );
        withoutGradients.ForEach(parameter => parameter.requires_grad = false);
        fixedModules = 0;
        for (var module = 0; module < stack.Count && IsFixed(module); module++)
            if (IsFrozen(stack[module].Name))
                fixedModules = module + 1;
        fastFixed = Kernels(stack[..fixedModules]);
        // A frozen layer after trained layers must propagate gradients while it uses its running statistics. Only torch
        // supports this.
        fastTrained =
            frozen.Count == 0
                ? null
                : Kernels([
                    .. stack[fixedModules..]
                        .Select(module =>
                            IsFrozen(module.Name) ? module with { Module = new TorchOnly(module.Module) } : module
                        ),
                ]);
        train(training);
    }

    /// <summary>Sets training or evaluation mode. Frozen parts stay in evaluation mode.</summary>
    public override void train(bool on = true)
    {
        base.train(on);
        for (var module = 0; module < stack.Count; module++)
            if (module < fixedModules || IsFrozen(stack[module].Name))
                stack[module].Module.eval();
        if (frozen.Contains(StrongPart))
            strong.eval();
        if (frozen.Contains(WeakPart))
            weak.eval();
    }

    /// <summary>Computes the output of the last layer in training if some parts of the network are frozen.</summary>
    /// <param name="clips">Shape (batch, frames, bands).</param>
    /// <returns>Shape (batch, frames, width).</returns>
    private Tensor PartlyFrozen(Tensor clips)
    {
        using var scope = NewDisposeScope();
        var hidden = First(clips);
        using (no_grad())
            hidden = Run(fastFixed, hidden, clips, 0, fixedModules, isTrained: false);
        return Run(fastTrained, hidden, clips, fixedModules, stack.Count, isTrained: true).MoveToOuterDisposeScope();
    }

    private Tensor Run(FastLayers? kernels, Tensor values, Tensor clips, int from, int to, bool isTrained)
    {
        if (UseKernels && kernels is not null && kernels.Takes(values, isTrained))
            return kernels.Call(values, clips, isTrained);
        foreach (var module in stack[from..to])
            values = Next(module.Module, values, clips);
        return values;
    }

    private bool IsFrozen(string moduleName) => frozen.Contains(moduleName);

    private bool IsFixed(int module) => IsFrozen(stack[module].Name) || !stack[module].Module.parameters().Any();

    private static string FirstName(string name) => name.Split('.', 2)[0];

    /// <summary>Wraps a module so that the CPU kernels do not recognise it and torch computes it.</summary>
    private sealed class TorchOnly(nn.Module<Tensor, Tensor> module) : nn.Module<Tensor, Tensor>(nameof(TorchOnly))
    {
        public override Tensor forward(Tensor input) => module.call(input);
    }
}
