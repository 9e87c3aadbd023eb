namespace Sed.Core.Corpora.Synthesis;

/// <summary>Options for mixing soundscapes. Immutable; checked before mixing starts.</summary>
public sealed record SoundscapeOptions
{
    /// <summary>Seed of all random draws; equal options give identical files. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The task whose corpus is imitated: its layout, labels and mixing. Default DCASE 2017 task 4.</summary>
    public SoundscapeKind Kind { get; init; } = SoundscapeKind.Dcase2017;

    /// <summary>
    /// Number of training clips. Default 600. They have weak labels; in the layout of DESED, a quarter has strong labels, a
    /// quarter has weak labels, and half has no labels.
    /// </summary>
    public int TrainingClips { get; init; } = 600;

    /// <summary>
    /// Number of testing clips, which have strong labels. Default 200. In the layout of DESED, this is also the number
    /// of validation clips.
    /// </summary>
    public int TestingClips { get; init; } = 200;

    /// <summary>Number of evaluation clips, which have strong labels. Default 200.</summary>
    public int EvaluationClips { get; init; } = 200;

    /// <summary>Minimum number of events per clip. Default 1.</summary>
    public int MinEvents { get; init; } = 1;

    /// <summary>Maximum number of events per clip. Default 4.</summary>
    public int MaxEvents { get; init; } = 4;

    /// <summary>Minimum signal-to-noise ratio of an event (dB). Default 0.</summary>
    public double MinSignalToNoiseDb { get; init; } = 0;

    /// <summary>Maximum signal-to-noise ratio of an event (dB). Default 20.</summary>
    public double MaxSignalToNoiseDb { get; init; } = 20;

    /// <summary>
    /// Names of the recording folders that contain backgrounds, not classes. Null (the default) selects rain, sea_waves,
    /// fire_crackling, wind, and names that start with "background" or "noise".
    /// </summary>
    public IReadOnlyList<string>? BackgroundFolders { get; init; }

    /// <summary>A copy with a different <see cref="Kind"/>.</summary>
    public SoundscapeOptions WithKind(SoundscapeKind kind) => this with { Kind = kind };

    /// <summary>All problems with these options; empty if they are valid.</summary>
    public IReadOnlyList<string> Problems()
    {
        List<string> problems = [];
        if (Kind == SoundscapeKind.Desed && TrainingClips is 1 or 2)
            problems.Add($"TrainingClips must be at least 3 in the layout of DESED, was {TrainingClips}.");
        foreach ((var name, var clips) in Counts)
            if (clips < 1)
                problems.Add($"{name} must be at least 1, was {clips}.");
        if (MinEvents < 1)
            problems.Add($"MinEvents must be at least 1, was {MinEvents}.");
        if (MaxEvents < MinEvents)
            problems.Add($"MaxEvents must be at least MinEvents ({MinEvents}), was {MaxEvents}.");
        if (!double.IsFinite(MinSignalToNoiseDb))
            problems.Add(FormattableString.Invariant($"MinSignalToNoiseDb must be finite, was {MinSignalToNoiseDb}."));
        if (!(MaxSignalToNoiseDb >= MinSignalToNoiseDb) || !double.IsFinite(MaxSignalToNoiseDb))
            problems.Add(
                FormattableString.Invariant(
                    $"MaxSignalToNoiseDb must be at least MinSignalToNoiseDb ({MinSignalToNoiseDb} dB), was {MaxSignalToNoiseDb} dB."
                )
            );
        return problems;
    }

    private IEnumerable<(string Name, int Clips)> Counts =>
        [
            (nameof(TrainingClips), TrainingClips),
            (nameof(TestingClips), TestingClips),
            (nameof(EvaluationClips), EvaluationClips),
        ];
}

/// <summary>The task whose corpus a mixed corpus imitates.</summary>
public enum SoundscapeKind
{
    /// <summary>DCASE 2017 task 4: training clips with weak labels; testing and evaluation clips with strong labels.</summary>
    Dcase2017,

    /// <summary>
    /// DESED: synthetic clips with strong labels, and clips that stand for recordings and have weak labels or no
    /// labels. Validation clips are synthetic.
    /// </summary>
    Desed,
}
