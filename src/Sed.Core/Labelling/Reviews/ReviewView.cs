using System.Runtime.InteropServices;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Models;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// What a review page shows of a stretch: sound, spectrogram and scores, with a margin before and after the stretch.
/// </summary>
/// <param name="From">Start of the view in seconds.</param>
/// <param name="To">End of the view in seconds.</param>
/// <param name="Wave">The sound as a WAV file of 16 bits, mono.</param>
/// <param name="Spectrogram">The spectrogram.</param>
/// <param name="Scores">
/// The scores of the model; null if there is no model, or if the model cannot process this part of the recording.
/// </param>
/// <param name="Problem">
/// The reason why the model cannot compute scores, as a sentence; null if it can, or if there is no model.
/// </param>
public sealed record ReviewView(
    double From,
    double To,
    byte[] Wave,
    Spectrogram Spectrogram,
    ReviewScores? Scores,
    string? Problem
)
{
    // Higher rates add only inaudible frequencies, and browsers are not required to support them.
    private const int HighestRate = 48_000;

    // The margin as a fraction of the length of the stretch, and the maximum margin in seconds.
    private const double Margin = 0.1;
    private const double LongestMargin = 2;

    /// <summary>
    /// Start and end of a stretch's view in seconds: the stretch, with a margin of a tenth of its length, but at most
    /// 2 s, on each side. The margins do not extend beyond the recording.
    /// </summary>
    public static (double From, double To) SpanOf(ReviewItem item)
    {
        var margin = Math.Min(LongestMargin, Margin * (item.Offset - item.Onset));
        return (Math.Max(0, item.Onset - margin), Math.Min(item.Recording.Seconds, item.Offset + margin));
    }

    internal static ReviewView Of(ReviewItem item, SedModel? model, RecordingWindow window)
    {
        var (from, to) = SpanOf(item);
        var (samples, rate) = window.Read(item.Recording.Path, model?.Saved.Channel, from, to);
        var (audible, audibleRate) =
            rate > HighestRate ? (Resampler.Resample(samples, rate, HighestRate), HighestRate) : (samples, rate);
        var (scores, problem) = model is null ? (null, null) : ScoresOf(model, samples, rate);
        return new ReviewView(
            from,
            to,
            WavWriter.ToBytes(audible, audibleRate),
            Spectrogram.Of(samples, rate),
            scores,
            problem
        );
    }

    private static (ReviewScores? Scores, string? Problem) ScoresOf(SedModel model, float[] samples, int rate)
    {
        try
        {
            List<float> frames = [];
            var prediction = model.Predict(samples, rate, (_, _, piece) => frames.AddRange(piece));
            // The probabilities of the model are calibrated already.
            EventDecoder decoder = new(model.Classes, model.HopSeconds, model.Detection with { Calibration = null });
            var (scores, boxes) = decoder.Apply(CollectionsMarshal.AsSpan(frames), [.. prediction.TagProbabilities]);
            return (
                new ReviewScores(
                    model.HopSeconds,
                    [.. model.Classes],
                    scores,
                    [
                        .. model.Classes.Select(
                            (_, k) =>
                                k < boxes.Length && boxes[k] is { } own
                                    ? (IReadOnlyList<double[]>)
                                        [.. own.Select(box => (double[])[box.Onset, box.Offset, box.Confidence])]
                                    : null
                        ),
                    ],
                    prediction.TagProbabilities
                ),
                null
            );
        }
        catch (ModelOutputException invalid)
        {
            return (null, invalid.Message);
        }
    }
}
