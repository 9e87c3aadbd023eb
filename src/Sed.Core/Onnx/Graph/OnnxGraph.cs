using System.Runtime.InteropServices;
using global::Onnx;
using Google.Protobuf;
using static TorchSharp.torch;
using ElementType = global::Onnx.TensorProto.Types.DataType;

namespace Sed.Core.Onnx.Graph;

/// <summary>
/// A graph of ONNX operators (operator set 17) that is built value by value: inputs first, what is computed from them through
/// <see cref="OnnxValue"/>, outputs last. Nodes and weights carry the name of the part of the network that they belong to.
/// </summary>
internal sealed class OnnxGraph
{
    /// <summary>The version of the operator set: the first with LayerNormalization and STFT.</summary>
    public const int OperatorSet = 17;

    private const int IrVersion = 8; // the one that came with operator set 17 (ONNX 1.12)
    private readonly GraphProto graph = new() { Name = "sed" };
    private readonly Dictionary<string, string> properties = [];
    private int count;

    /// <summary>The part of the network that is written: the first half of the names of nodes and weights.</summary>
    public string Part { get; set; } = "sed";

    /// <summary>An input of float32. The first dimension is the batch, of any size.</summary>
    /// <param name="sizes">The sizes behind the batch.</param>
    public OnnxValue Input(string name, params ReadOnlySpan<int> sizes)
    {
        graph.Input.Add(Described(name, sizes));
        return new OnnxValue(this, name);
    }

    /// <summary>Makes a value an output of float32. The first dimension is the batch, of any size.</summary>
    /// <param name="sizes">The sizes behind the batch.</param>
    public void Output(string name, OnnxValue value, params ReadOnlySpan<int> sizes)
    {
        graph.Node.Add(
            new NodeProto
            {
                OpType = "Identity",
                Name = name,
                Input = { value.Name },
                Output = { name },
            }
        );
        graph.Output.Add(Described(name, sizes));
    }

    /// <summary>What the model says of itself, beside its graph.</summary>
    public void Say(string property, string text) => properties[property] = text;

    /// <summary>An operator on values; an empty one stands for an input that is left out.</summary>
    /// <param name="attributes">long, float, long[] or string.</param>
    /// <returns>Its first output.</returns>
    public OnnxValue Node(
        string operation,
        OnnxValue?[] inputs,
        params ReadOnlySpan<(string Name, object Value)> attributes
    )
    {
        NodeProto node = new() { OpType = operation, Name = $"{Part}/{operation}-{++count}" };
        node.Input.Add(inputs.Select(input => input?.Name ?? ""));
        node.Output.Add(node.Name);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(Attribute(name, value));
        graph.Node.Add(node);
        return new OnnxValue(this, node.Name);
    }

    /// <summary>Whole numbers in a row, as sizes and axes are given.</summary>
    public OnnxValue Numbers(params ReadOnlySpan<long> values) =>
        Constant(ElementType.Int64, [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>A whole number.</summary>
    public OnnxValue Number(long value) =>
        Constant(ElementType.Int64, [], MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));

    /// <summary>A number of float32.</summary>
    public OnnxValue Single(float value) =>
        Constant(ElementType.Float, [], MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in value)));

    /// <summary>Numbers of float64.</summary>
    public OnnxValue Doubles(ReadOnlySpan<double> values, params ReadOnlySpan<long> shape) =>
        Constant(ElementType.Double, shape, MemoryMarshal.AsBytes(values));

    /// <summary>A weight, or whatever else a tensor holds, as float32.</summary>
    public OnnxValue Weight(Tensor weight)
    {
        using var scope = NewDisposeScope();
        var values = weight.detach().to(float32, CPU).contiguous();
        return Constant(ElementType.Float, values.shape, values.bytes);
    }

    /// <summary>The whole model, in ONNX's own format.</summary>
    public byte[] ToBytes()
    {
        ModelProto model = new()
        {
            IrVersion = IrVersion,
            ProducerName = "SedDsl",
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        foreach (var (name, text) in properties)
            model.MetadataProps.Add(new StringStringEntryProto { Key = name, Value = text });
        return model.ToByteArray();
    }

    private OnnxValue Constant(ElementType type, ReadOnlySpan<long> shape, ReadOnlySpan<byte> bytes)
    {
        TensorProto tensor = new()
        {
            Name = $"{Part}/constant-{++count}",
            DataType = (int)type,
            RawData = ByteString.CopyFrom(bytes),
        };
        foreach (var size in shape)
            tensor.Dims.Add(size);
        graph.Initializer.Add(tensor);
        return new OnnxValue(this, tensor.Name);
    }

    private static ValueInfoProto Described(string name, ReadOnlySpan<int> sizes)
    {
        TensorShapeProto shape = new();
        shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        foreach (var size in sizes)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)ElementType.Float, Shape = shape };
        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = tensor },
        };
    }

    private static AttributeProto Attribute(string name, object value)
    {
        AttributeProto attribute = new() { Name = name };
        switch (value)
        {
            case long number:
                attribute.Type = AttributeProto.Types.AttributeType.Int;
                attribute.I = number;
                break;
            case float number:
                attribute.Type = AttributeProto.Types.AttributeType.Float;
                attribute.F = number;
                break;
            case long[] numbers:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.Add(numbers);
                break;
            case string text:
                attribute.Type = AttributeProto.Types.AttributeType.String;
                attribute.S = ByteString.CopyFromUtf8(text);
                break;
            default:
                throw new ArgumentException($"{name} is {value.GetType().Name}.", nameof(value));
        }
        return attribute;
    }
}
