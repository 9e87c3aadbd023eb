using System.Buffers.Binary;
using System.Text.Json;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Weights;

/// <summary>
/// Reads the safetensors format. A file consists of the length of the header in 8 bytes, the header (JSON with the type,
/// shape and byte range of each tensor), and the tensors in C order.
/// </summary>
internal static class Safetensors
{
    private const string Metadata = "__metadata__";
    private const long LongestHeader = 16 << 20;

    private static readonly Dictionary<string, ElementType> types = new()
    {
        ["F64"] = ElementType.Float64,
        ["F32"] = ElementType.Float32,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Bool,
    };

    /// <summary>Whether a file with this beginning can be a safetensors file.</summary>
    /// <param name="start">The first bytes of the file.</param>
    public static bool Matches(ReadOnlySpan<byte> start) =>
        start.Length > sizeof(long)
        && start[sizeof(long)] == '{'
        && BinaryPrimitives.ReadInt64LittleEndian(start) is > 1 and <= LongestHeader;

    /// <summary>Reads all tensors.</summary>
    /// <param name="file">The whole file, positioned at its beginning.</param>
    /// <param name="budget">Limits the total size of the tensors.</param>
    public static WeightFileContent Read(Stream file, WeightBudget budget)
    {
        var length = BinaryPrimitives.ReadInt64LittleEndian(Bytes(file, sizeof(long)));
        if (length < 0 || length > file.Length - sizeof(long))
            throw new InvalidDataException("its header is truncated");
        using var header = JsonDocument.Parse(Bytes(file, length));
        var start = sizeof(long) + length;
        List<WeightTensor> tensors = [];
        List<string> skipped = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (!names.Add(entry.Name))
                throw new InvalidDataException($"two of its tensors have the name {entry.Name}");
            if (entry.Name == Metadata)
                continue;
            if (!types.TryGetValue(entry.Value.GetProperty("dtype").GetString() ?? "", out var type))
                skipped.Add(entry.Name);
            else
                tensors.Add(new(entry.Name, Tensor(entry, type)));
        }
        return tensors.Count > 0
            ? new WeightFileContent("safetensors", tensors) { Skipped = skipped }
            : throw new InvalidDataException("it contains no tensors of a known type");

        NumpyArray Tensor(JsonProperty entry, ElementType type)
        {
            long[] shape = [.. entry.Value.GetProperty("shape").EnumerateArray().Select(item => item.GetInt64())];
            long[] range =
            [
                .. entry.Value.GetProperty("data_offsets").EnumerateArray().Select(item => item.GetInt64()),
            ];
            var bytes = Elements.Count(shape) * type.Size();
            if (range is not [>= 0, var end] || end - range[0] != bytes || end > file.Length - start)
                throw new InvalidDataException(
                    $"the byte range of its tensor {entry.Name} does not fit the tensor's shape or the file"
                );
            file.Position = start + range[0];
            return Elements.Copy(type, Bytes(file, bytes), 0, shape, Elements.ContiguousStrides(shape), budget);
        }
    }

    private static byte[] Bytes(Stream file, long length)
    {
        var bytes = new byte[length];
        file.ReadExactly(bytes);
        return bytes;
    }
}
