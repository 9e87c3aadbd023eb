using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Serialization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Networks.Weights;

/// <summary>
/// The weights that the training of a network starts from: a file, and a table that maps names in the file to names in the
/// network. The file is identified by its content, not by its path.
/// </summary>
public sealed record StartingWeights
{
    private static readonly ConcurrentDictionary<(string Path, long Bytes, DateTime Changed), string> hashes = new();

    /// <param name="path">Path of a file that <see cref="WeightFile"/> reads.</param>
    /// <param name="table">
    /// Lines that map names in the file to names in the network. For each tensor, the first matching line applies.
    /// Tensors without a matching line are not loaded. Null or empty: each tensor is loaded into the parameter of the
    /// same name.
    /// </param>
    public StartingWeights(string path, IEnumerable<WeightPattern>? table = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        Path = path;
        Table = new ValueList<WeightPattern>(table ?? []);
    }

    /// <summary>Path of the file.</summary>
    [JsonIgnore]
    public string Path { get; }

    /// <summary>Lines that map names in the file to names in the network. Empty: the names are equal.</summary>
    [Key("table")]
    public IReadOnlyList<WeightPattern> Table { get; }

    /// <summary>
    /// SHA-256 of the file's content, 64 lower-case hexadecimal digits; "none" if the file cannot be read.
    /// </summary>
    [Key("sha256")]
    public string Sha256
    {
        get
        {
            try
            {
                FileInfo file = new(Path);
                return hashes.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), HashOf);
            }
            catch (Exception problem)
                when (problem
                        is IOException
                            or UnauthorizedAccessException
                            or ArgumentException
                            or NotSupportedException
                )
            {
                return "none";
            }
        }
    }

    /// <summary>A short human-readable description, for plans.</summary>
    public string Summary =>
        $"starts from {Path}"
        + (Table.Count == 0 ? "" : $" with a table of {Table.Count} {(Table.Count == 1 ? "name" : "names")}");

    /// <summary>
    /// Returns all problems that prevent loading the weights into a network; empty if there are none.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="classes">
    /// The classes of the network's outputs; null if they are not known yet. The outputs are then not checked.
    /// </param>
    /// <param name="report">
    /// Receives a description of the tensors that will be loaded. Not called if there are problems.
    /// </param>
    public IReadOnlyList<Problem> Problems(
        NetworkDescription network,
        IReadOnlyList<string>? classes,
        Action<WeightMatch>? report = null
    )
    {
        ArgumentNullException.ThrowIfNull(network);
        List<Problem> problems = [];
        if (string.IsNullOrWhiteSpace(Path))
            problems.Add(
                Problem.Of("the path of the weights file is empty", "give a path, for example `startFrom \"w.pth\"`")
            );
        problems.AddRange(Table.SelectMany(line => line.Problems()));
        if (problems.Count > 0)
            return problems;
        try
        {
            var content = WeightFile.Read(Path);
            Torch.Initialize();
            using SedNetwork built = new(network);
            var match = WeightMatch.Of(content, this, built, classes);
            problems.AddRange(match.Problems);
            if (problems.Count == 0)
                report?.Invoke(match);
        }
        catch (WeightFileException unusable)
        {
            problems.Add(Problem.Of($"{Path} cannot be used: {unusable.Cause}"));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            problems.Add(Problem.Of($"{Path} cannot be read: {unreadable.Message.TrimEnd('.')}"));
        }
        // The code of a custom layer can throw any exception.
        catch (Exception failed) when (network.Layers.Any(layer => layer is Layers.Layer.Custom))
        {
            problems.Add(Problem.Of($"the network cannot be built: {failed.Message.TrimEnd('.')}"));
        }
        return problems;
    }

    /// <summary>Copies the weights into a network.</summary>
    /// <param name="network">The network. Parameters that the file does not have keep their values.</param>
    /// <param name="classes">The classes of the network's outputs.</param>
    /// <returns>The assignment of the file's tensors to the network's parameters.</returns>
    /// <exception cref="WeightFileException">
    /// The file cannot be used, or does not fit the network; the message lists all problems.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public WeightMatch Load(SedNetwork network, IReadOnlyList<string> classes)
    {
        ArgumentNullException.ThrowIfNull(network);
        var content = WeightFile.Read(Path);
        var match = WeightMatch.Of(content, this, network, classes);
        if (match.Problems.Count > 0)
            throw new WeightFileException(
                Path,
                "it does not fit the network: " + string.Join("; ", match.Problems.Select(problem => problem.Cause))
            );
        var values = content.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Values);
        var parameters = network.Parameters().ToDictionary(entry => entry.Name, entry => entry.Values);
        foreach (var (source, target) in match.Loaded)
            values[source].CopyTo(parameters[target]);
        return match;
    }

    private static string HashOf((string Path, long Bytes, DateTime Changed) file)
    {
        using FileStream content = new(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
