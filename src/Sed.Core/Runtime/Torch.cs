using System.Runtime.InteropServices;
using TorchSharp;

namespace Sed.Core.Runtime;

/// <summary>Initialises libtorch and sets the number of CPU threads.</summary>
public static partial class Torch
{
    private static readonly Lock gate = new();
    private static bool initialized;
    private static int threads = Environment.ProcessorCount;
    private static int kernelThreads = Environment.ProcessorCount;

    // Thread limit of the innermost SingleThreaded scope on this thread; 0 outside such scopes.
    [ThreadStatic]
    private static int limit;

    /// <summary>Version and origin of the libtorch in use.</summary>
    public static string Library => ExternalLibTorch.InUse ?? $"{ExternalLibTorch.Version}, the packaged one for CPUs";

    /// <summary>
    /// Number of threads for torch's own operations and for this library's own CPU code (kernels), at least 1. Default:
    /// one per processor.
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
            if (limit == 0)
                torch.set_num_threads(value);
        }
    }

    /// <summary>
    /// Number of threads for this library's own CPU code (kernels), but not for torch's operations. It does not affect
    /// results and may change at any time. Setting <see cref="Threads"/> also sets this value.
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
    /// Limits torch's own operations to one thread until the scope is disposed; this library's own CPU code (kernels)
    /// keeps its threads. Use such a scope if results must not depend on the number of processors. The last bits of
    /// torch's results depend on the number of threads: torch splits a tensor into one part per thread and computes the
    /// remainder of each part with scalar instead of vectorised functions (for example exp).
    /// </summary>
    /// <returns>The scope; dispose it on the same thread.</returns>
    public static IDisposable SingleThreaded() => new ThreadLimit(1);

    /// <summary>
    /// Prepares the process for torch. Call this before the first tensor is created; later calls do nothing.
    /// </summary>
    /// <remarks>
    /// On Linux, it configures the following; environment variables that are already set take precedence.
    /// <list type="bullet">
    /// <item>glibc's allocator keeps and reuses large blocks. By default it maps and unmaps each large tensor, and the
    /// page faults take longer than the arithmetic.</item>
    /// <item>Idle torch threads sleep (OMP_WAIT_POLICY). By default they spin on the cores that this
    /// library's own CPU code needs.</item>
    /// <item>Torch and oneDNN use AVX2 code (ATEN_CPU_CAPABILITY, ONEDNN_MAX_CPU_ISA), and MKL uses the same code on
    /// all processors (MKL_CBWR), so that results are identical on all x86-64 processors with AVX2.</item>
    /// </list>
    /// </remarks>
    public static void Initialize()
    {
        lock (gate)
        {
            if (initialized)
                return;
            if (OperatingSystem.IsLinux())
                ConfigureLinux();
            // CUDA must be initialised before the first CPU tensor is created.
            var cuda = ExternalLibTorch.Load();
            _ = torch.TryInitializeDeviceType(cuda ? DeviceType.CUDA : DeviceType.CPU);
            torch.set_num_threads(threads);
            if (OperatingSystem.IsLinux())
                ReadLogLevel();
            initialized = true;
        }
    }

    /// <summary>Makes libtorch read TORCH_CPP_LOG_LEVEL, which it otherwise reads only in Python.</summary>
    private static unsafe void ReadLogLevel()
    {
        if (
            NativeLibrary.TryLoad("libc10.so", out var library)
            && NativeLibrary.TryGetExport(library, "_ZN3c1011initLoggingEv", out var initLogging)
        )
            ((delegate* unmanaged<void>)initLogging)();
    }

    private static void ConfigureLinux()
    {
        const int trimThreshold = -1;
        const int topPad = -2;
        const int mmapMax = -4;
        try
        {
            _ = mallopt(mmapMax, 0);
            _ = mallopt(trimThreshold, int.MaxValue);
            _ = mallopt(topPad, 256 << 20);
            // Native libraries read the environment of the process; .NET modifies only its own copy.
            _ = setenv("OMP_WAIT_POLICY", "passive", overwrite: 0);
            // By default, each library selects its code according to the processor, which changes the order of
            // summation.
            _ = setenv("ATEN_CPU_CAPABILITY", "avx2", overwrite: 0);
            _ = setenv("MKL_CBWR", "COMPATIBLE", overwrite: 0);
            // On this virtual processor, convolution gradients of oneDNN's AVX2 code contain NaN; its SSE4.1 code is
            // correct.
            var isFaulty = Processor.Name.StartsWith("Oxide Virtual", StringComparison.Ordinal);
            _ = setenv("ONEDNN_MAX_CPU_ISA", isFaulty ? "SSE41" : "AVX2", overwrite: 0);
            // Torch tries NNPACK for convolutions that oneDNN does not support and, on processors without NNPACK, warns
            // once per thread.
            _ = setenv("TORCH_CPP_LOG_LEVEL", "ERROR", overwrite: 0);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // The C library is not glibc but, for example, musl. Its defaults are slower but correct.
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial int mallopt(int parameter, int value);

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    private sealed class ThreadLimit : IDisposable
    {
        private readonly int outer = limit;
        private bool disposed;

        public ThreadLimit(int count)
        {
            Initialize();
            limit = count;
            torch.set_num_threads(count);
        }

        public void Dispose()
        {
            if (disposed)
                return;
            disposed = true;
            limit = outer;
            torch.set_num_threads(outer == 0 ? threads : outer);
        }
    }
}
