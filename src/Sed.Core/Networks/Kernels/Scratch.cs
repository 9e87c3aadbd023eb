using System.Runtime.InteropServices;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Scratch memory of one thread: numbered buffers that grow and are reused from call to call. Allocating large arrays in each
/// step instead would trigger full garbage collections every few steps and fragment torch's allocator.
/// </summary>
internal sealed unsafe class Scratch
{
    /// <summary>
    /// First buffer for data that a caller prepares and its work items read. Lower numbers are for the work items themselves.
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

    /// <summary>A buffer of this thread, aligned to 64 bytes, with undefined content.</summary>
    /// <param name="buffer">Number of the buffer, 0 to 7. Buffers that are in use at the same time need different numbers.</param>
    /// <param name="floats">Smallest length.</param>
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
