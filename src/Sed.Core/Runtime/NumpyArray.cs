using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using static TorchSharp.torch;

namespace Sed.Core.Runtime;

/// <summary>An array in NumPy's .npy format (NumPy Enhancement Proposal 1): C order, little-endian.</summary>
/// <param name="Type">NumPy type descriptor: &lt;f4, &lt;f8, &lt;i8 or |u1.</param>
/// <param name="Shape">Length of each dimension.</param>
/// <param name="Bytes">Values as little-endian bytes.</param>
public sealed partial record NumpyArray(string Type, IReadOnlyList<long> Shape, byte[] Bytes)
{
    /// <summary>Type descriptor of float32.</summary>
    public const string Float32 = "<f4";

    /// <summary>Type descriptor of float64.</summary>
    public const string Float64 = "<f8";

    /// <summary>Type descriptor of int64.</summary>
    public const string Int64 = "<i8";

    /// <summary>Type descriptor of uint8, which is also used for UTF-8 text.</summary>
    public const string UInt8 = "|u1";

    private static readonly Dictionary<string, (int Size, ScalarType Torch)> types = new()
    {
        [Float32] = (4, ScalarType.Float32),
        [Float64] = (8, ScalarType.Float64),
        [Int64] = (8, ScalarType.Int64),
        [UInt8] = (1, ScalarType.Byte),
    };

    /// <summary>Copies a tensor from any device. Its type must be float32, float64, int64 or uint8.</summary>
    /// <exception cref="ArgumentException">The tensor has a different type.</exception>
    public static NumpyArray Of(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var (name, _) = types.FirstOrDefault(type => type.Value.Torch == tensor.dtype);
        if (name is null)
            throw new ArgumentException(
                $"A tensor of type {tensor.dtype} cannot be stored; use float32, float64, int64 or uint8.",
                nameof(tensor)
            );
        var (size, _) = types[name];
        var values = tensor.detach().cpu().contiguous();
        return new NumpyArray(name, [.. tensor.shape], values.Bytes(values.numel() * size).ToArray());
    }

    /// <summary>Copies floats to a one-dimensional array.</summary>
    public static NumpyArray Of(ReadOnlySpan<float> values) =>
        new(Float32, [values.Length], MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Copies doubles to a one-dimensional array.</summary>
    public static NumpyArray Of(ReadOnlySpan<double> values) =>
        new(Float64, [values.Length], MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Copies integers to a one-dimensional array.</summary>
    public static NumpyArray Of(ReadOnlySpan<long> values) =>
        new(Int64, [values.Length], MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Creates an array of the UTF-8 bytes of a text.</summary>
    public static NumpyArray Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return new NumpyArray(UInt8, [bytes.Length], bytes);
    }

    /// <summary>The values of a float32 array.</summary>
    public ReadOnlySpan<float> Floats => MemoryMarshal.Cast<byte, float>(Bytes);

    /// <summary>The values of a float64 array.</summary>
    public ReadOnlySpan<double> Doubles => MemoryMarshal.Cast<byte, double>(Bytes);

    /// <summary>The values of an int64 array.</summary>
    public ReadOnlySpan<long> Longs => MemoryMarshal.Cast<byte, long>(Bytes);

    /// <summary>The text of an array of UTF-8 bytes.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Copies the values into a tensor of the same shape and type.</summary>
    /// <exception cref="InvalidDataException">The tensor has a different shape or type.</exception>
    public void CopyTo(Tensor tensor)
    {
        if (types[Type].Torch != tensor.dtype || !Shape.SequenceEqual(tensor.shape))
            throw new InvalidDataException(
                $"the array has type {types[Type].Torch} and shape ({string.Join(", ", Shape)}), but the tensor has "
                    + $"type {tensor.dtype} and shape ({string.Join(", ", tensor.shape)})"
            );
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var copy = empty([.. Shape], types[Type].Torch);
        Bytes.CopyTo(copy.Bytes(Bytes.Length));
        tensor.copy_(copy);
    }

    /// <summary>Writes the array as an .npy file.</summary>
    internal void Write(Stream to)
    {
        var shape = string.Join(", ", Shape.Select(length => length.ToString(CultureInfo.InvariantCulture)));
        var dictionary =
            $"{{'descr': '{Type}', 'fortran_order': False, 'shape': ({shape}{(Shape.Count == 1 ? "," : "")}), }}";
        var length = (10 + dictionary.Length + 1 + 63) / 64 * 64;
        var header = new byte[length];
        header.AsSpan().Fill((byte)' ');
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0];
        magic.CopyTo(header);
        BitConverter.TryWriteBytes(header.AsSpan(8), (ushort)(length - 10));
        Encoding.ASCII.GetBytes(dictionary, header.AsSpan(10));
        header[^1] = (byte)'\n';
        to.Write(header);
        to.Write(Bytes);
    }

    /// <summary>Reads an .npy file.</summary>
    /// <exception cref="InvalidDataException">
    /// The bytes are not an .npy file, or the type or order is not supported.
    /// </exception>
    internal static NumpyArray Read(byte[] file)
    {
        if (file.Length < 12 || file[0] != 0x93 || !file.AsSpan(1, 5).SequenceEqual("NUMPY"u8) || file[6] is < 1 or > 3)
            throw new InvalidDataException("it is not a NumPy array");
        var start = file[6] == 1 ? 10 : 12;
        var length = file[6] == 1 ? BitConverter.ToUInt16(file, 8) : BitConverter.ToInt32(file, 8);
        if (length is < 0 or > ushort.MaxValue || length > file.Length - start)
            throw new InvalidDataException("its header is truncated");
        var header = Encoding.UTF8.GetString(file, start, length);
        var found = Header().Match(header);
        if (!found.Success)
            throw new InvalidDataException($"its header is invalid: {header.Trim()}");
        var type = found.Groups["type"].Value;
        if (!types.TryGetValue(type, out var known) || found.Groups["order"].Value != "False")
            throw new InvalidDataException(
                $"its type {type} with fortran_order {found.Groups["order"].Value} is not supported; save it as one of {string.Join(", ", types.Keys)}, in C order"
            );
        BigInteger[] shape =
        [
            .. found
                .Groups["shape"]
                .Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(part => BigInteger.Parse(part, CultureInfo.InvariantCulture)),
        ];
        var bytes = file[(start + length)..];
        var whole = shape.Aggregate((BigInteger)known.Size, (product, next) => product * next);
        if (bytes.Length != whole || shape.Any(part => part > long.MaxValue))
            throw new InvalidDataException(
                $"it has {bytes.Length} bytes, which do not fit the shape ({string.Join(", ", shape)})"
            );
        return new NumpyArray(type, [.. shape.Select(part => (long)part)], bytes);
    }

    [GeneratedRegex(
        @"'descr':\s*'(?<type>[^']+)',\s*'fortran_order':\s*(?<order>\w+),\s*'shape':\s*\((?<shape>[\d,\s]*)\)"
    )]
    private static partial Regex Header();
}
