using Sed.Core.Onnx.Graph;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Modules;

/// <summary>Torch's own modules, and those of layers, as ONNX operators.</summary>
internal static class OnnxModules
{
    /// <summary>What the module makes of a value in inference.</summary>
    /// <exception cref="NotSupportedException">The module has no ONNX form; the message names it.</exception>
    public static OnnxValue Through(this OnnxValue input, nn.Module<Tensor, Tensor> module) =>
        module switch
        {
            IOnnxModule own => own.Export(input),
            Linear linear => Dense(input, linear),
            Convolution convolution => Convolved(input, convolution),
            NormBase normalisation and (BatchNorm1d or BatchNorm2d) => Normalised(input, normalisation),
            LayerNorm normalisation => Normalised(input, normalisation),
            TorchSharp.Modules.Dropout or Identity => input,
            ReLU => input.Relu(),
            Sigmoid => input.Sigmoid(),
            Tanh => input.Node("Tanh"),
            SiLU => input.Silu(),
            // A class of one's own on top of Sequential may compute anything.
            Sequential stack when stack.GetType() == typeof(Sequential) => stack
                .children()
                .Cast<nn.Module<Tensor, Tensor>>()
                .Aggregate(input, Through),
            _ => throw new NotSupportedException($"the module {module.GetType().Name} has no ONNX form"),
        };

    private static OnnxValue Dense(OnnxValue input, Linear linear)
    {
        using var scope = NewDisposeScope();
        var product = input.MatMul(input.Graph.Weight(linear.weight!.t()));
        return linear.bias is { } bias ? product + input.Graph.Weight(bias) : product;
    }

    private static OnnxValue Convolved(OnnxValue input, Convolution convolution)
    {
        if (
            convolution.transposed
            || convolution.padding_type is not null
            || convolution.padding_mode != PaddingModes.Zeros
        )
            throw new NotSupportedException($"the module {convolution.GetType().Name} pads as no ONNX form does");
        var graph = input.Graph;
        return graph.Node(
            "Conv",
            [input, graph.Weight(convolution.weight!), convolution.bias is { } bias ? graph.Weight(bias) : null],
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
