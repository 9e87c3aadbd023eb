using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Calibrations;

/// <summary>
/// Calibration of the outputs of a network: for each class, a function that maps probabilities to calibrated
/// probabilities before decoding. Immutable.
/// </summary>
public sealed record Calibration
{
    /// <summary>
    /// Functions that calibrate frame probabilities, by class label. Classes without a function are not changed.
    /// </summary>
    [Key("frames")]
    public IReadOnlyDictionary<string, ProbabilityMap> Frames { get; init; } =
        ImmutableDictionary<string, ProbabilityMap>.Empty;

    /// <summary>
    /// Functions that calibrate the weak output, by class label. Classes without a function are not changed.
    /// </summary>
    [Key("weak")]
    public IReadOnlyDictionary<string, ProbabilityMap> Weak { get; init; } =
        ImmutableDictionary<string, ProbabilityMap>.Empty;

    /// <summary>All problems of the functions. The place of a problem names the output and the class label.</summary>
    internal IEnumerable<Problem> Problems() =>
        from output in (IEnumerable<(string Name, IReadOnlyDictionary<string, ProbabilityMap> Maps)>)
            [("frames", Frames), ("weak output", Weak)]
        from entry in output.Maps.OrderBy(entry => entry.Key, StringComparer.Ordinal)
        from problem in entry.Value.Problems()
        select problem.Within($"calibration of the {output.Name}, {entry.Key}");

    /// <summary>Labels in the calibration that are not among the given classes, in ordinal order.</summary>
    internal IEnumerable<string> LabelsOutside(ClassList classes) =>
        Frames.Keys.Union(Weak.Keys).Where(label => classes.IndexOf(label) < 0).Order(StringComparer.Ordinal);
}

/// <summary>The functions of a calibration in the order of the classes.</summary>
internal sealed class Calibrator
{
    private readonly ProbabilityMap?[] frames;
    private readonly ProbabilityMap?[] weak;

    /// <param name="classes">The classes, in the order of the network's outputs.</param>
    /// <param name="calibration">The calibration; null for none.</param>
    public Calibrator(ClassList classes, Calibration? calibration)
    {
        frames = [.. classes.Select(label => calibration?.Frames.GetValueOrDefault(label))];
        weak = [.. classes.Select(label => calibration?.Weak.GetValueOrDefault(label))];
    }

    /// <summary>Whether the calibration leaves frame probabilities unchanged.</summary>
    public bool KeepsFrames => Array.TrueForAll(frames, map => map is null);

    /// <summary>Whether the calibration leaves the weak output unchanged.</summary>
    public bool KeepsWeak => Array.TrueForAll(weak, map => map is null);

    /// <summary>Calibrates frame probabilities, shape (frames, classes).</summary>
    public ReadOnlySpan<float> Frames(ReadOnlySpan<float> probabilities) =>
        KeepsFrames ? probabilities : Mapped(probabilities, frames);

    /// <summary>Calibrates weak outputs, shape (clips, classes).</summary>
    public ReadOnlySpan<float> Weak(ReadOnlySpan<float> probabilities) =>
        KeepsWeak ? probabilities : Mapped(probabilities, weak);

    private static float[] Mapped(ReadOnlySpan<float> probabilities, ProbabilityMap?[] maps)
    {
        var mapped = probabilities.ToArray();
        for (var at = 0; at < mapped.Length; at++)
            if (maps[at % maps.Length] is { } map)
                mapped[at] = map.Of(mapped[at]);
        return mapped;
    }
}
