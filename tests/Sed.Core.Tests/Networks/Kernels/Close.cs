using TorchSharp;
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
}
