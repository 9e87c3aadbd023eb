namespace Sed.Core.Training;

/// <summary>How the learning rate changes over the epochs.</summary>
public enum Schedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls along half a cosine to 0 at the last epoch (Loshchilov and Hutter 2017, without restarts).</summary>
    Cosine,

    /// <summary>It is multiplied by a factor when the monitor has not gained for some epochs.</summary>
    Plateau,
}
