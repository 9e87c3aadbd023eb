using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Losses;

namespace Sed.Core.Training;

/// <content>The consistency loss of a mean teacher.</content>
public sealed partial record TrainingOptions
{
    /// <summary>
    /// The function that compares the outputs of student and mean teacher. Null (the default): the mean squared error.
    /// </summary>
    [Key("consistency")]
    public Consistency? Consistency { get; init; }

    /// <summary>Interpolation consistency training. Null (the default): none.</summary>
    [Key("interpolation")]
    public Interpolation? Interpolation { get; init; }

    /// <summary>
    /// Whether the mean teacher is updated before the optimizer's step, with the weights that were used in the forward
    /// pass, as in the code of the DESED baselines. The ramp-up of the consistency weight then includes the current
    /// step. Default false: the teacher is updated after the optimizer's step, and the ramp-up includes only finished
    /// steps.
    /// </summary>
    [Key("teacherMovesFirst", OmitWhen = false)]
    public bool TeacherMovesFirst { get; init; }

    /// <summary>A copy with a different <see cref="Consistency"/>.</summary>
    public TrainingOptions WithConsistency(Consistency? consistency) => this with { Consistency = consistency };

    /// <summary>A copy with a different <see cref="Interpolation"/>.</summary>
    public TrainingOptions WithInterpolation(Interpolation? interpolation) =>
        this with
        {
            Interpolation = interpolation,
        };

    /// <summary>A copy with a different <see cref="TeacherMovesFirst"/>.</summary>
    public TrainingOptions WithTeacherMovesFirst(bool movesFirst) => this with { TeacherMovesFirst = movesFirst };

    private IEnumerable<Problem> ConsistencyProblems()
    {
        foreach (var problem in Consistency?.Problems() ?? [])
            yield return problem;
        foreach (var problem in Interpolation?.Problems() ?? [])
            yield return problem;
        foreach (
            var (name, isSet) in new[]
            {
                ("consistency", Consistency is not null),
                ("interpolation", Interpolation is not null),
                ("teacherMovesFirst", TeacherMovesFirst),
            }
        )
            if (isSet && MeanTeacher is null)
                yield return Problem.Of(
                    $"`{name}` has no effect, because there is no mean teacher",
                    "add `meanTeacher 0.999 2.0 50`"
                );
        if (Interpolation is not null && Consistency is Consistency.Confident)
            yield return Problem.Of(
                "`interpolation` mixes the teacher's probabilities, but `Confident` replaces them by pseudo-labels",
                "leave out one of them"
            );
    }
}
