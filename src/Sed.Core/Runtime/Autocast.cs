using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Sed.Core.Runtime;

/// <summary>
/// Lets torch compute matrix products and convolutions in bfloat16 (8 bits of mantissa) inside a scope, as PyTorch's
/// <c>torch.autocast</c> does: weights stay float32, operations that need the digits too. TorchSharp does not offer it, so it
/// is reached through the C++ functions that libtorch exports, under the names that compilers on Linux give them.
/// </summary>
public static unsafe class Autocast
{
    private const sbyte BFloat16Type = 15; // c10::ScalarType::BFloat16

    private static readonly Lazy<Functions?> functions = new(Find);

    [ThreadStatic]
    private static bool active;

    /// <summary>Whether the libtorch in use offers it.</summary>
    public static bool IsAvailable => functions.Value is not null;

    /// <summary>Whether this thread is in such a scope.</summary>
    public static bool IsActive => active;

    /// <summary>Begins a scope, for this thread; dispose it on the same one. Run backward passes after it.</summary>
    /// <param name="device">Where the computation is.</param>
    /// <exception cref="NotSupportedException">The libtorch in use does not offer it.</exception>
    /// <exception cref="InvalidOperationException">The thread is in such a scope already.</exception>
    public static IDisposable BFloat16(Device device)
    {
        RequireAvailable();
        if (active)
            throw new InvalidOperationException("This thread computes in bfloat16 already.");
        return new Scope(functions.Value!, (sbyte)device.type);
    }

    /// <exception cref="NotSupportedException">The libtorch in use does not offer it.</exception>
    internal static void RequireAvailable()
    {
        if (!IsAvailable)
            throw new NotSupportedException(
                $"The libtorch in use ({Torch.Library}) does not export the functions that switch to bfloat16; "
                    + "train in float32."
            );
    }

    private static Functions? Find()
    {
        Torch.Initialize();
        // It is loaded by now, so its name is enough.
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

        /// <summary>Forgets the weights that were rounded; they change with the next step.</summary>
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
