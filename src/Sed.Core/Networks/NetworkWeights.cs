using Sed.Core.Runtime;

namespace Sed.Core.Networks;

/// <summary>
/// Reads and writes a network's parameters and buffers as NumPy arrays with PyTorch's names, shapes and layout. Python
/// reads the files with <c>numpy.load("network.npz")</c>.
/// </summary>
public static class NetworkWeights
{
    /// <summary>Copies every parameter and buffer of a network.</summary>
    public static Dictionary<string, NumpyArray> Of(SedNetwork network) =>
        network.state_dict().ToDictionary(entry => entry.Key, entry => NumpyArray.Of(entry.Value));

    /// <summary>Writes a network's parameters and buffers to an .npz file.</summary>
    public static void Write(SedNetwork network, string path) => NumpyArchive.Write(path, Of(network));

    /// <summary>
    /// Reads the parameters and buffers of an .npz file into a network. The file must come from a network with the same
    /// description.
    /// </summary>
    /// <exception cref="InvalidDataException">
    /// Arrays are missing, unexpected or of the wrong shape; the message lists all of them.
    /// </exception>
    public static void Read(SedNetwork network, string path) => Load(network, NumpyArchive.Read(path), path);

    /// <summary>Copies arrays into a network.</summary>
    /// <param name="network">Network whose parameters and buffers are overwritten.</param>
    /// <param name="arrays">One array for each parameter and buffer, by name.</param>
    /// <param name="source">Name of the arrays' source, for error messages.</param>
    /// <exception cref="InvalidDataException">
    /// Arrays are missing, unexpected or of the wrong shape; the message lists all of them.
    /// </exception>
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
                catch (InvalidDataException mismatch)
                {
                    problems.Add($"{name}: {mismatch.Message}");
                }
        if (problems.Count > 0)
            throw new InvalidDataException(
                $"{source} does not fit this network:{Environment.NewLine}  "
                    + string.Join($"{Environment.NewLine}  ", problems)
            );
    }
}
