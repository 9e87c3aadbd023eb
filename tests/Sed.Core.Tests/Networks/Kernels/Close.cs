using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Kernels;

/// <summary>Comparison of what the kernels compute with what torch's own operations compute in double precision.</summary>
internal static class Close
{
    /// <summary>Asserts that no element is off by more than 1e-5 of the largest.</summary>
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
    /// Asserts the same of what may cancel to nothing, as the gradient of weights that share a sum of 1 does: no element may be off
    /// by more than 1e-5 of the largest, or else by more than three times what torch itself is off in the same precision.
    /// </summary>
    public static void AssertAsTorch(string name, Tensor expected, Tensor torch, Tensor actual)
    {
        using var scope = NewDisposeScope();
        var largest = expected.abs().max().to(float64).item<double>();
        var rounding = (expected.to(float64) - torch.to(float64)).abs().max().item<double>();
        // Torch's own convolutions give NaN now and then on some processors, which allows nothing.
        var allowed = double.IsNaN(rounding) ? 0 : 3 * rounding / largest;
        Assert(name, expected, actual, largest == 0 ? 0 : Math.Max(1e-5, allowed));
    }
}
