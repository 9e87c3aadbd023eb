using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features;

/// <summary>How the input of a network is standardised.</summary>
public enum Standardisation
{
    /// <summary>With the mean and standard deviation of each band over the training clips.</summary>
    [Key("trainingSet")]
    TrainingSet,

    /// <summary>
    /// With the mean and standard deviation of all values of the clip itself, before its padding (instance
    /// standardisation, as TorchScaler of DESED_task with the statistic "instance" and the type "standard"). Each window of
    /// a longer recording counts as a clip, in training and in prediction.
    /// </summary>
    [Key("clip")]
    Clip,

    /// <summary>
    /// No standardisation, for published weights that were trained on unstandardised features. Padding has the smallest
    /// value of each band in the clip.
    /// </summary>
    [Key("none")]
    None,
}
