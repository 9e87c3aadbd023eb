using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>Where ReLU, pooling and dropout let a clip's values through, and with them gradients.</summary>
internal readonly unsafe struct Passed
{
    private readonly sbyte* winners; // null without pooling
    private readonly float* outputs; // null where everything passes

    public Passed(BlockShape shape, BlockRun run, long clip)
    {
        if (run.Winner is not null)
            winners = Lanes.Memory<sbyte>(run.Winner) + clip * shape.PooledFloats;
        else if (shape.Rectifies)
        {
            var frame = (long)shape.PooledBins * shape.Filters;
            var border = (run.Output.shape[1] - shape.PooledFrames) / 2;
            outputs = Lanes.Memory<float>(run.Output) + (clip * run.Output.shape[1] + border) * frame;
        }
    }

    /// <summary>All bits where the value went through that a place of a pooled rectangle gave, else none.</summary>
    /// <param name="pooled">The first of sixteen pooled values of the clip.</param>
    /// <param name="place">0 without pooling.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> At(long pooled, int place) =>
        winners is null
            ? Anywhere(pooled)
            : Vector512.Equals(PooledActivation.LoadWinners(winners + pooled), Vector512.Create(place)).AsSingle();

    /// <summary>All bits where any place's value went through, else none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Anywhere(long pooled) =>
        winners is not null
            ? Vector512
                .GreaterThanOrEqual(PooledActivation.LoadWinners(winners + pooled), Vector512<int>.Zero)
                .AsSingle()
        : outputs is not null ? Vector512.GreaterThan(Vector512.Load(outputs + pooled), Vector512<float>.Zero)
        : Vector512<float>.AllBitsSet;
}
