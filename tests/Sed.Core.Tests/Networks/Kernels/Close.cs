using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Kernels;

/// <summary>Compares results of the kernels with those of torch's operations in double precision.</summary>
internal static class Close
{
    /// <summary>Asserts that no element deviates by more than 1e-5 of the largest absolute value.</summary>
    public static void Assert(string name, Tensor expected, Tensor actual, double tolerance = 1e-5)
    {
        using var scope = NewDisposeScope();
        Xunit.Assert.Equal(expected.shape, actual.shape);
        var largest = expected.abs().max().to(float64).item<double>();
        var off = (expected.to(float64) - actual.to(float64)).abs().max().item<double>();
        Xunit.Assert.True(
            off <= tolerance * largest,
            $"{name}: off by {off / largest:E2} of the largest value, {largest:E2}."
        );
    }

    /// <summary>
    /// Comparison for values that may cancel to zero, such as the gradient of weights with a fixed sum. The tolerance
    /// is 1e-5 of the largest absolute value or three times torch's own error in the same precision, whichever is
    /// larger.
    /// </summary>
    public static void AssertAsTorch(string name, Tensor expected, Tensor torch, Tensor actual)
    {
        using var scope = NewDisposeScope();
        var largest = expected.abs().max().to(float64).item<double>();
        var rounding = (expected.to(float64) - torch.to(float64)).abs().max().item<double>();
        // Torch's convolutions occasionally give NaN on some processors; then only the tolerance of 1e-5 applies.
        var allowed = double.IsNaN(rounding) ? 0 : 3 * rounding / largest;
        Assert(name, expected, actual, largest == 0 ? 0 : Math.Max(1e-5, allowed));
    }
}
