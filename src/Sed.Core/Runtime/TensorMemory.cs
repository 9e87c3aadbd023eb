using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Runtime;

/// <summary>
/// Checked access to the memory of tensors: every method verifies that the tensor is on the CPU, contiguous, and of the
/// expected type and length. All pointers and spans to tensor memory are created here. The tensor must outlive them.
/// </summary>
internal static unsafe class TensorMemory
{
    /// <summary>Returns a pointer to the first element.</summary>
    /// <typeparam name="T">Type of the elements.</typeparam>
    /// <param name="tensor">A contiguous tensor on the CPU.</param>
    /// <param name="count">Required number of elements.</param>
    /// <exception cref="ArgumentException">
    /// Device, type, layout or length differ; the message lists all differences.
    /// </exception>
    public static T* Pointer<T>(this Tensor tensor, long count)
        where T : unmanaged => (T*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Checked<T>(tensor, count)));

    /// <summary>Returns a span over all elements.</summary>
    /// <inheritdoc cref="Pointer{T}"/>
    public static Span<T> Span<T>(this Tensor tensor, long count)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Checked<T>(tensor, count));

    /// <summary>Returns a span over the bytes of a tensor of any type.</summary>
    /// <param name="tensor">A contiguous tensor on the CPU.</param>
    /// <param name="count">Required number of bytes.</param>
    /// <exception cref="ArgumentException">
    /// Device, layout or length differ; the message lists all differences.
    /// </exception>
    public static Span<byte> Bytes(this Tensor tensor, long count)
    {
        Require(tensor, tensor.dtype, tensor.numel() * tensor.ElementSize, count, "bytes");
        return tensor.bytes;
    }

    private static Span<byte> Checked<T>(Tensor tensor, long count)
    {
        Require(tensor, TypeOf<T>(), tensor.numel(), count, "elements");
        return tensor.bytes;
    }

    private static void Require(Tensor tensor, ScalarType type, long length, long count, string unit)
    {
        if (tensor.device_type == DeviceType.CPU && tensor.dtype == type && length == count && tensor.is_contiguous())
            return;
        List<string> differences = [];
        if (tensor.device_type != DeviceType.CPU)
            differences.Add($"it is on {tensor.device}, not on the CPU");
        if (tensor.dtype != type)
            differences.Add($"its type is {tensor.dtype}, not {type}");
        if (length != count)
            differences.Add($"it has {length} {unit}, not {count}");
        if (!tensor.is_contiguous())
            differences.Add("it is not contiguous");
        throw new ArgumentException(
            $"The memory of the tensor of shape ({string.Join(", ", tensor.shape)}) cannot be accessed: {string.Join("; ", differences)}.",
            nameof(tensor)
        );
    }

    private static ScalarType TypeOf<T>() =>
        typeof(T) == typeof(float) ? ScalarType.Float32
        : typeof(T) == typeof(double) ? ScalarType.Float64
        : typeof(T) == typeof(long) ? ScalarType.Int64
        : typeof(T) == typeof(sbyte) ? ScalarType.Int8
        : throw new NotSupportedException($"Tensors have no elements of type {typeof(T)}.");
}
