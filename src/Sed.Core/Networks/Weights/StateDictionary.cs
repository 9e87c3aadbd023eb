namespace Sed.Core.Networks.Weights;

/// <summary>
/// Finds the state dict in a pickled value. Checkpoints often contain the state dict under a name such as "state_dict"
/// or "model", beside the state of an optimizer.
/// </summary>
internal static class StateDictionary
{
    private const int DeepestNesting = 32;
    private const int MostValues = 1_000_000;

    // In the order of preference.
    private static readonly string[] known =
    [
        "state_dict",
        "model_state_dict",
        "model_state",
        "model",
        "net",
        "network",
        "weights",
        "params",
        "parameters",
    ];

    // Wrappers of PyTorch: DataParallel and torch.compile.
    private static readonly string[] wrappers = ["module.", "_orig_mod."];

    /// <summary>
    /// Returns the tensors of a pickled value. The name of a tensor in nested dictionaries consists of all keys, joined
    /// by dots.
    /// </summary>
    /// <param name="root">A value of <see cref="Pickle"/>.</param>
    /// <param name="budget">Limits the total size of the names.</param>
    /// <exception cref="InvalidDataException">
    /// The value contains no named tensors, contains itself, has two tensors of the same name, or has names that are much
    /// longer than the file.
    /// </exception>
    public static Found Find(object? root, WeightBudget budget)
    {
        Found found = new([], [], []);
        for (var depth = 0; depth < DeepestNesting && Inner(root) is { } inner; depth++)
        {
            found.Notes.Add($"the weights are taken from '{inner}'");
            foreach (var (key, _) in ((PickleDictionary)root!).Entries)
                if (!Equals(key, inner))
                    found.Skipped.Add(Text(key));
            root = ((PickleDictionary)root)[inner];
        }
        if (root is TorchTensor)
            throw new InvalidDataException("it contains a single tensor without a name");
        var values = 0;
        Flatten(root, "", "", 0);
        if (found.Tensors.Count == 0)
            throw new InvalidDataException("it contains no tensors");
        if (found.Tensors.CountBy(entry => entry.Name).FirstOrDefault(name => name.Value > 1) is { Value: > 1 } twice)
            throw new InvalidDataException($"two of its tensors have the name {twice.Key}");
        Unwrap(found);
        return found;

        void Flatten(object? value, string prefix, string key, int depth)
        {
            // The length is counted before the name is built: the names of all values of a dictionary repeat its own
            // name, so a small file could require very much memory.
            budget.Take(sizeof(char) * ((long)prefix.Length + key.Length));
            var name = prefix + key;
            if (++values > MostValues)
                throw new InvalidDataException($"its pickle has more than {MostValues} values");
            if (depth > DeepestNesting)
                throw new InvalidDataException("its pickle contains itself, or is nested too deeply");
            var inside = name == "" ? "" : name + ".";
            switch (value)
            {
                case TorchTensor tensor:
                    found.Tensors.Add((name, tensor));
                    break;
                case PickleDictionary dictionary:
                    foreach (var (own, inner) in dictionary.Entries)
                        Flatten(inner, inside, Text(own), depth + 1);
                    break;
                case PickleList { Items: var items }:
                    FlattenAll(items, inside, depth);
                    break;
                case PickleTuple { Items: var items }:
                    FlattenAll(items, inside, depth);
                    break;
                default:
                    found.Skipped.Add(name);
                    break;
            }
        }

        void FlattenAll(IReadOnlyList<object?> items, string prefix, int depth)
        {
            for (var at = 0; at < items.Count; at++)
                Flatten(items[at], prefix, Text((long)at), depth + 1);
        }
    }

    /// <summary>
    /// Returns the key of the state dict in a checkpoint; null if the value is the state dict itself.
    /// </summary>
    private static string? Inner(object? value) =>
        value is PickleDictionary dictionary && dictionary.Entries.All(entry => entry.Value is not TorchTensor)
            ? known.FirstOrDefault(key => dictionary[key] is PickleDictionary inner && inner.Entries.Any())
            : null;

    private static void Unwrap(Found found)
    {
        // A model can be wrapped several times, in any order.
        while (Array.Find(wrappers, IsOnAll) is { } wrapper)
        {
            found.Notes.Add($"'{wrapper}' is removed from the names");
            for (var at = 0; at < found.Tensors.Count; at++)
                found.Tensors[at] = (found.Tensors[at].Name[wrapper.Length..], found.Tensors[at].Tensor);
        }

        bool IsOnAll(string wrapper) =>
            found.Tensors.Count > 0
            && found.Tensors.TrueForAll(entry =>
                entry.Name.Length > wrapper.Length && entry.Name.StartsWith(wrapper, StringComparison.Ordinal)
            );
    }

    private static string Text(object key) => FormattableString.Invariant($"{key}");

    /// <summary>The tensors of a state dict.</summary>
    /// <param name="Tensors">The tensors with their names, in the order of the file.</param>
    /// <param name="Skipped">Names of values that are not tensors of the state dict.</param>
    /// <param name="Notes">
    /// Message fragments: the keys under which the state dict was found, and the prefixes that were removed from its
    /// names.
    /// </param>
    public sealed record Found(
        List<(string Name, TorchTensor Tensor)> Tensors,
        List<string> Skipped,
        List<string> Notes
    )
    {
        /// <summary>Reads the values of the tensors and returns them as the content of the file.</summary>
        /// <param name="format">Name of the format.</param>
        /// <param name="bytes">Gives the bytes of a storage.</param>
        /// <param name="budget">Limits the total size of the tensors.</param>
        public WeightFileContent Content(string format, Func<TorchStorage, byte[]> bytes, WeightBudget budget)
        {
            List<WeightTensor> tensors = [];
            foreach (var (name, tensor) in Tensors)
                try
                {
                    var values = Elements.Copy(
                        tensor.Type,
                        bytes(tensor.Storage),
                        tensor.Offset,
                        tensor.Shape,
                        tensor.Strides,
                        budget
                    );
                    tensors.Add(new(name, values));
                }
                catch (InvalidDataException damaged)
                {
                    throw new InvalidDataException($"{name}: {damaged.Message}", damaged);
                }
            return new(format, tensors) { Skipped = Skipped, Notes = Notes };
        }
    }
}
