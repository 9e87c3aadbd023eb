using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>The processor that the program runs on.</summary>
public static class Processor
{
    // CPUID leaves of the brand string, 16 bytes each.
    private const int FirstOfBrand = unchecked((int)0x80000002);
    private const int LastOfBrand = unchecked((int)0x80000004);

    /// <summary>
    /// Brand name, family and model, for example "AMD EPYC, family 25, model 1". Family and model are included because
    /// virtual machines shorten the brand name. If the processor has no brand name, this is only its architecture.
    /// </summary>
    public static string Name { get; } =
        Brand() is { Length: > 0 } brand ? $"{brand}, {Generation()}" : $"{RuntimeInformation.ProcessArchitecture}";

    /// <summary>
    /// Width of the vector registers that this library's SIMD code uses, for example "512-bit vectors (AVX-512)".
    /// </summary>
    public static string VectorWidth =>
        Avx512F.IsSupported ? "512-bit vectors (AVX-512)"
        : Vector256.IsHardwareAccelerated ? "256-bit vectors (AVX2)"
        : "128-bit vectors";

    /// <summary>
    /// Returns family and model. They are combined from the fields of CPUID leaf 1 as the manuals of Intel and AMD
    /// prescribe.
    /// </summary>
    private static string Generation()
    {
        var signature = X86Base.CpuId(1, 0).Eax;
        var family = (signature >> 8) & 15;
        var model = (signature >> 4) & 15;
        if (family is 6 or 15)
            model += ((signature >> 16) & 15) << 4;
        if (family is 15)
            family += (signature >> 20) & 255;
        return $"family {family}, model {model}";
    }

    private static string Brand()
    {
        if (!X86Base.IsSupported || X86Base.CpuId(unchecked((int)0x80000000), 0).Eax < LastOfBrand)
            return "";
        Span<int> registers = stackalloc int[12];
        for (int leaf = FirstOfBrand, i = 0; leaf <= LastOfBrand; leaf++, i += 4)
            (registers[i], registers[i + 1], registers[i + 2], registers[i + 3]) = X86Base.CpuId(leaf, 0);
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes(registers)).TrimEnd('\0').Trim();
    }
}
