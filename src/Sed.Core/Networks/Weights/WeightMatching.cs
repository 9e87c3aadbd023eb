using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Weights;

/// <summary>Computes a <see cref="WeightMatch"/>.</summary>
internal sealed class WeightMatching
{
    private readonly WeightFileContent file;
    private readonly StartingWeights weights;
    private readonly IReadOnlyList<string>? classes;
    private readonly OrderedDictionary<string, Tensor> parameters = new(StringComparer.Ordinal);
    private readonly bool hasOtherClasses;
    private readonly Dictionary<string, string> loaded = new(StringComparer.Ordinal); // sources by target
    private readonly List<string> unused;
    private readonly List<Problem> problems = [];

    public WeightMatching(
        WeightFileContent file,
        StartingWeights weights,
        SedNetwork network,
        IReadOnlyList<string>? classes
    )
    {
        this.file = file;
        this.weights = weights;
        this.classes = classes;
        foreach (var (name, values) in network.Parameters())
            parameters.Add(name, values);
        hasOtherClasses = file.Classes is { } own && classes is not null && !own.SequenceEqual(classes);
        unused = [.. file.Skipped];
    }

    public WeightMatch Match()
    {
        foreach (var tensor in file.Tensors)
            Place(tensor);
        foreach (var line in weights.Table.Where(line => !file.Tensors.Any(tensor => IsOf(line, tensor))))
            Report(
                $"no tensor of {weights.Path} has the name {line.Source}",
                Nearest(line.Source, file.Tensors.Select(tensor => tensor.Name))
            );
        if (loaded.Count == 0 && problems.Count == 0)
            Report(
                $"no tensor of {weights.Path} has the name of a parameter of the network",
                $"give a table with `startFromWith`; the file has {Listed(file.Tensors.Select(tensor => tensor.Name))}; the network has {Listed(parameters.Keys)}"
            );
        return new()
        {
            Path = weights.Path,
            Loaded = [.. loaded.Select(pair => (pair.Value, pair.Key))],
            Missing = [.. parameters.Keys.Where(name => !WeightMatch.IsStepCount(name) && !loaded.ContainsKey(name))],
            Unused = unused,
            Notes = hasOtherClasses
                ?
                [
                    .. file.Notes,
                    "the outputs are initialised anew, because the file has other classes or another order of classes",
                ]
                : file.Notes,
            Problems = problems,
        };
    }

    /// <summary>Assigns one tensor of the file to a parameter, or records it as unused or as a problem.</summary>
    private void Place(WeightTensor tensor)
    {
        var target = TargetOf(tensor.Name);
        if (target is null || (weights.Table.Count == 0 && !parameters.ContainsKey(target)))
        {
            if (!WeightMatch.IsStepCount(tensor.Name))
                unused.Add(tensor.Name);
        }
        else if (!parameters.TryGetValue(target, out var parameter))
            Report(
                $"the table assigns {tensor.Name} to {target}, which the network does not have",
                Nearest(target, parameters.Keys)
            );
        else if (hasOtherClasses && SedNetwork.IsOutput(target))
            return;
        else if (loaded.TryGetValue(target, out var first))
            Report($"{first} and {tensor.Name} are both loaded into {target}", "change the table");
        else if ((classes is not null || !SedNetwork.IsOutput(target)) && Mismatch(tensor, parameter) is { } cause)
            Report(
                $"{tensor.Name} {cause} {target}",
                "change the layer, or load only other parts with `startFromWith`"
            );
        else
            loaded.Add(target, tensor.Name);
    }

    /// <summary>
    /// Returns the name of the parameter to which the table assigns a tensor; without a table, the tensor's own name.
    /// The network need not have this parameter. Null if no line of the table matches the tensor.
    /// </summary>
    private string? TargetOf(string source) =>
        weights.Table.Count == 0
            ? SedNetwork.PartOf(source)
            : weights
                .Table.Select(line => line.TargetOf(source))
                .Where(target => target is not null)
                .Select(target => SedNetwork.PartOf(target!))
                .FirstOrDefault();

    private static bool IsOf(WeightPattern line, WeightTensor tensor) => line.TargetOf(tensor.Name) is not null;

    private static string? Mismatch(WeightTensor tensor, Tensor parameter)
    {
        var values = tensor.Values;
        if (!values.Shape.SequenceEqual(parameter.shape))
            return $"has the shape ({string.Join(", ", values.Shape)}), not the shape ({string.Join(", ", parameter.shape)}) of";
        if (values.Type == NumpyArray.Float32 != (parameter.dtype == ScalarType.Float32))
            return "has values of a different type than";
        return values.Type == NumpyArray.Float32 && !FiniteValues.Are(values.Floats)
            ? "has values that are not finite numbers, so it cannot be loaded into"
            : null;
    }

    private void Report(string cause, string remedy) => problems.Add(Problem.Of(cause, remedy));

    private static string Listed(IEnumerable<string> names) =>
        WeightMatch.Shortened([.. names.Where(name => !WeightMatch.IsStepCount(name))]);

    private static string Nearest(string name, IEnumerable<string> known) =>
        Spelling.Nearest(name, known) is { } near ? $"the nearest name is {near}" : "change the table";
}
