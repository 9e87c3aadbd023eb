namespace Sed.Core.Networks;

/// <summary>Something in a network's description that cannot be built.</summary>
/// <param name="Place">The layer, for example "layer 3 (pool 5)"; empty where it is the network as a whole.</param>
/// <param name="What">What is wrong there, with the value.</param>
/// <param name="Remedy">What to write instead.</param>
public sealed record NetworkProblem(string Place, string What, string Remedy)
{
    /// <summary>For example "network, layer 3 (pool 5): 8 bands cannot be pooled by 5; the pools have to divide the bands".</summary>
    public override string ToString() => $"network{(Place == "" ? "" : ", ")}{Place}: {What}; {Remedy}";
}
