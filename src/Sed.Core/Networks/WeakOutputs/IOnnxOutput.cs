using Sed.Core.Onnx.Graph;

namespace Sed.Core.Networks.WeakOutputs;

/// <summary>A weak output that can be written as ONNX operators: those of its forward pass in inference.</summary>
internal interface IOnnxOutput
{
    /// <param name="hidden">(batch, frames, width).</param>
    /// <param name="strong">(batch, frames, classes).</param>
    /// <returns>(batch, classes).</returns>
    /// <exception cref="NotSupportedException">It has no ONNX form; the message says why.</exception>
    OnnxValue Export(OnnxValue hidden, OnnxValue strong);
}
