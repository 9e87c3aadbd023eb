using Sed.Core.Runtime;

namespace Sed.Core.Networks.Weights;

/// <summary>Assignment of the tensors of a file to the parameters and buffers of a network.</summary>
public sealed record WeightMatch
{
    // Batch normalisation stores the number of its training steps. This number has no effect on the output and is not
    // listed.
    private const string StepCount = "num_batches_tracked";
    private const int MostNames = 6;

    /// <summary>Path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>The tensors of the file that are loaded (Source), each with its parameter of the network (Target).</summary>
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
    /// The match in one line, for example "Starts from w.pth: 23 of 25 parameters loaded, missing strong.weight,
    /// strong.bias, unused fc.weight". Parameters include the statistics of batch normalisation.
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

    /// <summary>
    /// Formats the whole match: the notes, then one line for each loaded, missing and unused name. The step counts of
    /// batch normalisation are left out.
    /// </summary>
    public string ToText()
    {
        string[] loaded =
        [
            .. Loaded.Where(pair => !IsStepCount(pair.Target)).Select(pair => $"{pair.Source} -> {pair.Target}"),
        ];
        string[] lines =
        [
            $"Starts from {Path}",
            .. Notes,
            .. List("Loaded (name in the file -> parameter)", loaded),
            .. List("Missing in the file", Missing),
            .. List("Unused", Unused),
        ];
        return string.Concat(lines.Select(line => OneLine.Of(line) + "\n"));

        static IEnumerable<string> List(string heading, IReadOnlyList<string> names) =>
            ["", $"{heading}: {names.Count}", .. names];
    }

    /// <summary>Compares the tensors of a file with a network.</summary>
    /// <param name="file">The content of the file.</param>
    /// <param name="weights">Path of the file, and the table that maps names of tensors to names of parameters.</param>
    /// <param name="network">The network.</param>
    /// <param name="classes">
    /// The classes of the network's outputs. Null if they are not known yet: the outputs are then not checked.
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
        WeightMatching matching = new(file, weights, network, classes);
        return matching.Match();
    }

    internal static bool IsStepCount(string name) =>
        name == StepCount || name.EndsWith("." + StepCount, StringComparison.Ordinal);

    /// <summary>
    /// Joins the names. If there are more than <see cref="MostNames"/>, the last ones are replaced by their number.
    /// </summary>
    internal static string Shortened(IReadOnlyList<string> names)
    {
        var shown = names.Count <= MostNames ? names : [.. names.Take(MostNames - 1)];
        return string.Join(", ", shown) + (shown.Count < names.Count ? $" and {names.Count - shown.Count} more" : "");
    }

    private static string Listed(string heading, IReadOnlyList<string> names) =>
        names.Count == 0 ? "" : heading + Shortened(names);
}
