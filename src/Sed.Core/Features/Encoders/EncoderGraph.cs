using global::Onnx;
using Google.Protobuf;
using Sed.Core.Runtime;
using static Onnx.TensorProto.Types;

namespace Sed.Core.Features.Encoders;

/// <summary>
/// Checks an ONNX file, which is untrusted input. All weights must be in the file itself, because an ONNX file can
/// refer to other files.
/// </summary>
internal static class EncoderGraph
{
    /// <summary>Parses an ONNX file and throws if it refers to other files.</summary>
    /// <exception cref="EncoderException">It is not an ONNX file, or some of its weights are in other files.</exception>
    public static ModelProto Parse(byte[] content)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException damage)
        {
            throw new EncoderException("it is not an ONNX file, or is damaged", damage);
        }
        if (model.Graph is null || model.Graph.Node.Count == 0)
            throw new EncoderException("it is not an ONNX file, or is truncated: it contains no graph");
        var external = TensorsOf(model).FirstOrDefault(tensor => tensor?.DataLocation == DataLocation.External);
        return external is null
            ? model
            : throw new EncoderException(
                $"its weights {OneLine.Of(external.Name)} are in another file; save the encoder as one ONNX file"
            );
    }

    // Everything that can contain a tensor: initializers, and the attributes of operators and functions, also in subgraphs.
    private static IEnumerable<TensorProto?> TensorsOf(ModelProto model) =>
        [
            .. TensorsOf(model.Graph),
            .. model.Functions.SelectMany(function =>
                function.Node.SelectMany(node => node.Attribute).Concat(function.AttributeProto).SelectMany(TensorsOf)
            ),
        ];

    private static IEnumerable<TensorProto?> TensorsOf(GraphProto graph) =>
        [
            .. graph.Initializer,
            .. graph.SparseInitializer.SelectMany(TensorsOf),
            .. graph.Node.SelectMany(node => node.Attribute).SelectMany(TensorsOf),
        ];

    private static IEnumerable<TensorProto?> TensorsOf(AttributeProto attribute)
    {
        GraphProto[] graphs = attribute.G is { } one ? [one, .. attribute.Graphs] : [.. attribute.Graphs];
        SparseTensorProto[] sparse = attribute.SparseTensor is { } single
            ? [single, .. attribute.SparseTensors]
            : [.. attribute.SparseTensors];
        return [attribute.T, .. attribute.Tensors, .. sparse.SelectMany(TensorsOf), .. graphs.SelectMany(TensorsOf)];
    }

    private static IEnumerable<TensorProto?> TensorsOf(SparseTensorProto sparse) => [sparse.Values, sparse.Indices];
}
