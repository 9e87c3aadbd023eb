using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.Combined;

/// <summary>One of several feature sources of a network.</summary>
/// <param name="Name">Name in the script and in the network's layers.</param>
/// <param name="Source">Definition of the features.</param>
public sealed record FeaturePart([property: Key("name")] string Name, [property: Key("features")] FeatureSource Source);
