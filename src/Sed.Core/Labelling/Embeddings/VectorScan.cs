using System.Collections.Concurrent;
using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Sed.Core.Features.Store;
using Sed.Core.Runtime;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// Finds the unit vectors of a store with the largest cosine similarity to a query, by an exact scan of the memory-mapped
/// array on all processors.
/// </summary>
internal static unsafe class VectorScan
{
    private const int RowsPerTask = 4096;

    // If the bits of a float16 value are moved to their positions in a float32 value, the result is 2^112 times too
    // small.
    private const float HalfScale = 5.192296858534828e33f;

    /// <summary>Scans ranges of rows.</summary>
    /// <param name="store">The store, in float16, with rows of unit length.</param>
    /// <param name="ranges">The ranges to scan.</param>
    /// <param name="query">The query vector; it is scaled to unit length.</param>
    /// <param name="count">Maximum number of hits.</param>
    /// <param name="isExcluded">
    /// Returns whether a row is left out, given the position of its range and the number of the row in the range, from
    /// 0. Must be thread-safe. Null (default): no row is left out.
    /// </param>
    /// <param name="cancellation">Cancels the scan.</param>
    /// <returns>
    /// The hits in descending order of similarity. Hits with the same similarity are in the order of the ranges and
    /// rows.
    /// </returns>
    public static IReadOnlyList<VectorHit> Top(
        VectorStore store,
        IReadOnlyList<VectorRange> ranges,
        ReadOnlySpan<float> query,
        int count,
        Func<int, int, bool>? isExcluded = null,
        CancellationToken cancellation = default
    )
    {
        if (store.Form.Precision != FeaturePrecision.Float16)
            throw new ArgumentException("The vectors must have float16 precision.", nameof(store));
        if (query.Length != store.Form.Width)
            throw new ArgumentException(
                $"The query has {query.Length} values, but the vectors have {store.Form.Width}.",
                nameof(query)
            );
        if (count <= 0 || ranges.Count == 0 || store.Rows == 0)
            return [];
        var stride = store.Form.Stride;
        var scaled = new float[stride];
        UnitVector.Of(query).CopyTo(scaled, 0);
        for (var i = 0; i < query.Length; i++)
            scaled[i] *= HalfScale;
        using var file = MemoryMappedFile.CreateFromFile(
            File.OpenHandle(store.ValuesPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite),
            null,
            0,
            MemoryMappedFileAccess.Read,
            HandleInheritability.None,
            leaveOpen: false
        );
        using var view = file.CreateViewAccessor(0, store.Rows * store.Form.RowBytes, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        try
        {
            var rows = (short*)(start + view.PointerOffset);
            ConcurrentBag<TopHits> all = [];
            var tasks = Tasks(ranges);
            Workers.Run(
                tasks.Count,
                () =>
                {
                    TopHits top = new(count);
                    all.Add(top);
                    return task =>
                    {
                        fixed (float* values = scaled)
                            for (var (k, row, end) = tasks[task]; row < end; row++)
                            {
                                var similarity = Dot(rows + (ranges[k].First + row) * stride, values, stride);
                                VectorHit hit = new(k, row, similarity);
                                if (top.WouldKeep(hit) && isExcluded?.Invoke(k, row) != true)
                                    top.Add(hit);
                            }
                    };
                },
                cancellation
            );
            return [.. all.SelectMany(top => top.Hits).Order().Take(count)];
        }
        finally
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
        }
    }

    /// <summary>The ranges, divided into pieces for the threads.</summary>
    private static List<(int Range, int From, int End)> Tasks(IReadOnlyList<VectorRange> ranges)
    {
        List<(int, int, int)> tasks = new(ranges.Count);
        for (var k = 0; k < ranges.Count; k++)
        for (var from = 0; from < ranges[k].Count; from += RowsPerTask)
            tasks.Add((k, from, Math.Min(ranges[k].Count, from + RowsPerTask)));
        return tasks;
    }

    /// <summary>
    /// The dot product of a float16 vector without subnormal numbers and a float32 vector. The float32 values must have
    /// been multiplied by <see cref="HalfScale"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Dot(short* halves, float* scaled, int count)
    {
        // The sign stays in the highest bit, because the values are widened with their sign.
        var mask = Vector512.Create(unchecked((int)0x8FFFE000));
        var even = Vector512<float>.Zero;
        var odd = Vector512<float>.Zero;
        for (var i = 0; i < count; i += VectorForm.Lanes)
        {
            var (lower, upper) = Vector512.Widen(Vector512.Load(halves + i));
            even = Vector512.FusedMultiplyAdd(((lower << 13) & mask).AsSingle(), Vector512.Load(scaled + i), even);
            odd = Vector512.FusedMultiplyAdd(((upper << 13) & mask).AsSingle(), Vector512.Load(scaled + i + 16), odd);
        }
        return Vector512.Sum(even + odd);
    }
}
