using System.Runtime.InteropServices;
using TorchSharp;

namespace Sed.Core.Runtime;

/// <summary>The start of everything that computes with torch: the allocator first, then the native library.</summary>
public static partial class Torch
{
    private static readonly Lock gate = new();
    private static bool initialized;

    /// <summary>
    /// Prepares the process for torch. Call it before the first tensor is made; later calls do nothing.
    /// On Linux glibc is told to keep and reuse large blocks: by default it maps and unmaps the memory of every large
    /// tensor anew, and the page faults of that take longer than the arithmetic.
    /// </summary>
    public static void Initialize()
    {
        lock (gate)
        {
            if (initialized)
                return;
            if (OperatingSystem.IsLinux())
                KeepLargeBlocks();
            torch.InitializeDeviceType(DeviceType.CPU);
            initialized = true;
        }
    }

    private static void KeepLargeBlocks()
    {
        const int trimThreshold = -1;
        const int topPad = -2;
        const int mmapMax = -4;
        try
        {
            _ = mallopt(mmapMax, 0);
            _ = mallopt(trimThreshold, int.MaxValue);
            _ = mallopt(topPad, 256 << 20);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library (musl): slower, not wrong.
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int parameter, int value);
}
