using System.Runtime.InteropServices;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// Working memory of one thread: numbered pieces that grow and are kept from call to call. So no step makes large arrays
/// anew, for which .NET would walk its whole heap every few steps and torch's allocator would tear its memory to pieces.
/// </summary>
internal sealed unsafe class Scratch
{
    /// <summary>
    /// The first of the pieces for what a caller prepares and all who share its work read; those before are for the work.
    /// </summary>
    public const int Shared = 4;

    private const int Pieces = 8;

    [ThreadStatic]
    private static Scratch? mine;

    private readonly nint[] memory = new nint[Pieces];
    private readonly long[] lengths = new long[Pieces];

    ~Scratch()
    {
        foreach (var piece in memory)
            NativeMemory.AlignedFree((void*)piece);
    }

    /// <summary>A piece of this thread's memory, aligned to 64 bytes; its content is whatever was left there.</summary>
    /// <param name="piece">0 to 7; two pieces in use at once have different numbers.</param>
    /// <param name="floats">How many floats are needed.</param>
    public static float* Floats(int piece, long floats)
    {
        var own = mine ??= new Scratch();
        if (own.lengths[piece] < floats)
        {
            NativeMemory.AlignedFree((void*)own.memory[piece]);
            own.memory[piece] = (nint)NativeMemory.AlignedAlloc((nuint)(floats * sizeof(float)), 64);
            own.lengths[piece] = floats;
        }
        return (float*)own.memory[piece];
    }
}
