using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>What layers of maps find.</summary>
internal static class MapsOfValues
{
    /// <summary>(batch, maps, frames, bands): a network's input, (batch, frames, bands), is one map.</summary>
    public static Tensor AsMaps(this Tensor values) => values.dim() == 3 ? values.unsqueeze(1) : values;
}
