namespace Sed.Core.Onnx.Graph;

/// <summary>
/// A value in an ONNX graph. The methods append operators to the graph and mirror the tensor operations of the same
/// name, so that the export of a layer resembles its forward pass.
/// </summary>
internal sealed class OnnxValue(OnnxGraph graph, string name)
{
    /// <summary>The graph that the value belongs to.</summary>
    public OnnxGraph Graph => graph;

    /// <summary>The value's name in the graph.</summary>
    public string Name => name;

    public static OnnxValue operator +(OnnxValue left, OnnxValue right) => left.With("Add", right);

    public static OnnxValue operator -(OnnxValue left, OnnxValue right) => left.With("Sub", right);

    public static OnnxValue operator *(OnnxValue left, OnnxValue right) => left.With("Mul", right);

    public static OnnxValue operator /(OnnxValue left, OnnxValue right) => left.With("Div", right);

    public OnnxValue MatMul(OnnxValue right) => With("MatMul", right);

    public OnnxValue Times(double factor) => this * graph.Single((float)factor);

    public OnnxValue Relu() => Node("Relu");

    public OnnxValue Sigmoid() => Node("Sigmoid");

    /// <summary>Swish: x sigmoid(x).</summary>
    public OnnxValue Silu() => this * Sigmoid();

    /// <summary>Hard swish: x min(max(x + 3, 0), 6) / 6.</summary>
    public OnnxValue HardSwish() => this * Node("HardSigmoid", ("alpha", 1 / 6f), ("beta", 0.5f));

    public OnnxValue Exp() => Node("Exp");

    public OnnxValue Sqrt() => Node("Sqrt");

    public OnnxValue Log() => Node("Log");

    public OnnxValue ToThe(double exponent) => With("Pow", graph.Single((float)exponent));

    public OnnxValue Softmax(long axis) => Node("Softmax", ("axis", axis));

    /// <summary>Element-wise maximum of the value and a lower bound.</summary>
    public OnnxValue AtLeast(OnnxValue bound) => With("Max", bound);

    /// <summary>Element-wise minimum of the value and an upper bound.</summary>
    public OnnxValue AtMost(OnnxValue bound) => With("Min", bound);

    /// <summary>Sum over an axis, which is removed.</summary>
    public OnnxValue Sum(long axis) => With("ReduceSum", graph.Numbers([axis]), ("keepdims", 0L));

    /// <summary>Mean over an axis, which is removed.</summary>
    public OnnxValue Mean(long axis) => Reduced("ReduceMean", axis);

    /// <summary>Maximum over an axis, which is removed.</summary>
    public OnnxValue Max(long axis) => Reduced("ReduceMax", axis);

    /// <summary>Reorders all axes.</summary>
    public OnnxValue Permute(params long[] axes) => Node("Transpose", ("perm", axes));

    /// <summary>Changes the shape. A size of 0 keeps the size of the axis; -1 infers the size.</summary>
    public OnnxValue Reshape(params ReadOnlySpan<long> sizes) => With("Reshape", graph.Numbers(sizes));

    public OnnxValue Unsqueeze(long axis) => With("Unsqueeze", graph.Numbers([axis]));

    public OnnxValue Squeeze(long axis) => With("Squeeze", graph.Numbers([axis]));

    /// <summary>
    /// Selects the indices from start (inclusive) to end (exclusive) of an axis; negative indices count from the end.
    /// </summary>
    public OnnxValue Slice(long axis, long start, long end) =>
        graph.Node("Slice", [this, graph.Numbers([start]), graph.Numbers([end]), graph.Numbers([axis])]);

    /// <summary>Selects one index of an axis and removes the axis.</summary>
    public OnnxValue Select(long axis, long index) => Slice(axis, index, index + 1).Squeeze(axis);

    /// <summary>Selects the given indices of an axis, in the given order.</summary>
    public OnnxValue Gather(long axis, params ReadOnlySpan<long> indices) =>
        With("Gather", graph.Numbers(indices), ("axis", axis));

    /// <summary>Splits an axis into equal parts.</summary>
    /// <param name="axis">Axis to split, of length <paramref name="count"/> * <paramref name="size"/>.</param>
    /// <param name="count">Number of parts.</param>
    /// <param name="size">Length of a part.</param>
    public OnnxValue[] Chunks(long axis, int count, long size) =>
        [.. Enumerable.Range(0, count).Select(part => Slice(axis, part * size, (part + 1) * size))];

    /// <summary>Concatenates values along an axis.</summary>
    public static OnnxValue Concatenate(long axis, params OnnxValue[] values) =>
        values[0].Graph.Node("Concat", values, ("axis", axis));

    /// <summary>Pads both ends of the axes.</summary>
    /// <param name="mode">One of "constant" (zeros), "edge" and "reflect".</param>
    /// <param name="sizes">
    /// Number of elements to add at the start of each axis, followed by the number to add at the end of each axis.
    /// </param>
    public OnnxValue Pad(string mode, params ReadOnlySpan<long> sizes) =>
        With("Pad", graph.Numbers(sizes), ("mode", mode));

    /// <summary>Converts to the element type with this ONNX number: 1 is float32, 11 is float64.</summary>
    public OnnxValue Cast(long type) => Node("Cast", ("to", type));

    /// <summary>Appends an operator whose only input is this value.</summary>
    public OnnxValue Node(string operation, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        graph.Node(operation, [this], attributes);

    // The axes are an attribute up to operator set 17 and an input from operator set 18 on.
    private OnnxValue Reduced(string operation, long axis) =>
        graph.OperatorSet > 17
            ? With(operation, graph.Numbers([axis]), ("keepdims", 0L))
            : Node(operation, ("axes", new[] { axis }), ("keepdims", 0L));

    private OnnxValue With(
        string operation,
        OnnxValue right,
        params ReadOnlySpan<(string Name, object Value)> attributes
    ) => graph.Node(operation, [this, right], attributes);
}
