using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TorchSharp;

namespace Sed.Core.Runtime;

/// <summary>The start of everything that computes with torch: the allocator first, then the native library.</summary>
public static partial class Torch
{
    private static readonly Lock gate = new();
    private static bool initialized;
    private static int threads = Environment.ProcessorCount;
    private static int kernelThreads = Environment.ProcessorCount;
    private static int threadsOfTorch = Environment.ProcessorCount;

    /// <summary>Where the libtorch in use comes from.</summary>
    public static string Library => OtherLibTorch.InUse ?? $"{OtherLibTorch.Version}, the packaged one for CPUs";

    /// <summary>The vectors that this processor computes with.</summary>
    public static string VectorsInWords =>
        Avx512F.IsSupported ? "512-bit vectors (AVX-512)"
        : Vector256.IsHardwareAccelerated ? "256-bit vectors (AVX2)"
        : "128-bit vectors";

    /// <summary>
    /// Threads that compute on the CPU, at least 1: torch's own and those of the kernels. Default: one per processor.
    /// </summary>
    public static int Threads
    {
        get => threads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Initialize();
            threads = value;
            KernelThreads = value;
            SetThreadsOfTorch(value);
        }
    }

    /// <summary>
    /// Threads of the kernels alone, whose number leaves no trace in the digits, so that it may change at any time; setting
    /// <see cref="Threads"/> sets it, too.
    /// </summary>
    public static int KernelThreads
    {
        get => kernelThreads;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            kernelThreads = value;
        }
    }

    /// <summary>
    /// Says whether torch's own operations compute on one thread until this is called again. Torch cuts a tensor by the
    /// number of threads and computes what is left at the end of each piece with other functions (the C library's exp
    /// instead of a vector's), so that last bits depend on that number. Around the kernels, which share out their work
    /// without a trace, and in small networks, so little is left to torch that one thread costs nothing.
    /// </summary>
    internal static void ComputeAlone(bool alone) => SetThreadsOfTorch(alone ? 1 : threads);

    private static void SetThreadsOfTorch(int value)
    {
        if (value == threadsOfTorch)
            return;
        torch.set_num_threads(value);
        threadsOfTorch = value;
    }

    /// <summary>
    /// Prepares the process for torch. Call it before the first tensor is made; later calls do nothing.
    /// On Linux glibc is told to keep and reuse large blocks: by default it maps and unmaps the memory of every large
    /// tensor anew, and the page faults of that take longer than the arithmetic. Torch's threads are told to sleep while
    /// they wait for work, unless OMP_WAIT_POLICY says otherwise: by default they spin, on the cores that the kernels need.
    /// The libraries below are told to compute in the same way on every x86-64 processor with AVX2, so that digits do not
    /// depend on its maker or its vectors; what ATEN_CPU_CAPABILITY, MKL_CBWR and ONEDNN_MAX_CPU_ISA say comes first.
    /// </summary>
    public static void Initialize()
    {
        lock (gate)
        {
            if (initialized)
                return;
            if (OperatingSystem.IsLinux())
                SetUpLibc();
            // CUDA has to be there before the first tensor of the CPU is.
            var cuda = OtherLibTorch.Load();
            _ = torch.TryInitializeDeviceType(cuda ? DeviceType.CUDA : DeviceType.CPU);
            torch.set_num_threads(threadsOfTorch);
            initialized = true;
        }
    }

    private static void SetUpLibc()
    {
        const int trimThreshold = -1;
        const int topPad = -2;
        const int mmapMax = -4;
        try
        {
            _ = mallopt(mmapMax, 0);
            _ = mallopt(trimThreshold, int.MaxValue);
            _ = mallopt(topPad, 256 << 20);
            // Libraries read the process's own environment when they are loaded; .NET's is a copy of it.
            _ = setenv("OMP_WAIT_POLICY", "passive", overwrite: 0);
            // Torch, MKL and oneDNN each choose their code by the processor, and with it the order of their sums.
            _ = setenv("ATEN_CPU_CAPABILITY", "avx2", overwrite: 0);
            _ = setenv("MKL_CBWR", "COMPATIBLE", overwrite: 0);
            _ = setenv("ONEDNN_MAX_CPU_ISA", "AVX2", overwrite: 0);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library (musl): slower, not wrong.
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
