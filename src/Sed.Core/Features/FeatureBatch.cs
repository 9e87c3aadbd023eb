namespace Sed.Core.Features;

/// <summary>Clips' features in memory, ready for the device.</summary>
/// <param name="Clips">Positions in the manifest.</param>
/// <param name="Values">Features, shape (clips, frames, bands), standardised if that was asked for. Valid until the next batch.</param>
/// <param name="FramesWithSound">How many frames of each clip are not padding.</param>
public sealed record FeatureBatch(
    IReadOnlyList<int> Clips,
    ReadOnlyMemory<float> Values,
    IReadOnlyList<int> FramesWithSound
);
