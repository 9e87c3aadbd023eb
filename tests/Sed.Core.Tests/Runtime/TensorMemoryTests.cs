using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Runtime;

public sealed unsafe class TensorMemoryTests
{
    public TensorMemoryTests() => Torch.Initialize();

    [Fact]
    public void Pointers_and_spans_access_the_elements_of_the_tensor()
    {
        using var scope = NewDisposeScope();
        var values = arange(6, float32).reshape(2, 3);
        Assert.Equal(5f, values.Pointer<float>(6)[5]);
        values.Span<float>(6)[4] = 7;
        Assert.Equal(7f, values[1, 1].item<float>());
        Assert.Equal(24, values.Bytes(24).Length);
        Assert.Equal(3L, arange(4, int64).Span<long>(4)[3]);
        Assert.Equal(2, zeros(2, int8).Span<sbyte>(2).Length);
        Assert.Equal(2, zeros(2, float64).Span<double>(2).Length);
        Assert.True(zeros(0, float32).Span<float>(0).IsEmpty);
    }

    [Fact]
    public void A_tensor_on_another_device_is_refused()
    {
        using var scope = NewDisposeScope();
        var elsewhere = empty([2, 3], device: device(DeviceType.META));
        Refused(elsewhere, "(2, 3) cannot be accessed: it is on meta, not on the CPU.");
    }

    [Fact]
    public void A_tensor_of_another_type_is_refused()
    {
        using var scope = NewDisposeScope();
        Refused(zeros(2, 3, float64), "(2, 3) cannot be accessed: its type is Float64, not Float32.");
        var error = Assert.Throws<NotSupportedException>(() => zeros(1).Pointer<char>(1));
        Assert.Equal("Tensors have no elements of type System.Char.", error.Message);
    }

    [Fact]
    public void A_tensor_that_is_not_contiguous_is_refused()
    {
        using var scope = NewDisposeScope();
        Refused(zeros(2, 3).t(), "(3, 2) cannot be accessed: it is not contiguous.");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void A_tensor_of_another_length_is_refused(int length)
    {
        using var scope = NewDisposeScope();
        Refused(zeros(length), $"({length}) cannot be accessed: it has {length} elements, not 6.");
        var error = Assert.Throws<ArgumentException>(() => zeros(length).Bytes(24).Length);
        Assert.StartsWith(
            $"The memory of the tensor of shape ({length}) cannot be accessed: it has {4 * length} bytes, not 24.",
            error.Message
        );
    }

    [Fact]
    public void All_differences_are_reported_at_once()
    {
        using var scope = NewDisposeScope();
        var wrong = empty([4, 3], float64, device(DeviceType.META)).t();
        Refused(
            wrong,
            "(3, 4) cannot be accessed: it is on meta, not on the CPU; its type is Float64, not Float32; "
                + "it has 12 elements, not 6; it is not contiguous."
        );
    }

    private static void Refused(Tensor tensor, string message)
    {
        foreach (var access in new Action[] { () => tensor.Pointer<float>(6), () => _ = tensor.Span<float>(6).Length })
            Assert.StartsWith(
                $"The memory of the tensor of shape {message}",
                Assert.Throws<ArgumentException>(access).Message
            );
    }
}
