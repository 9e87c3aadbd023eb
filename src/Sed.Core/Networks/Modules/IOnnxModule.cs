using Sed.Core.Onnx.Graph;

namespace Sed.Core.Networks.Modules;

/// <summary>A module that can be written as ONNX operators: those of its forward pass in inference.</summary>
internal interface IOnnxModule
{
    /// <param name="input">
    /// What the forward pass takes, but always with all axes: maps are (batch, maps, frames, bands), vectors (batch, frames, width).
    /// </param>
    /// <exception cref="NotSupportedException">A part of it has no ONNX form; the message names it.</exception>
    OnnxValue Export(OnnxValue input);
}
