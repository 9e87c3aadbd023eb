using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Weights;

/// <summary>Which tensors of a file become which parameters and buffers of a network.</summary>
public sealed record WeightMatch
{
    // Batch normalisation counts its training steps. The count has no effect on its output.
    private const string StepCount = "num_batches_tracked";
    private const int MostNames = 6;

    /// <summary>Path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>Names of the tensors of the file and of the parameters that they become.</summary>
    public required IReadOnlyList<(string Source, string Target)> Loaded { get; init; }

    /// <summary>Parameters of the network that keep their initial values.</summary>
    public required IReadOnlyList<string> Missing { get; init; }

    /// <summary>Tensors of the file that the network does not use.</summary>
    public required IReadOnlyList<string> Unused { get; init; }

    /// <summary>How the file was interpreted, as message fragments.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>All reasons why the weights cannot be used; empty if they can.</summary>
    public required IReadOnlyList<Problem> Problems { get; init; }

    /// <summary>
    /// One line, for example "Starts from w.pth: 23 of 25 parameters loaded, missing strong.weight and strong.bias,
    /// unused fc.weight". Parameters include the statistics of batch normalisation.
    /// </summary>
    public string Summary
    {
        get
        {
            var loaded = Loaded.Count(pair => !IsStepCount(pair.Target));
            return OneLine.Of(
                $"Starts from {Path}: {loaded} of {loaded + Missing.Count} parameters loaded"
                    + Listed(", missing ", Missing)
                    + Listed(", unused ", Unused)
                    + string.Concat(Notes.Select(note => $"; {note}"))
            );
        }
    }

    /// <summary>Compares the tensors of a file with a network.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="weights">Path and table of names.</param>
    /// <param name="network">The network.</param>
    /// <param name="classes">
    /// The classes of the network's outputs; null if they are not known yet, so that the outputs are not checked.
    /// </param>
    public static WeightMatch Of(
        WeightFileContent file,
        StartingWeights weights,
        SedNetwork network,
        IReadOnlyList<string>? classes
    )
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(network);
        var state = network.state_dict().ToDictionary(entry => SedNetwork.PartOf(entry.Key), entry => entry.Value);
        List<(string Source, string Target)> loaded = [];
        List<string> unused = [.. file.Skipped];
        List<string> notes = [.. file.Notes];
        List<Problem> problems = [];
        HashSet<string> used = new(StringComparer.Ordinal);
        var hasOtherClasses = file.Classes is { } own && classes is not null && !own.SequenceEqual(classes);
        if (hasOtherClasses)
            notes.Add("the outputs are initialised anew, because the file has other classes");
        var isCountUnused = false;
        foreach (var tensor in file.Tensors)
        {
            var target = TargetOf(tensor.Name, weights.Table);
            if (target is null || (!state.ContainsKey(target) && weights.Table.Count == 0))
            {
                if (IsStepCount(tensor.Name))
                    isCountUnused = true;
                else
                    unused.Add(tensor.Name);
            }
            else if (!state.TryGetValue(target, out var parameter))
                problems.Add(
                    Problem.Of(
                        $"the table gives {tensor.Name} the name {target}, which the network does not have",
                        Nearest(target, state.Keys)
                    )
                );
            else if (hasOtherClasses && SedNetwork.IsOutput(target))
                continue;
            else if (!used.Add(target))
                problems.Add(Problem.Of($"two tensors become {target}", "change the table"));
            else if ((classes is not null || !SedNetwork.IsOutput(target)) && Mismatch(tensor, parameter) is { } cause)
                problems.Add(
                    Problem.Of(
                        $"{tensor.Name} {cause} {target}",
                        "change the layer, or load other parts only, with `startFromWith`"
                    )
                );
            else
                loaded.Add((tensor.Name, target));
        }
        foreach (
            var line in weights.Table.Where(line => !file.Tensors.Any(tensor => line.TargetOf(tensor.Name) is not null))
        )
            problems.Add(
                Problem.Of(
                    $"no tensor of {weights.Path} has the name {line.Source}",
                    Nearest(line.Source, file.Tensors.Select(tensor => tensor.Name))
                )
            );
        if (loaded.Count == 0 && problems.Count == 0)
            problems.Add(
                Problem.Of(
                    $"no tensor of {weights.Path} has the name of a parameter of the network",
                    $"give a table with `startFromWith`; the file has {Shortened(Names(file))}; the network has {Shortened([.. state.Keys.Where(name => !IsStepCount(name))])}"
                )
            );
        if (isCountUnused && unused.Count == 0)
            unused.Add(StepCount);
        return new()
        {
            Path = weights.Path,
            Loaded = loaded,
            Missing = [.. state.Keys.Where(name => !IsStepCount(name) && !loaded.Exists(pair => pair.Target == name))],
            Unused = unused,
            Notes = notes,
            Problems = problems,
        };
    }

    /// <summary>The parameter that a tensor becomes, whether or not the network has it; null if the table omits it.</summary>
    private static string? TargetOf(string source, IReadOnlyList<WeightPattern> table)
    {
        if (table.Count == 0)
            return SedNetwork.PartOf(source);
        var target = table.Select(line => line.TargetOf(source)).FirstOrDefault(target => target is not null);
        return target is null ? null : SedNetwork.PartOf(target);
    }

    private static string? Mismatch(WeightTensor tensor, Tensor parameter)
    {
        var values = tensor.Values;
        if (!values.Shape.SequenceEqual(parameter.shape))
            return $"has the shape ({string.Join(", ", values.Shape)}), not the shape ({string.Join(", ", parameter.shape)}) of";
        if (values.Type == NumpyArray.Float32 != (parameter.dtype == ScalarType.Float32))
            return $"has values of another type than";
        return values.Type == NumpyArray.Float32 && !FiniteValues.Are(values.Floats)
            ? "has values that are not finite, and would become"
            : null;
    }

    private static bool IsStepCount(string name) =>
        name == StepCount || name.EndsWith("." + StepCount, StringComparison.Ordinal);

    private static string[] Names(WeightFileContent file) => [.. file.Tensors.Select(tensor => tensor.Name)];

    private static string Nearest(string name, IEnumerable<string> known) =>
        Spelling.Nearest(name, known) is { } near ? $"the nearest name is {near}" : "change the table";

    private static string Listed(string heading, IReadOnlyList<string> names) =>
        names.Count == 0 ? "" : heading + Shortened(names);

    /// <summary>Up to <see cref="MostNames"/> names, and how many more there are.</summary>
    private static string Shortened(IReadOnlyList<string> names)
    {
        var shown = names.Count <= MostNames ? names : [.. names.Take(MostNames - 1)];
        return string.Join(", ", shown) + (shown.Count < names.Count ? $" and {names.Count - shown.Count} more" : "");
    }
}
