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

    /// <summary>The same after the first epoch of a training, whose beginning leaves some.</summary>
    public static void FreeForgottenTensors(EpochReport report)
    {
        if (report.Epoch == 1)
            FreeForgottenTensors();
    }

    /// <summary>
    /// No epoch leaves a tensor behind: from the second on, before which <see cref="FreeForgottenTensors(EpochReport)"/> was
    /// called, there are always as many.
    /// </summary>
    public static void AssertNoneIsLeft(IReadOnlyList<EpochReport> reports)
    {
        Assert.True(reports.Count > 2);
        Assert.InRange(reports[1].LiveTensors, 0, reports[0].LiveTensors);
        Assert.All(reports.Skip(1), report => Assert.Equal(reports[1].LiveTensors, report.LiveTensors));
    }
}
