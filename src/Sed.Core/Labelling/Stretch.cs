using Sed.Core.Annotations;
using Sed.Core.Models;

namespace Sed.Core.Labelling;

/// <summary>
/// A part of a recording that is annotated as a unit: the whole of a short recording, or a piece of a long one.
/// </summary>
/// <param name="Recording">
/// Name of the recording: its path relative to the folder of the recordings, with forward slashes.
/// </param>
/// <param name="Onset">Start in seconds from the start of the recording; 0 or more.</param>
/// <param name="Offset">End in seconds from the start of the recording; after the onset.</param>
public sealed record Stretch(string Recording, double Onset, double Offset)
{
    /// <summary>Minimum length that <see cref="Divide"/> accepts for stretches, in seconds.</summary>
    public const double MinSeconds = 0.1;

    /// <summary>Length in seconds.</summary>
    public double Seconds => Offset - Onset;

    /// <summary>Whether two stretches have a part in common. Stretches that only touch do not overlap.</summary>
    public bool Overlaps(Stretch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Recording == other.Recording && Onset < other.Offset && other.Onset < Offset;
    }

    /// <summary>Formats the stretch for readers, for example "pond.wav, 10 s to 20 s".</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{Recording}, {Onset:0.###} s to {Offset:0.###} s");

    /// <summary>
    /// Divides a recording into consecutive stretches that cover it exactly. All of them have the given length, except
    /// at the end of the recording. The treatment of the rest depends on its duration. A rest of at least half the
    /// length is a separate stretch. A rest of at most the tolerance is added to the last stretch. Any other rest is
    /// joined with the last stretch, and the two are divided into two stretches of equal length (to the millisecond).
    /// So each stretch has at least half the length and at most the length plus the tolerance, unless the whole
    /// recording is shorter. The tolerance is <see cref="SedModel.ToleratedSeconds"/>, but at most a tenth of the
    /// length.
    /// </summary>
    /// <param name="recording">Name of the recording.</param>
    /// <param name="duration">Duration of the recording in seconds, positive.</param>
    /// <param name="length">
    /// Length of a stretch in seconds, at least <see cref="MinSeconds"/>; usually the model's clip length.
    /// </param>
    /// <returns>The stretches in temporal order, at least one.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The duration or the length is out of range.</exception>
    public static IReadOnlyList<Stretch> Divide(string recording, double duration, double length)
    {
        ArgumentNullException.ThrowIfNull(recording);
        if (!(duration > 0 && duration <= SoundEvent.LatestSeconds))
            throw new ArgumentOutOfRangeException(
                nameof(duration),
                FormattableString.Invariant(
                    $"{recording}: a duration must be greater than 0 s and at most {SoundEvent.LatestSeconds} s, was {duration} s."
                )
            );
        if (LengthProblem(length) is { } problem)
            throw new ArgumentOutOfRangeException(nameof(length), problem);
        var tolerance = Math.Min(SedModel.ToleratedSeconds, length / 10);
        var whole = (int)Math.Floor(duration / length);
        var rest = duration - whole * length;
        if (whole == 0 || (whole == 1 && rest <= tolerance))
            return [new Stretch(recording, 0, duration)];
        List<double> borders = [.. Enumerable.Range(0, whole).Select(k => k * length)];
        if (rest >= length / 2)
            borders.Add(whole * length);
        else if (rest > tolerance)
            borders.Add(Math.Round((borders[^1] + duration) / 2, 3));
        borders.Add(duration);
        return [.. borders.Zip(borders.Skip(1), (from, to) => new Stretch(recording, from, to))];
    }

    /// <summary>The reason why recordings cannot be divided into stretches of a length; null if they can.</summary>
    /// <param name="length">Length in seconds.</param>
    public static string? LengthProblem(double length) =>
        length >= MinSeconds && length <= SoundEvent.LatestSeconds
            ? null
            : FormattableString.Invariant(
                $"The length of a stretch must be between {MinSeconds} s and {SoundEvent.LatestSeconds} s, was {length} s."
            );
}
