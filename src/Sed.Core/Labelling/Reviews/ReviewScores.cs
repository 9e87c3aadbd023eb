namespace Sed.Core.Labelling.Reviews;

/// <summary>The scores of a model for a part of a recording.</summary>
/// <param name="HopSeconds">Distance between frames in seconds.</param>
/// <param name="Classes">The classes of the model.</param>
/// <param name="Frames">
/// Scores after the decoding steps, shape (frames, classes). The detection thresholds apply to these scores.
/// </param>
/// <param name="Boxes">
/// The bounding boxes of each class, each as onset, offset (s from the start of the part) and confidence; null for a class
/// whose events are runs of frames.
/// </param>
/// <param name="Tags">Probability of each class in the part.</param>
public sealed record ReviewScores(
    double HopSeconds,
    IReadOnlyList<string> Classes,
    float[] Frames,
    IReadOnlyList<IReadOnlyList<double[]>?> Boxes,
    IReadOnlyList<float> Tags
);
