using System.Numerics;
using System.Runtime.InteropServices;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Weights;

/// <summary>Type of the elements of a stored tensor. All are little-endian.</summary>
internal enum ElementType
{
    Float64,
    Float32,
    Float16,
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt8,
    Bool,
}

/// <summary>
/// Reads strided tensors from bytes. Floating-point types become float32; integers and booleans become int64.
/// </summary>
internal static class Elements
{
    private const int MostDimensions = 64;

    /// <summary>Bytes per element.</summary>
    public static int Size(this ElementType type) =>
        type switch
        {
            ElementType.Float64 or ElementType.Int64 => 8,
            ElementType.Float32 or ElementType.Int32 => 4,
            ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 => 2,
            _ => 1,
        };

    /// <summary>Number of elements of a tensor.</summary>
    /// <exception cref="InvalidDataException">
    /// A length is negative, or there are too many dimensions or elements.
    /// </exception>
    public static long Count(IReadOnlyList<long> shape)
    {
        if (shape.Count > MostDimensions)
            throw new InvalidDataException($"a tensor has {shape.Count} dimensions, more than {MostDimensions}");
        if (shape.Any(length => length < 0))
            throw new InvalidDataException("a tensor has a dimension of negative length");
        var count = shape.Aggregate(BigInteger.One, (product, length) => product * length);
        return count <= Array.MaxLength
            ? (long)count
            : throw new InvalidDataException($"a tensor has {count} elements, more than can be read");
    }

    /// <summary>Strides of a tensor in C order.</summary>
    public static long[] ContiguousStrides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        for (var (at, stride) = (shape.Count - 1, 1L); at >= 0; stride *= Math.Max(1, shape[at]), at--)
            strides[at] = stride;
        return strides;
    }

    /// <summary>Copies a tensor in C order.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="storage">Bytes that contain the elements.</param>
    /// <param name="offset">Index of the first element.</param>
    /// <param name="shape">Length of each dimension.</param>
    /// <param name="strides">Distance between neighbouring elements along each dimension, in elements, 0 or more.</param>
    /// <param name="budget">Limits the total size of the copies.</param>
    /// <exception cref="InvalidDataException">The tensor extends beyond its storage or the budget.</exception>
    public static NumpyArray Copy(
        ElementType type,
        ReadOnlySpan<byte> storage,
        long offset,
        IReadOnlyList<long> shape,
        IReadOnlyList<long> strides,
        WeightBudget budget
    )
    {
        var available = storage.Length / type.Size();
        var count = Count(shape);
        if (strides.Count != shape.Count)
            throw new InvalidDataException($"a tensor has {shape.Count} dimensions, but {strides.Count} strides");
        if (offset < 0 || strides.Any(stride => stride < 0))
            throw new InvalidDataException("a tensor has a negative offset or stride");
        var last = shape
            .Zip(strides)
            .Aggregate(
                (BigInteger)offset,
                (at, dimension) => at + (BigInteger)(dimension.First - 1) * dimension.Second
            );
        if (count > available || (count > 0 && last >= available))
            throw new InvalidDataException(
                $"a tensor of shape ({string.Join(", ", shape)}) extends beyond its storage of {available} elements"
            );
        var isFloat = type <= ElementType.BFloat16;
        budget.Take(count * (isFloat ? sizeof(float) : sizeof(long)));
        return isFloat
            ? new NumpyArray(
                NumpyArray.Float32,
                [.. shape],
                Bytes(Gather(storage, offset, shape, strides, count, Float(type)))
            )
            : new NumpyArray(
                NumpyArray.Int64,
                [.. shape],
                Bytes(Gather(storage, offset, shape, strides, count, Integer(type)))
            );
    }

    private delegate T Reader<T>(ReadOnlySpan<byte> storage, int index);

    private static T[] Gather<T>(
        ReadOnlySpan<byte> storage,
        long offset,
        IReadOnlyList<long> shape,
        IReadOnlyList<long> strides,
        long count,
        Reader<T> read
    )
    {
        var values = new T[count];
        var index = new long[shape.Count];
        var at = offset;
        for (var i = 0L; i < count; i++)
        {
            values[i] = read(storage, (int)at);
            for (var dimension = shape.Count - 1; dimension >= 0; dimension--)
            {
                at += strides[dimension];
                if (++index[dimension] < shape[dimension])
                    break;
                at -= strides[dimension] * shape[dimension];
                index[dimension] = 0;
            }
        }
        return values;
    }

    private static byte[] Bytes<T>(T[] values)
        where T : struct => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static Reader<float> Float(ElementType type) =>
        type switch
        {
            ElementType.Float64 => (storage, at) => (float)Of<double>(storage, at),
            ElementType.Float32 => Of<float>,
            ElementType.Float16 => (storage, at) => (float)Of<Half>(storage, at),
            _ => (storage, at) => BitConverter.Int32BitsToSingle(Of<short>(storage, at) << 16),
        };

    private static Reader<long> Integer(ElementType type) =>
        type switch
        {
            ElementType.Int64 => Of<long>,
            ElementType.Int32 => (storage, at) => Of<int>(storage, at),
            ElementType.Int16 => (storage, at) => Of<short>(storage, at),
            ElementType.Int8 => (storage, at) => (sbyte)storage[at],
            _ => (storage, at) => storage[at],
        };

    private static T Of<T>(ReadOnlySpan<byte> storage, int at)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(storage)[at];
}

/// <summary>
/// Limits the memory of a file's tensors and of their names to a multiple of the file's length. Tensors can be larger
/// than their file because half precision becomes single precision and several tensors can share one storage.
/// </summary>
/// <param name="fileBytes">Length of the file.</param>
internal sealed class WeightBudget(long fileBytes)
{
    private const int Factor = 16;
    private const long Minimum = 1 << 16;

    private long left = Factor * Math.Min(fileBytes, long.MaxValue / (2 * Factor)) + Minimum;

    /// <summary>Counts the memory of a tensor or of a name.</summary>
    /// <exception cref="InvalidDataException">The limit is exceeded.</exception>
    public void Take(long bytes)
    {
        left -= bytes;
        if (left < 0)
            throw new InvalidDataException(
                $"its tensors and their names have more than {Factor} times as many bytes as the file"
            );
    }
}
