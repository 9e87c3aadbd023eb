using Sed.Core.Detection.Calibrations;

namespace Sed.Core.Models;

/// <content>Outputs for windows of recordings, used to select stretches of recordings to annotate.</content>
public sealed partial class SedModel
{
    /// <summary>
    /// Computes the calibrated probability of each class in each window: the maximum over the frames before the
    /// padding. If a frame probability of a window is not finite, all values of this window are NaN.
    /// </summary>
    /// <param name="windows">The windows, at least one.</param>
    /// <param name="recording">The recording of the first window, for messages.</param>
    /// <param name="vectors">
    /// Receives one vector for each window: the output of the first network's last layer before the strong output,
    /// averaged over the frames before the padding. Null: the vectors are not computed.
    /// </param>
    /// <exception cref="ModelOutputException">
    /// The model's layers overflow for the first window, so the model cannot be used.
    /// </exception>
    internal float[][] Probabilities(IReadOnlyList<Window> windows, string recording, List<float[]>? vectors)
    {
        Calibrator calibrator = new(Classes, Detection.Calibration);
        var outputs = networks.Predict(windows, recording, vectors);
        return [.. outputs.Zip(windows, (output, window) => Largest(output.Strong, window))];

        float[] Largest(float[] strong, Window window)
        {
            if (Array.Exists(strong, value => !float.IsFinite(value)))
                return [.. Enumerable.Repeat(float.NaN, Classes.Count)];
            var frames = strong.Length / Classes.Count;
            var sound = Math.Clamp(
                (int)Math.Ceiling((double)frames * window.FramesWithSound / Saved.Network.Frames),
                1,
                frames
            );
            var calibrated = calibrator.Frames(strong);
            var largest = new float[Classes.Count];
            for (var i = 0; i < sound * largest.Length; i++)
                largest[i % largest.Length] = Math.Max(largest[i % largest.Length], calibrated[i]);
            return largest;
        }
    }
}
