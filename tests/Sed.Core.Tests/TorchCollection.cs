using Sed.Core.Training;

namespace Sed.Core.Tests;

/// <summary>Tests that count tensors, seed torch or set its threads: those are one for the process, so nothing runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TorchCollection
{
    public const string Name = "torch, alone";

    /// <summary>Frees the tensors that earlier tests left to the garbage collector, so that none goes while tensors are counted.</summary>
    public static void FreeForgottenTensors()
    {
        // What a finaliser lets go may have one of its own.
        for (var round = 0; round < 3; round++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    /// <summary>
    /// No epoch leaves a tensor behind. There may be fewer than before: what was forgotten earlier is freed when the garbage
    /// collector comes to it.
    /// </summary>
    public static void AssertNoneIsLeft(IReadOnlyList<EpochReport> reports)
    {
        Assert.True(reports.Count > 2);
        foreach (var (before, after) in reports.Zip(reports.Skip(1)))
            Assert.InRange(after.LiveTensors, 0, before.LiveTensors);
    }
}
