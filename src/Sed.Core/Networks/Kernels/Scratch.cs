using System.Runtime.InteropServices;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Scratch memory of one thread: numbered buffers that are reused across calls and grow as needed. Allocating large
/// arrays in each step would trigger frequent full garbage collections and fragment torch's allocator.
/// </summary>
internal sealed unsafe class Scratch
{
    /// <summary>
    /// Number of the first buffer for data that a caller prepares and its work items read. The work items use buffers
    /// with lower numbers for their own data.
    /// </summary>
    public const int Shared = 4;

    private const int Buffers = 8;

    [ThreadStatic]
    private static Scratch? ofThread;

    private readonly nint[] memory = new nint[Buffers];
    private readonly long[] lengths = new long[Buffers];

    ~Scratch()
    {
        foreach (var buffer in memory)
            NativeMemory.AlignedFree((void*)buffer);
    }

    /// <summary>Returns a buffer of the current thread, aligned to 64 bytes. Its content is undefined.</summary>
    /// <param name="buffer">
    /// Number of the buffer, 0 to 7. Buffers that are in use at the same time need different numbers.
    /// </param>
    /// <param name="floats">Minimum length in floats.</param>
    public static float* Floats(int buffer, long floats)
    {
        var own = ofThread ??= new Scratch();
        if (own.lengths[buffer] < floats)
        {
            NativeMemory.AlignedFree((void*)own.memory[buffer]);
            own.memory[buffer] = (nint)NativeMemory.AlignedAlloc((nuint)(floats * sizeof(float)), 64);
            own.lengths[buffer] = floats;
        }
        return (float*)own.memory[buffer];
    }
}
