namespace Sed.Core.Networks.Weights;

/// <summary>
/// The global names (classes, functions and data types) that a pickle of PyTorch may contain, and the values that are
/// created when a pickle calls them. Every other name is refused.
/// </summary>
internal static class TorchGlobals
{
    private const string OrderedDictionary = "collections.OrderedDict";
    private const string Tensor = "torch._utils._rebuild_tensor";
    private const string TensorV2 = "torch._utils._rebuild_tensor_v2";
    private const string TensorV3 = "torch._utils._rebuild_tensor_v3";
    private const string Parameter = "torch._utils._rebuild_parameter";
    private const string Size = "torch.Size";
    private const int LongestName = 80;

    private static readonly Dictionary<string, ElementType> storages = new()
    {
        ["torch.DoubleStorage"] = ElementType.Float64,
        ["torch.FloatStorage"] = ElementType.Float32,
        ["torch.HalfStorage"] = ElementType.Float16,
        ["torch.BFloat16Storage"] = ElementType.BFloat16,
        ["torch.LongStorage"] = ElementType.Int64,
        ["torch.IntStorage"] = ElementType.Int32,
        ["torch.ShortStorage"] = ElementType.Int16,
        ["torch.CharStorage"] = ElementType.Int8,
        ["torch.ByteStorage"] = ElementType.UInt8,
        ["torch.BoolStorage"] = ElementType.Bool,
        ["torch.storage.UntypedStorage"] = ElementType.UInt8,
    };

    private static readonly Dictionary<string, ElementType> types = new()
    {
        ["torch.float64"] = ElementType.Float64,
        ["torch.float32"] = ElementType.Float32,
        ["torch.float16"] = ElementType.Float16,
        ["torch.bfloat16"] = ElementType.BFloat16,
        ["torch.int64"] = ElementType.Int64,
        ["torch.int32"] = ElementType.Int32,
        ["torch.int16"] = ElementType.Int16,
        ["torch.int8"] = ElementType.Int8,
        ["torch.uint8"] = ElementType.UInt8,
        ["torch.bool"] = ElementType.Bool,
    };

    private static readonly HashSet<string> allowed =
    [
        OrderedDictionary,
        Tensor,
        TensorV2,
        TensorV3,
        Parameter,
        Size,
        .. storages.Keys,
        .. types.Keys,
    ];

    /// <summary>Returns the global with the given name in a Python module.</summary>
    /// <exception cref="InvalidDataException">The name is not allowed.</exception>
    public static PickleGlobal Find(string module, string name)
    {
        // CUDA tensors of old files have storages of the module torch.cuda.
        var full = $"{(module == "torch.cuda" ? "torch" : module)}.{name}";
        if (allowed.Contains(full))
            return new PickleGlobal(full);
        var shown = full.Length > LongestName ? full[..LongestName] + "..." : full;
        throw new InvalidDataException(
            $"it contains Python's {shown}, which is neither a tensor nor a plain container and was not executed; save "
                + "only the weights, for example with torch.save(model.state_dict(), \"weights.pth\")"
        );
    }

    /// <summary>Computes the value of a call in a pickle.</summary>
    public static object Call(PickleGlobal global, object?[] arguments) =>
        global.Name switch
        {
            OrderedDictionary => Dictionary(arguments),
            Parameter => arguments.FirstOrDefault() as TorchTensor ?? throw Wrong(global),
            Size => arguments is [PickleTuple sizes] ? sizes : throw Wrong(global),
            Tensor or TensorV2 or TensorV3 => arguments
                is [TorchStorage storage, long offset, PickleTuple shape, PickleTuple strides, ..]
                ? new TorchTensor(storage, TypeOf(global, storage, arguments), offset, Lengths(shape), Lengths(strides))
                : throw Wrong(global),
            _ => throw Wrong(global),
        };

    /// <summary>
    /// Returns the storage that a persistent identifier denotes. The identifier is the tuple ("storage", type, key,
    /// location, number of elements).
    /// </summary>
    /// <exception cref="InvalidDataException">The identifier does not denote a storage.</exception>
    public static TorchStorage Storage(object? identifier) =>
        identifier is PickleTuple { Items: ["storage", PickleGlobal type, string key, string, long count, ..] }
        && storages.TryGetValue(type.Name, out var element)
        && count >= 0
            ? new TorchStorage(element, key, count)
            : throw new InvalidDataException("its pickle refers to data that are not the storage of a tensor");

    private static ElementType TypeOf(PickleGlobal global, TorchStorage storage, object?[] arguments)
    {
        if (global.Name != TensorV3)
            return storage.Type;
        return arguments.ElementAtOrDefault(6) is PickleGlobal name && types.TryGetValue(name.Name, out var type)
            ? type
            : throw Wrong(global);
    }

    private static PickleDictionary Dictionary(object?[] arguments)
    {
        PickleDictionary dictionary = new();
        if (arguments is [PickleList pairs])
            foreach (var pair in pairs.Items)
                dictionary.AddPairs(
                    pair switch
                    {
                        PickleTuple tuple => tuple.Items,
                        PickleList list => list.Items,
                        _ => throw new InvalidDataException("a dictionary of its pickle has an entry without a key"),
                    }
                );
        else if (arguments.Length > 0)
            throw Wrong(new PickleGlobal(OrderedDictionary));
        return dictionary;
    }

    private static long[] Lengths(PickleTuple tuple) =>
        [
            .. tuple.Items.Select(item =>
                item as long? ?? throw new InvalidDataException("a tensor has a length that is not a number")
            ),
        ];

    private static InvalidDataException Wrong(PickleGlobal global) =>
        new($"its pickle calls {global.Name} with arguments that PyTorch does not write");
}
