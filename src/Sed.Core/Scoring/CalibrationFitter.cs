using Sed.Core.Detection;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Metrics.Calibration;
using Sed.Core.Metrics.Frames;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Tags;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Scoring;

/// <summary>
/// Fits the calibration of a network's outputs on labelled clips, separately for frame probabilities and the weak output.
/// Deterministic.
/// </summary>
public static class CalibrationFitter
{
    /// <summary>Fits a calibration.</summary>
    /// <remarks>
    /// A frame is positive if an event of the class covers its centre. Frames at times that are not annotated, and tags
    /// that are not annotated, are left out. Without strong labels, frame probabilities are not calibrated. Methods
    /// with a function for each class leave out a class whose frames or clips are all positive or all negative.
    /// </remarks>
    /// <param name="truth">Reference labels of clips that are used neither for training nor for scoring.</param>
    /// <param name="scores">Network outputs for the same clips.</param>
    /// <param name="method">The kind of functions that are fitted.</param>
    /// <exception cref="ArgumentException">Scores and reference have different clips or classes.</exception>
    public static Calibration Fit(ClipTruth truth, ClipScores scores, CalibrationMethod method)
    {
        ScoredClips plain = new(truth, scores, new DetectionOptions());
        return new Calibration
        {
            Frames = plain.Inputs.ScorePairs is { } pairs ? Maps(k => FramesOf(pairs.Value, k)) : Maps(_ => []),
            Weak = Maps(k => TagsOf(plain.Inputs.WeakOutputScores!.Value, k)),
        };

        Dictionary<string, ProbabilityMap> Maps(Func<int, List<(float, bool)>> predictions)
        {
            var perClass = truth.Classes.Select((label, k) => (Label: label, Own: predictions(k))).ToArray();
            if (method != CalibrationMethod.Temperature)
                return perClass
                    .Where(one => IsMixed(one.Own))
                    .ToDictionary(one => one.Label, one => FitOne(one.Own, method));
            List<(float, bool)> all = [.. perClass.SelectMany(one => one.Own)];
            if (!IsMixed(all))
                return [];
            var shared = FitOne(all, method);
            return perClass.ToDictionary(one => one.Label, _ => shared);
        }
    }

    private static ProbabilityMap FitOne(List<(float, bool)> predictions, CalibrationMethod method) =>
        method == CalibrationMethod.IsotonicPerClass
            ? IsotonicRegression.Fit(predictions)
            : TemperatureScaling.Fit(predictions);

    private static bool IsMixed(List<(float Probability, bool IsPositive)> predictions) =>
        predictions.Exists(one => one.IsPositive) && predictions.Exists(one => !one.IsPositive);

    private static List<(float Probability, bool IsPositive)> FramesOf(ScorePairs pairs, int classIndex)
    {
        List<(float, bool)> predictions = [];
        for (var file = 0; file < pairs.Count; file++)
        {
            var scores = pairs.Scores[file];
            var row = scores.Of(classIndex);
            FrameLabels labels = new(pairs.EventsOf(file, classIndex), pairs.KnownOf(file, classIndex));
            for (var frame = 0; frame < row.Length; frame++)
                if (labels.Next(scores.Borders[frame], scores.Borders[frame + 1]) is { } isPositive)
                    predictions.Add(((float)row[frame], isPositive));
        }
        return predictions;
    }

    private static List<(float Probability, bool IsPositive)> TagsOf(TagScores tags, int classIndex) =>
        [
            .. Enumerable
                .Range(0, tags.Clips)
                .Where(clip => tags.IsKnown(clip, classIndex))
                .Select(clip => ((float)tags.ScoreOf(clip, classIndex), tags.IsPresent(clip, classIndex))),
        ];
}

/// <summary>The kind of functions that calibrate a network's outputs.</summary>
public enum CalibrationMethod
{
    /// <summary>Temperature scaling with one temperature for all classes (Guo et al. 2017).</summary>
    [Key("temperature")]
    Temperature,

    /// <summary>Temperature scaling with a separate temperature for each class.</summary>
    [Key("temperaturePerClass")]
    TemperaturePerClass,

    /// <summary>Separate isotonic regression for each class (Zadrozny and Elkan 2002).</summary>
    [Key("isotonicPerClass")]
    IsotonicPerClass,
}
