using Sed.Core.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>A module of a layer that can be exported to ONNX.</summary>
internal interface IOnnxModule
{
    /// <summary>Appends the operators of the forward pass at inference.</summary>
    /// <param name="input">
    /// Input of the forward pass: maps of shape (batch, maps, frames, bands) or vectors of shape (batch, frames,
    /// width). The network's input has one map.
    /// </param>
    /// <exception cref="NotSupportedException">
    /// A part of the module cannot be exported to ONNX; the message names it.
    /// </exception>
    OnnxValue Export(OnnxValue input);
}

/// <summary>Exports the modules of torch and of layers to ONNX.</summary>
internal static class OnnxModules
{
    /// <summary>Appends the operators of a module at inference, and returns its output.</summary>
    /// <exception cref="NotSupportedException">The module cannot be exported to ONNX; the message names it.</exception>
    public static OnnxValue Through(this OnnxValue input, nn.Module<Tensor, Tensor> module) =>
        module switch
        {
            IOnnxModule exportable => exportable.Export(input),
            Linear linear => Dense(input, linear),
            Convolution convolution => Convolved(input, convolution),
            NormBase normalisation and (BatchNorm1d or BatchNorm2d) => Normalised(input, normalisation),
            LayerNorm normalisation => Normalised(input, normalisation),
            TorchSharp.Modules.Dropout or Identity => input,
            ReLU => input.Relu(),
            Sigmoid => input.Sigmoid(),
            Tanh => input.Node("Tanh"),
            SiLU => input.Silu(),
            // A class derived from Sequential can have a different forward pass.
            Sequential stack when stack.GetType() == typeof(Sequential) => stack
                .children()
                .Cast<nn.Module<Tensor, Tensor>>()
                .Aggregate(input, Through),
            _ => throw new NotSupportedException($"the module {module.GetType().Name} cannot be exported to ONNX"),
        };

    private static OnnxValue Dense(OnnxValue input, Linear linear)
    {
        using var scope = NewDisposeScope();
        var product = input.MatMul(input.Graph.Weight(linear.weight!.t()));
        return linear.bias is { } bias ? product + input.Graph.Weight(bias) : product;
    }

    private static OnnxValue Convolved(OnnxValue input, Convolution convolution) =>
        input.Through(convolution, convolution.weight!);

    /// <summary>
    /// Appends a convolution whose own kernel is replaced by another one of the same size, for example with swapped
    /// axes.
    /// </summary>
    /// <exception cref="NotSupportedException">
    /// The convolution is transposed, or does not pad with a fixed number of zeros.
    /// </exception>
    public static OnnxValue Through(this OnnxValue input, Convolution convolution, Tensor kernel)
    {
        if (
            convolution.transposed
            || convolution.padding_type is not null
            || convolution.padding_mode != PaddingModes.Zeros
        )
            throw new NotSupportedException(
                $"the module {convolution.GetType().Name} cannot be exported to ONNX, because it is transposed or does not pad with a fixed number of zeros"
            );
        var graph = input.Graph;
        return graph.Node(
            "Conv",
            [input, graph.Weight(kernel), convolution.bias is { } bias ? graph.Weight(bias) : null],
            ("kernel_shape", convolution.kernel_size!),
            ("strides", convolution.stride),
            ("dilations", convolution.dilation),
            ("group", convolution.groups),
            ("pads", (long[])[.. convolution.padding!, .. convolution.padding!])
        );
    }

    private static OnnxValue Normalised(OnnxValue input, NormBase normalisation)
    {
        var graph = input.Graph;
        return graph.Node(
            "BatchNormalization",
            [
                input,
                graph.Weight(normalisation.weight!),
                graph.Weight(normalisation.bias!),
                graph.Weight(normalisation.running_mean!),
                graph.Weight(normalisation.running_var!),
            ],
            ("epsilon", (float)normalisation.eps)
        );
    }

    private static OnnxValue Normalised(OnnxValue input, LayerNorm normalisation) =>
        input.Graph.Node(
            "LayerNormalization",
            [input, input.Graph.Weight(normalisation.weight!), input.Graph.Weight(normalisation.bias!)],
            ("axis", -(long)normalisation.normalized_shape.Length),
            ("epsilon", (float)normalisation.eps)
        );
}
