using Sed.Core.Detection;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Detection.Steps;
using Sed.Core.Models;

namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// Adds calibrations and thresholds of single classes to a model. The calibrations map frame probabilities.
/// </summary>
public static class CalibratedModel
{
    // Thresholds must lie strictly between 0 and 1, but isotonic regression can map to 0 and to 1.
    private const double Least = 1e-6;

    /// <summary>The reason why the frame probabilities of a class cannot be calibrated; null if they can.</summary>
    /// <param name="detection">The decoding options of the model.</param>
    /// <param name="label">The class.</param>
    public static string? ProblemOf(DetectionOptions detection, string label)
    {
        ArgumentNullException.ThrowIfNull(detection);
        return detection.Calibration?.Frames.ContainsKey(label) == true ? "the model is calibrated already"
            : detection.Of(label).Steps.Any(step => step is DecodingStep.ChangePoints)
                ? "change points depend on differences of probabilities, which a calibration would change"
            : null;
    }

    /// <summary>A copy of a model with the given calibrations and thresholds in its decoding options.</summary>
    /// <param name="model">The model.</param>
    /// <param name="classes">
    /// For each class to change: the calibration of the frame probabilities (null: no further calibration), and the
    /// threshold of the calibrated probabilities.
    /// </param>
    public static SavedModel Of(
        SavedModel model,
        IReadOnlyDictionary<string, (ProbabilityMap? Map, double Threshold)> classes
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        return model with { Detection = Of(model.Detection, classes) };
    }

    /// <summary>A copy of decoding options with the given calibrations and thresholds.</summary>
    /// <remarks>
    /// The lower thresholds of hysteresis are mapped by the calibration. Gates and the thresholds of tags are not
    /// changed, because they apply to the weak output, which the calibrations do not map.
    /// </remarks>
    /// <param name="before">The decoding options so far.</param>
    /// <param name="classes">
    /// For each class to change: the calibration of the frame probabilities (null: no further calibration), and the
    /// threshold of the calibrated probabilities.
    /// </param>
    public static DetectionOptions Of(
        DetectionOptions before,
        IReadOnlyDictionary<string, (ProbabilityMap? Map, double Threshold)> classes
    )
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(classes);
        Dictionary<string, ProbabilityMap> frames = new(
            before.Calibration?.Frames ?? new Dictionary<string, ProbabilityMap>()
        );
        Dictionary<string, ClassDetection> perClass = new(before.PerClass);
        foreach (var (label, (map, threshold)) in classes)
        {
            var own = before.Of(label);
            var limited = Math.Clamp(threshold, Least, 1 - Least);
            if (map is not null)
                frames[label] = map;
            perClass[label] = own with
            {
                Threshold = limited,
                TagThreshold = own.TagThreshold ?? own.Threshold,
                Steps =
                [
                    .. own.Steps.Select(step =>
                        step is DecodingStep.Hysteresis hysteresis
                            ? hysteresis with
                            {
                                Low = Math.Clamp(map?.Of((float)hysteresis.Low) ?? hysteresis.Low, Least, limited),
                            }
                            : step
                    ),
                ],
            };
        }
        return before with
        {
            PerClass = perClass,
            Calibration =
                frames.Count == 0
                    ? before.Calibration
                    : (before.Calibration ?? new Calibration()) with
                    {
                        Frames = frames,
                    },
        };
    }
}
