namespace Sed.Core.Corpora.Synthesis;

/// <summary>How soundscapes are made. Immutable; checked before the first one is made.</summary>
public sealed record SoundscapeOptions
{
    /// <summary>The same seed gives the same bytes. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Clips with weak labels, to learn from. Default 600.</summary>
    public int TrainingClips { get; init; } = 600;

    /// <summary>Clips with strong labels, to test on. Default 200.</summary>
    public int TestingClips { get; init; } = 200;

    /// <summary>Further clips with strong labels, to rank by. Default 200.</summary>
    public int EvaluationClips { get; init; } = 200;

    /// <summary>Fewest events in a clip. Default 1.</summary>
    public int MinEvents { get; init; } = 1;

    /// <summary>Most events in a clip. Default 4.</summary>
    public int MaxEvents { get; init; } = 4;

    /// <summary>Lowest level of an event above the background (dB). Default 0.</summary>
    public double MinSignalToNoiseDb { get; init; } = 0;

    /// <summary>Highest level of an event above the background (dB). Default 20.</summary>
    public double MaxSignalToNoiseDb { get; init; } = 20;

    /// <summary>
    /// For folders of recordings: the folders that are backgrounds, not classes. Null (the default) takes those whose names
    /// say so: rain, sea_waves, fire_crackling, wind, and names that start with "background" or "noise".
    /// </summary>
    public IReadOnlyList<string>? BackgroundFolders { get; init; }

    /// <summary>Every reason these options cannot be used, in reading order; empty when they can.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        foreach ((var name, var clips) in Counts)
            if (clips < 1)
                problems.Add($"{name} must be at least 1, was {clips}.");
        if (MinEvents < 1)
            problems.Add($"MinEvents must be at least 1, was {MinEvents}.");
        if (MaxEvents < MinEvents)
            problems.Add($"MaxEvents must be at least MinEvents ({MinEvents}), was {MaxEvents}.");
        if (!double.IsFinite(MinSignalToNoiseDb))
            problems.Add($"MinSignalToNoiseDb must be a number of dB, was {MinSignalToNoiseDb}.");
        if (!(MaxSignalToNoiseDb >= MinSignalToNoiseDb) || !double.IsFinite(MaxSignalToNoiseDb))
            problems.Add(
                $"MaxSignalToNoiseDb must be at least MinSignalToNoiseDb ({MinSignalToNoiseDb} dB), was {MaxSignalToNoiseDb} dB."
            );
        return problems;
    }

    private IEnumerable<(string Name, int Clips)> Counts =>
        [
            (nameof(TrainingClips), TrainingClips),
            (nameof(TestingClips), TestingClips),
            (nameof(EvaluationClips), EvaluationClips),
        ];

    internal int ClipsOf(Split split) =>
        split switch
        {
            Split.Training => TrainingClips,
            Split.Testing => TestingClips,
            Split.Evaluation => EvaluationClips,
            _ => 0,
        };
}
