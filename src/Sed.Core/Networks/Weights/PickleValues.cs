namespace Sed.Core.Networks.Weights;

/// <summary>A list of a pickle.</summary>
internal sealed class PickleList(List<object?> items)
{
    public List<object?> Items { get; } = items;
}

/// <summary>A tuple of a pickle.</summary>
internal sealed class PickleTuple(object?[] items)
{
    public object?[] Items { get; } = items;
}

/// <summary>A dict or OrderedDict of a pickle, in the order of insertion.</summary>
internal sealed class PickleDictionary
{
    // Null if empty, because one byte of a pickle can create a dictionary.
    private OrderedDictionary<object, object?>? entries;

    public IEnumerable<KeyValuePair<object, object?>> Entries => entries ?? [];

    /// <summary>The value of a text key; null if the dictionary does not contain the key.</summary>
    public object? this[string key] => entries?.GetValueOrDefault(key);

    /// <summary>Adds keys, each followed by its value.</summary>
    /// <exception cref="InvalidDataException">A key is neither a text nor a number.</exception>
    public void AddPairs(IReadOnlyList<object?> pairs)
    {
        if (pairs.Count % 2 != 0)
            throw new InvalidDataException("a dictionary of its pickle has a key without a value");
        for (var at = 0; at < pairs.Count; at += 2)
            Set(pairs[at], pairs[at + 1]);
    }

    public void Set(object? key, object? value)
    {
        if (key is not (string or long or double or bool))
            throw new InvalidDataException("a dictionary of its pickle has a key that is neither text nor a number");
        entries ??= [];
        entries[key] = value;
    }
}

/// <summary>A global name in a pickle: one of the allowed classes, functions and data types.</summary>
/// <param name="Name">The full name, for example "torch.FloatStorage".</param>
internal sealed record PickleGlobal(string Name);

/// <summary>A storage of PyTorch: the memory that one or more tensors are views of.</summary>
/// <param name="Type">Type of the elements.</param>
/// <param name="Key">Name of the storage in its file.</param>
/// <param name="Count">Number of elements.</param>
internal sealed record TorchStorage(ElementType Type, string Key, long Count)
{
    public long Bytes => checked(Count * Type.Size());
}

/// <summary>A tensor of a pickle: a view of a storage. The bytes of the storage are not part of the pickle.</summary>
/// <param name="Storage">The storage.</param>
/// <param name="Type">Type of the tensor's elements.</param>
/// <param name="Offset">Index of the first element.</param>
/// <param name="Shape">Length of each dimension.</param>
/// <param name="Strides">Distance between neighbouring elements along each dimension, in elements.</param>
internal sealed record TorchTensor(
    TorchStorage Storage,
    ElementType Type,
    long Offset,
    IReadOnlyList<long> Shape,
    IReadOnlyList<long> Strides
);
