using System.Runtime.InteropServices;
using global::Onnx;
using Google.Protobuf;
using Sed.Core.Runtime;
using static TorchSharp.torch;
using ElementType = global::Onnx.TensorProto.Types.DataType;

namespace Sed.Core.Onnx.Graph;

/// <summary>
/// Builds a graph of ONNX operators (operator set 17 or newer): declare the inputs, compute with
/// <see cref="OnnxValue"/>, then declare the outputs. The names of nodes and weights have <see cref="Part"/> as prefix.
/// </summary>
internal sealed partial class OnnxGraph
{
    /// <summary>Default version of the ONNX operator set; the first one with LayerNormalization and STFT.</summary>
    public const int DefaultOperatorSet = 17;

    private const int IrVersion = 8; // released with operator set 17 (ONNX 1.12)
    private const int NewerIrVersion = 10; // released with operator set 21 (ONNX 1.16)
    private readonly GraphProto graph = new() { Name = "sed" };
    private readonly Dictionary<string, string> metadata = [];
    private readonly List<FunctionProto> functions = []; // of included models
    private readonly Dictionary<string, long> domains = []; // of included models
    private readonly HashSet<string> started = []; // names that StartPart has set
    private int count;

    /// <summary>Version of the ONNX operator set. An included model can need a newer one than the default.</summary>
    public int OperatorSet { get; init; } = DefaultOperatorSet;

    /// <summary>
    /// Name of the part of the network that is being exported. It is the prefix of the names of nodes and weights.
    /// </summary>
    public string Part { get; set; } = "sed";

    /// <summary>
    /// Sets <see cref="Part"/> to the given name and returns it. If an earlier call has set the same name, a number is
    /// appended.
    /// </summary>
    public string StartPart(string name)
    {
        var number = 1;
        Part = name;
        while (!started.Add(Part))
            Part = $"{name}-{++number}";
        return Part;
    }

    /// <summary>Declares a float32 input with a batch axis of any size.</summary>
    /// <param name="name">Name of the input in the ONNX model.</param>
    /// <param name="sizes">Sizes of the axes after the batch axis.</param>
    public OnnxValue Input(string name, params ReadOnlySpan<int> sizes)
    {
        graph.Input.Add(ValueInfo(name, sizes));
        return new OnnxValue(this, name);
    }

    /// <summary>Declares a value as a float32 output with a batch axis of any size.</summary>
    /// <param name="name">Name of the output in the ONNX model.</param>
    /// <param name="value">Value of the output.</param>
    /// <param name="sizes">Sizes of the axes after the batch axis.</param>
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
        graph.Output.Add(ValueInfo(name, sizes));
    }

    /// <summary>Sets an entry of the model's metadata.</summary>
    public void SetMetadata(string key, string value) => metadata[key] = value;

    /// <summary>Appends an operator.</summary>
    /// <param name="operation">ONNX name of the operator.</param>
    /// <param name="inputs">Inputs of the operator; null omits an optional input.</param>
    /// <param name="attributes">Attributes of the operator; values are long, float, string or arrays of them.</param>
    /// <returns>The operator's first output.</returns>
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

    /// <summary>Adds a one-dimensional int64 constant, for sizes and axes.</summary>
    public OnnxValue Numbers(params ReadOnlySpan<long> values) =>
        Constant(ElementType.Int64, [values.Length], MemoryMarshal.AsBytes(values));

    /// <summary>Adds an int64 scalar constant.</summary>
    public OnnxValue Number(long value) =>
        Constant(ElementType.Int64, [], MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in value)));

    /// <summary>Adds a float32 scalar constant.</summary>
    public OnnxValue Single(float value) =>
        Constant(ElementType.Float, [], MemoryMarshal.AsBytes(new ReadOnlySpan<float>(in value)));

    /// <summary>Adds a float64 constant.</summary>
    public OnnxValue Doubles(ReadOnlySpan<double> values, params ReadOnlySpan<long> shape) =>
        Constant(ElementType.Double, shape, MemoryMarshal.AsBytes(values));

    /// <summary>Adds the values of a tensor as a float32 constant.</summary>
    public OnnxValue Weight(Tensor weight)
    {
        using var scope = NewDisposeScope();
        var values = weight.detach().to(float32, CPU).contiguous();
        return Constant(ElementType.Float, values.shape, values.Bytes(values.numel() * sizeof(float)));
    }

    /// <summary>Serializes the model to the content of an .onnx file.</summary>
    public byte[] ToBytes()
    {
        ModelProto model = new()
        {
            IrVersion = OperatorSet > DefaultOperatorSet ? NewerIrVersion : IrVersion,
            ProducerName = "SedDsl",
            Graph = graph,
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        foreach (var (domain, version) in domains)
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = domain, Version = version });
        model.Functions.Add(functions);
        foreach (var (key, value) in metadata)
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
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

    private static ValueInfoProto ValueInfo(string name, ReadOnlySpan<int> sizes)
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
            case float[] numbers:
                attribute.Type = AttributeProto.Types.AttributeType.Floats;
                attribute.Floats.Add(numbers);
                break;
            case string[] texts:
                attribute.Type = AttributeProto.Types.AttributeType.Strings;
                attribute.Strings.Add(texts.Select(ByteString.CopyFromUtf8));
                break;
            case string text:
                attribute.Type = AttributeProto.Types.AttributeType.String;
                attribute.S = ByteString.CopyFromUtf8(text);
                break;
            default:
                throw new ArgumentException(
                    $"The attribute {name} has the type {value.GetType().Name}; it must be a long, a float, a string or an array of them.",
                    nameof(value)
                );
        }
        return attribute;
    }
}
