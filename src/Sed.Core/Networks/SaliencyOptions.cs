namespace Sed.Core.Networks;

/// <summary>Output of a network that a saliency map explains.</summary>
public enum SaliencyOutput
{
    /// <summary>Probabilities of a class in a range of frames.</summary>
    Strong,

    /// <summary>Probability of a class in the clip.</summary>
    Weak,
}

/// <summary>Options of a saliency map. Immutable; checked when a map is computed.</summary>
public sealed record SaliencyOptions
{
    /// <summary>Output to explain. Default: strong.</summary>
    public SaliencyOutput Output { get; init; } = SaliencyOutput.Strong;

    /// <summary>
    /// First frame of the explained range of the strong output, counted from 0. Must be 0 if the weak output is
    /// explained. Default 0.
    /// </summary>
    public int FromFrame { get; init; }

    /// <summary>
    /// Frame after the last frame of the explained range of the strong output. Null (the default): the range ends with
    /// the clip.
    /// </summary>
    public int? ToFrame { get; init; }

    /// <summary>
    /// Whether the probabilities of the explained frames are averaged. Default false: they are summed.
    /// </summary>
    public bool Averaged { get; init; }

    /// <summary>
    /// Number of noisy copies of the input whose maps are averaged, at least 0. Default 0: the plain map. Smilkov et
    /// al. (2017) report little gain beyond 50.
    /// </summary>
    public int Copies { get; init; }

    /// <summary>
    /// Standard deviation of the noise relative to the input's range (largest minus smallest value), at least 0.
    /// Default 0.15; Smilkov et al. (2017) recommend 0.1 to 0.2.
    /// </summary>
    public double NoiseShare { get; init; } = 0.15;

    /// <summary>Seed of the noise.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>
    /// All reasons why the options are invalid for a strong output of <paramref name="frames"/> frames; empty if they are
    /// valid.
    /// </summary>
    public IReadOnlyList<string> Problems(int frames)
    {
        List<string> problems = [];
        var to = ToFrame ?? frames;
        if (!Enum.IsDefined(Output))
            problems.Add($"There is no output {Output}.");
        if (FromFrame < 0 || FromFrame >= to || to > frames)
            problems.Add(
                FormattableString.Invariant(
                    $"FromFrame and ToFrame must enclose at least one of the {frames} frames of the strong output, were {FromFrame} and {to}."
                )
            );
        if (Output == SaliencyOutput.Weak && (FromFrame != 0 || to != frames))
            problems.Add("The weak output has no frames, so it takes neither FromFrame nor ToFrame.");
        if (Copies < 0)
            problems.Add(FormattableString.Invariant($"Copies must be 0 or more, was {Copies}."));
        if (!(NoiseShare >= 0 && double.IsFinite(NoiseShare)))
            problems.Add(FormattableString.Invariant($"NoiseShare must be 0 or more, was {NoiseShare}."));
        return problems;
    }
}
