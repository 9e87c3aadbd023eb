namespace Sed.Core.Runtime.Keys;

/// <summary>
/// The stable name of a type, property or enum member in canonical keys and model files. It never changes: types and
/// members can be renamed and their descriptions reworded without invalidating results that are kept on disk.
/// </summary>
/// <param name="name">The name, for example "conv"; unique among the types of one kind, or the members of one type.</param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Property | AttributeTargets.Field,
    Inherited = false
)]
public sealed class KeyAttribute(string name) : Attribute
{
    /// <summary>The stable name.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// The value at which a property is left out; null (the default) leaves out null only. A property that is added later
    /// names the value that reproduces earlier behaviour, so that existing keys stay valid.
    /// </summary>
    public object? OmitWhen { get; init; }
}
