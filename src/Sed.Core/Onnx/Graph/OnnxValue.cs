namespace Sed.Core.Onnx.Graph;

/// <summary>
/// A value of a graph, and what can be computed from it. What a layer writes with these reads as what it computes with
/// tensors: the same words, the same axes.
/// </summary>
internal sealed class OnnxValue(OnnxGraph graph, string name)
{
    /// <summary>The graph that it belongs to.</summary>
    public OnnxGraph Graph => graph;

    /// <summary>What nodes and outputs call it.</summary>
    public string Name => name;

    public static OnnxValue operator +(OnnxValue left, OnnxValue right) => left.With("Add", right);

    public static OnnxValue operator -(OnnxValue left, OnnxValue right) => left.With("Sub", right);

    public static OnnxValue operator *(OnnxValue left, OnnxValue right) => left.With("Mul", right);

    public static OnnxValue operator /(OnnxValue left, OnnxValue right) => left.With("Div", right);

    public OnnxValue MatMul(OnnxValue right) => With("MatMul", right);

    public OnnxValue Times(double factor) => this * graph.Single((float)factor);

    public OnnxValue Relu() => Node("Relu");

    public OnnxValue Sigmoid() => Node("Sigmoid");

    /// <summary>x sigmoid(x).</summary>
    public OnnxValue Silu() => this * Sigmoid();

    public OnnxValue Exp() => Node("Exp");

    public OnnxValue Sqrt() => Node("Sqrt");

    public OnnxValue Log() => Node("Log");

    public OnnxValue Softmax(long axis) => Node("Softmax", ("axis", axis));

    /// <summary>The larger of each value and the bound.</summary>
    public OnnxValue AtLeast(OnnxValue bound) => With("Max", bound);

    /// <summary>The smaller of each value and the bound.</summary>
    public OnnxValue AtMost(OnnxValue bound) => With("Min", bound);

    /// <summary>The sum along an axis, which goes.</summary>
    public OnnxValue Sum(long axis) => With("ReduceSum", graph.Numbers([axis]), ("keepdims", 0L));

    /// <summary>The mean along an axis, which goes.</summary>
    public OnnxValue Mean(long axis) => Node("ReduceMean", ("axes", new[] { axis }), ("keepdims", 0L));

    /// <summary>The largest along an axis, which goes.</summary>
    public OnnxValue Largest(long axis) => Node("ReduceMax", ("axes", new[] { axis }), ("keepdims", 0L));

    /// <summary>All axes in another order.</summary>
    public OnnxValue Permute(params long[] axes) => Node("Transpose", ("perm", axes));

    /// <summary>Other sizes; 0 stands for the size that the axis has, -1 for what is left.</summary>
    public OnnxValue Reshape(params ReadOnlySpan<long> sizes) => With("Reshape", graph.Numbers(sizes));

    public OnnxValue Unsqueeze(long axis) => With("Unsqueeze", graph.Numbers([axis]));

    public OnnxValue Squeeze(long axis) => With("Squeeze", graph.Numbers([axis]));

    /// <summary>From start to before end; negative ones count from the end of the axis.</summary>
    public OnnxValue Slice(long axis, long start, long end) =>
        graph.Node("Slice", [this, graph.Numbers([start]), graph.Numbers([end]), graph.Numbers([axis])]);

    /// <summary>The position of an axis, which goes.</summary>
    public OnnxValue Select(long axis, long position) => Slice(axis, position, position + 1).Squeeze(axis);

    /// <summary>The positions of an axis that are named, in their order.</summary>
    public OnnxValue Gather(long axis, params ReadOnlySpan<long> positions) =>
        With("Gather", graph.Numbers(positions), ("axis", axis));

    /// <summary>So many equal parts of an axis.</summary>
    /// <param name="size">The size of a part.</param>
    public OnnxValue[] Chunks(long axis, int count, long size) =>
        [.. Enumerable.Range(0, count).Select(part => Slice(axis, part * size, (part + 1) * size))];

    /// <summary>Values side by side along an axis.</summary>
    public static OnnxValue Concatenate(long axis, params OnnxValue[] values) =>
        values[0].Graph.Node("Concat", values, ("axis", axis));

    /// <summary>More of an axis at both ends.</summary>
    /// <param name="mode">constant (zeros), edge or reflect.</param>
    /// <param name="before">What is added before each axis, then what is added after each.</param>
    public OnnxValue Pad(string mode, params ReadOnlySpan<long> before) =>
        With("Pad", graph.Numbers(before), ("mode", mode));

    /// <summary>Values of another type: 1 is float32, 11 float64.</summary>
    public OnnxValue Cast(long type) => Node("Cast", ("to", type));

    /// <summary>The operator on this value alone.</summary>
    public OnnxValue Node(string operation, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        graph.Node(operation, [this], attributes);

    private OnnxValue With(
        string operation,
        OnnxValue right,
        params ReadOnlySpan<(string Name, object Value)> attributes
    ) => graph.Node(operation, [this, right], attributes);
}
