using Sed.Core.Runtime;

namespace Sed.Core.Networks;

/// <summary>
/// A network's parameters and buffers as named arrays, with PyTorch's names, shapes and layout, so that weights travel
/// both ways: <c>numpy.load("network.npz")</c> in Python, and back.
/// </summary>
public static class NetworkWeights
{
    /// <summary>Copies every parameter and buffer.</summary>
    public static Dictionary<string, NumpyArray> Of(SedNetwork network) =>
        network.state_dict().ToDictionary(entry => entry.Key, entry => NumpyArray.Of(entry.Value));

    /// <summary>Writes an .npz file.</summary>
    public static void Write(SedNetwork network, string path) => NumpyArchive.Write(path, Of(network));

    /// <summary>Reads an .npz file into a network of the same description.</summary>
    /// <exception cref="InvalidDataException">Arrays are missing, superfluous or of another shape; all are named.</exception>
    public static void Read(SedNetwork network, string path) => Load(network, NumpyArchive.Read(path), path);

    /// <summary>Copies arrays into a network.</summary>
    /// <param name="source">What the arrays come from, for the message.</param>
    /// <exception cref="InvalidDataException">Arrays are missing, superfluous or of another shape; all are named.</exception>
    public static void Load(SedNetwork network, IReadOnlyDictionary<string, NumpyArray> arrays, string source)
    {
        var state = network.state_dict();
        List<string> problems =
        [
            .. state.Keys.Where(name => !arrays.ContainsKey(name)).Select(name => $"{name} is missing"),
            .. arrays.Keys.Where(name => !state.ContainsKey(name)).Select(name => $"the network has no {name}"),
        ];
        foreach (var (name, tensor) in state)
            if (arrays.TryGetValue(name, out var array))
                try
                {
                    array.CopyTo(tensor);
                }
                catch (InvalidDataException different)
                {
                    problems.Add($"{name}: {different.Message}");
                }
        if (problems.Count > 0)
            throw new InvalidDataException(
                $"{source} does not belong to this network:{Environment.NewLine}  "
                    + string.Join($"{Environment.NewLine}  ", problems)
            );
    }
}
