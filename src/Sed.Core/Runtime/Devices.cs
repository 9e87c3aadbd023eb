using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Runtime;

/// <summary>Selects and describes torch devices.</summary>
public static class Devices
{
    /// <summary>Selects a device by name.</summary>
    /// <param name="name">
    /// <c>auto</c> (the first CUDA device if there is one, else the CPU), <c>cpu</c>, <c>cuda</c> (the first CUDA
    /// device) or <c>cuda:N</c> (device N, from 0).
    /// </param>
    /// <exception cref="ArgumentException">
    /// There is no such device; the message states the valid names, the number of CUDA devices or the reason why there
    /// is no CUDA device.
    /// </exception>
    public static Device Choose(string name)
    {
        Torch.Initialize();
        var available = cuda.is_available() ? cuda.device_count() : 0;
        var parts = name.Split(':');
        var number = 0;
        var known = parts switch
        {
            ["auto" or "cpu" or "cuda"] => true,
            ["cuda", var index] => int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out number),
            _ => false,
        };
        if (!known)
            throw new ArgumentException($"There is no device '{name}'; use auto, cpu, cuda or cuda:N.", nameof(name));
        if (parts[0] == "cpu" || (parts[0] == "auto" && available == 0))
            return CPU;
        if (number >= available)
            throw new ArgumentException(
                available == 0
                    ? $"There is no CUDA device for '{name}'. {WhyNoCuda()}"
                    : $"There is no CUDA device {number} for '{name}'; "
                        + $"number of CUDA devices: {available} (numbered from 0).",
                nameof(name)
            );
        // Allows TF32 matrix products and convolutions: inputs are rounded to 10 bits of mantissa, and sums are in
        // float32.
        backends.cuda.matmul.allow_tf32 = true;
        backends.cudnn.allow_tf32 = true;
        return device(DeviceType.CUDA, number);
    }

    /// <summary>
    /// Describes each device, and libtorch, in one line each. If there is no CUDA device, a line states the reason.
    /// </summary>
    public static IReadOnlyList<string> Describe()
    {
        Torch.Initialize();
        List<string> lines =
        [
            $"cpu     {Environment.ProcessorCount} processors, kernels for {Processor.VectorWidth}, {Torch.Threads} threads",
        ];
        if (cuda.is_available())
            for (var i = 0; i < cuda.device_count(); i++)
                lines.Add($"cuda:{i}  from libtorch {Torch.Library}");
        else
            lines.Add($"cuda    none. {WhyNoCuda()}");
        lines.Add($"libtorch  {Torch.Library}");
        return lines;
    }

    private static string WhyNoCuda() =>
        ExternalLibTorch.InUse is { } other
            ? $"The libtorch in {other} ({ExternalLibTorch.Variable}) finds no CUDA device: {WhyNoDriver()}"
            : "The packaged libtorch supports the CPU only. "
                + $"Set {ExternalLibTorch.Variable} to the lib folder of an installed PyTorch {ExternalLibTorch.Version} with CUDA.";

    private static string WhyNoDriver() =>
        !OperatingSystem.IsLinux() ? "GPUs are supported on Linux only."
        : File.Exists("/proc/driver/nvidia/version")
            ? "a CUDA driver is loaded; libtorch may have been built without CUDA or for a different CUDA version."
        : "the NVIDIA driver is not loaded on this machine.";
}
