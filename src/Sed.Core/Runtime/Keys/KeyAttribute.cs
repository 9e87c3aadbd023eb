namespace Sed.Core.Runtime.Keys;

/// <summary>
/// The stable name of a type, property or enum member in canonical keys and model files. It must not change. Types and
/// members themselves can be renamed without invalidating stored results.
/// </summary>
/// <param name="name">
/// The name, for example "conv"; unique among the subtypes of one type or the members of one type.
/// </param>
[AttributeUsage(
    AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Property | AttributeTargets.Field,
    Inherited = false
)]
public sealed class KeyAttribute(string name) : Attribute
{
    /// <summary>The stable name.</summary>
    public string Name { get; } = name;

    /// <summary>
    /// The property is omitted from the key if it has this value. Null (the default) omits null only. For a property
    /// added in a later release, use the value that reproduces the earlier behaviour, so that existing keys stay valid.
    /// </summary>
    public object? OmitWhen { get; init; }
}
