using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sed.Core.Runtime;

/// <summary>
/// Mixed precision, like PyTorch's <c>torch.autocast</c>: within a scope, torch computes matrix products and
/// convolutions in bfloat16 (8 bits of mantissa). Weights and precision-sensitive operations stay in float32.
/// TorchSharp does not expose autocast, so this class calls the C++ functions that libtorch exports under their mangled
/// names on Linux.
/// </summary>
public static unsafe class Autocast
{
    private const sbyte BFloat16Type = 15; // c10::ScalarType::BFloat16

    private static readonly Lazy<Functions?> functions = new(Find);

    [ThreadStatic]
    private static bool active;

    /// <summary>Whether the libtorch in use exports the autocast functions.</summary>
    public static bool IsAvailable => functions.Value is not null;

    /// <summary>Whether this thread is inside a scope of <see cref="BFloat16"/>.</summary>
    public static bool IsActive => active;

    /// <summary>
    /// Opens a scope in which this thread computes matrix products and convolutions in bfloat16. Dispose the scope on
    /// the same thread, before the backward pass.
    /// </summary>
    /// <param name="device">Device of the computation.</param>
    /// <exception cref="NotSupportedException">The libtorch in use does not export the autocast functions.</exception>
    /// <exception cref="InvalidOperationException">This thread is already inside a scope.</exception>
    public static IDisposable BFloat16(Device device)
    {
        RequireAvailable();
        if (active)
            throw new InvalidOperationException("This thread already computes in bfloat16.");
        return new Scope(functions.Value!, (sbyte)device.type);
    }

    /// <summary>Throws if autocast is not available.</summary>
    /// <exception cref="NotSupportedException">The libtorch in use does not export the autocast functions.</exception>
    internal static void RequireAvailable()
    {
        if (!IsAvailable)
            throw new NotSupportedException(
                $"The libtorch in use ({Torch.Library}) does not export the functions for bfloat16; "
                    + "train in float32."
            );
    }

    private static Functions? Find()
    {
        Torch.Initialize();
        // The library is already loaded, so its file name is sufficient.
        return
            NativeLibrary.TryLoad("libtorch_cpu.so", out var library)
            && Export(library, "18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE") is var dtype and not 0
            && Export(library, "20set_autocast_enabledEN3c1010DeviceTypeEb") is var enabled and not 0
            && Export(library, "11clear_cacheEv") is var clear and not 0
            ? new Functions(dtype, enabled, clear)
            : null;

        static nint Export(nint library, string name) =>
            NativeLibrary.TryGetExport(library, "_ZN2at8autocast" + name, out var found) ? found : 0;
    }

    private sealed class Functions(nint setType, nint setEnabled, nint clearCache)
    {
        public void SetType(sbyte device, sbyte type) =>
            ((delegate* unmanaged[Cdecl]<sbyte, sbyte, void>)setType)(device, type);

        public void SetEnabled(sbyte device, bool enabled) =>
            ((delegate* unmanaged[Cdecl]<sbyte, byte, void>)setEnabled)(device, enabled ? (byte)1 : (byte)0);

        /// <summary>
        /// Clears the cache of weights that were rounded to bfloat16. The next optimizer step makes the cached values
        /// obsolete.
        /// </summary>
        public void ClearCache() => ((delegate* unmanaged[Cdecl]<void>)clearCache)();
    }

    private sealed class Scope : IDisposable
    {
        private readonly Functions functions;
        private readonly sbyte device;
        private bool ended;

        public Scope(Functions functions, sbyte device)
        {
            (this.functions, this.device) = (functions, device);
            functions.SetType(device, BFloat16Type);
            functions.SetEnabled(device, true);
            active = true;
        }

        public void Dispose()
        {
            if (ended)
                return;
            functions.SetEnabled(device, false);
            functions.ClearCache();
            active = false;
            ended = true;
        }
    }
}
