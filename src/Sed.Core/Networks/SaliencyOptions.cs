namespace Sed.Core.Networks;

/// <summary>Which output of a network a saliency map explains.</summary>
public enum SaliencyOutput
{
    /// <summary>The probabilities of a class in a span of frames.</summary>
    Strong,

    /// <summary>The probability of a class in the clip.</summary>
    Weak,
}

/// <summary>What a saliency map explains, and whether it is smoothed. Immutable; checked when a map is made.</summary>
public sealed record SaliencyOptions
{
    /// <summary>The output. Default the strong one.</summary>
    public SaliencyOutput Output { get; init; } = SaliencyOutput.Strong;

    /// <summary>First frame of the span, from 0; only the strong output has one. Default 0.</summary>
    public int FromFrame { get; init; }

    /// <summary>The frame after the span's last one; null (the default): after the clip's last.</summary>
    public int? ToFrame { get; init; }

    /// <summary>Whether the span's probabilities are averaged instead of summed. Default: summed.</summary>
    public bool Averaged { get; init; }

    /// <summary>
    /// Noisy copies of the input over whose maps the mean is taken, 0 or more; 0 (the default) takes the plain map.
    /// Smilkov et al. (2017) see little gain beyond 50.
    /// </summary>
    public int Copies { get; init; }

    /// <summary>
    /// Deviation of the copies' normal noise as a share of the input's range, largest minus smallest value; 0 or more.
    /// Default 0.15 (Smilkov et al. 2017 recommend 0.1 to 0.2).
    /// </summary>
    public double NoiseShare { get; init; } = 0.15;

    /// <summary>Decides the noise.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Every reason these options cannot be used for clips of so many frames, in reading order; empty when they can.</summary>
    public IReadOnlyList<string> Problems(int frames)
    {
        List<string> problems = [];
        var to = ToFrame ?? frames;
        if (!Enum.IsDefined(Output))
            problems.Add($"There is no output {Output}.");
        if (FromFrame < 0 || FromFrame >= to || to > frames)
            problems.Add(
                $"FromFrame and ToFrame must enclose at least one of the clip's {frames} frames, were {FromFrame} and {to}."
            );
        if (Output == SaliencyOutput.Weak && (FromFrame != 0 || to != frames))
            problems.Add("The weak output has no frames, so it takes neither FromFrame nor ToFrame.");
        if (Copies < 0)
            problems.Add($"Copies must be 0 or more, was {Copies}.");
        if (!(NoiseShare >= 0 && double.IsFinite(NoiseShare)))
            problems.Add($"NoiseShare must be 0 or more, was {NoiseShare}.");
        return problems;
    }
}
