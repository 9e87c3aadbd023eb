using global::Onnx;
using Sed.Core.Runtime;

namespace Sed.Core.Onnx.Graph;

internal sealed partial class OnnxGraph
{
    /// <summary>
    /// Adds the graph of another model. The names of its operators and values get <see cref="Part"/> as prefix.
    /// </summary>
    /// <param name="model">The other model, with one input.</param>
    /// <param name="input">Value in this graph that is connected to the input of the other model.</param>
    /// <param name="output">Name of the output of the other model to use.</param>
    /// <returns>The value of the output in this graph.</returns>
    /// <exception cref="NotSupportedException">
    /// An earlier included model defines a different function of the same name, or uses another version of the same
    /// operator set.
    /// </exception>
    public OnnxValue Include(ModelProto model, OnnxValue input, string output)
    {
        var inner = model.Clone();
        var weights = inner.Graph.Initializer.Select(weight => weight.Name).ToHashSet();
        var inputName = inner.Graph.Input.First(value => !weights.Contains(value.Name)).Name;
        Rename(inner.Graph);
        graph.Node.Add(inner.Graph.Node);
        graph.Initializer.Add(inner.Graph.Initializer);
        graph.SparseInitializer.Add(inner.Graph.SparseInitializer);
        foreach (var function in inner.Functions)
            AddFunction(function);
        foreach (var set in inner.OpsetImport.Where(set => set.Domain is not ("" or "ai.onnx")))
            if (!domains.TryAdd(set.Domain, set.Version) && domains[set.Domain] != set.Version)
                throw new NotSupportedException(
                    $"two encoders use different versions of the operator set {OneLine.Of(set.Domain)}; export them with the same version"
                );
        return new OnnxValue(this, Named(output));

        void AddFunction(FunctionProto function)
        {
            var same = functions.Find(other => other.Domain == function.Domain && other.Name == function.Name);
            if (same is null)
                functions.Add(function);
            else if (!same.Equals(function))
                throw new NotSupportedException(
                    $"two encoders define different functions with the name {OneLine.Of(function.Name)}; export them without functions"
                );
        }

        string Named(string name) =>
            name == "" ? ""
            : name == inputName ? input.Name
            : $"{Part}/{name}";

        void Rename(GraphProto part)
        {
            foreach (var node in part.Node)
            {
                node.Name = $"{Part}/{node.Name}";
                for (var i = 0; i < node.Input.Count; i++)
                    node.Input[i] = Named(node.Input[i]);
                for (var i = 0; i < node.Output.Count; i++)
                    node.Output[i] = Named(node.Output[i]);
                foreach (var attribute in node.Attribute)
                {
                    if (attribute.G is { } branch)
                        Rename(branch);
                    foreach (var one in attribute.Graphs)
                        Rename(one);
                }
            }
            foreach (var weight in part.Initializer)
                weight.Name = Named(weight.Name);
            foreach (var weight in part.SparseInitializer)
                weight.Values.Name = Named(weight.Values.Name);
            foreach (var value in part.Input)
                value.Name = Named(value.Name);
            foreach (var value in part.Output)
                value.Name = Named(value.Name);
        }
    }
}
