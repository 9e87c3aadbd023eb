using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Sed.Core.Networks.Weights;

/// <summary>
/// Reads the file format that PyTorch wrote before version 1.6. A file begins with five pickles: a magic number, the
/// format version, the machine's byte order and type sizes, the saved value, and the keys of its storages. For each
/// storage, the number of its elements and the elements follow.
/// </summary>
internal static class TorchPickle
{
    private const long Version = 1001;
    private static readonly BigInteger magic = BigInteger.Parse(
        "1950a86a20f9469cfc6c",
        NumberStyles.HexNumber,
        CultureInfo.InvariantCulture
    );

    /// <summary>
    /// The first bytes of a file of this format: the start of a pickled 10-byte integer (the magic number).
    /// </summary>
    public static ReadOnlySpan<byte> Start => [0x80, 0x02, 0x8a, 0x0a];

    /// <summary>Reads the state dict.</summary>
    /// <param name="file">The whole file, positioned at its beginning.</param>
    /// <param name="budget">Limits the total size of the tensors.</param>
    public static WeightFileContent Read(Stream file, WeightBudget budget)
    {
        if (Pickle.Read(file) is not BigInteger number || number != magic)
            throw new InvalidDataException("it does not begin with PyTorch's magic number");
        if (Pickle.Read(file) is not Version)
            throw new InvalidDataException($"its format version is not {Version}");
        if (Pickle.Read(file) is not PickleDictionary machine || machine["little_endian"] is not true)
            throw new InvalidDataException("it was written by a processor with another byte order");
        Dictionary<string, TorchStorage> known = new(StringComparer.Ordinal);
        var root = Pickle.Read(file, identifier => Register(known, identifier));
        var found = StateDictionary.Find(root, budget);
        var keys = Pickle.Read(file) as PickleList ?? throw new InvalidDataException("it has no list of storages");
        var bytes = Storages(file, keys, known);
        return found.Content(
            "PyTorch before version 1.6",
            storage =>
                bytes.GetValueOrDefault(storage.Key)
                ?? throw new InvalidDataException($"its storage {storage.Key} is missing"),
            budget
        );
    }

    private static TorchStorage Register(Dictionary<string, TorchStorage> known, object? identifier)
    {
        var storage = TorchGlobals.Storage(identifier);
        if (((PickleTuple)identifier!).Items.ElementAtOrDefault(5) is not null)
            throw new InvalidDataException("it contains views of storages, as PyTorch wrote before version 0.4");
        if (known.TryAdd(storage.Key, storage) || known[storage.Key] == storage)
            return storage;
        throw new InvalidDataException($"it gives two different types or lengths for its storage {storage.Key}");
    }

    private static Dictionary<string, byte[]> Storages(
        Stream file,
        PickleList keys,
        Dictionary<string, TorchStorage> known
    )
    {
        Dictionary<string, byte[]> all = new(StringComparer.Ordinal);
        Span<byte> length = stackalloc byte[sizeof(long)];
        foreach (var item in keys.Items)
        {
            if (item is not string key || !known.TryGetValue(key, out var storage) || all.ContainsKey(key))
                throw new InvalidDataException("its list of storages does not match its tensors");
            if (file.ReadAtLeast(length, length.Length, throwOnEndOfStream: false) < length.Length)
                throw new InvalidDataException($"it ends before its storage {key}");
            if (BinaryPrimitives.ReadInt64LittleEndian(length) != storage.Count)
                throw new InvalidDataException($"the length of its storage {key} does not match its tensors");
            if (storage.Bytes > file.Length - file.Position)
                throw new InvalidDataException($"it ends within its storage {key}");
            var bytes = new byte[storage.Bytes];
            file.ReadExactly(bytes);
            all[key] = bytes;
        }
        return all;
    }
}
