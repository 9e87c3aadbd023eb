using Sed.Core.Detection;
using Sed.Core.Models;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Models;

/// <summary>A model with known outputs: it detects "Car" in loud frames and never detects its other class.</summary>
internal static class LoudnessModel
{
    /// <param name="detection">Decoding options; null for the defaults.</param>
    /// <param name="first">First layers, which must have no weights and keep loud frames loud.</param>
    public static SavedModel Make(DetectionOptions? detection = null, params Layer[] first)
    {
        var plain = SmallModel.Make(1, [.. first, new Layer.Dense(1, Activation.Linear)]);
        var weights = plain.Members[0].Weights.ToDictionary();
        foreach (var (name, array) in plain.Members[0].Weights)
            weights[name] = array with { Bytes = new byte[array.Bytes.Length] };
        // Mean of the standardised bands: about -5 in silence, above 0 in loud sound.
        var sum = weights.Keys.Single(name =>
            name.StartsWith("layers", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal)
        );
        weights[sum] = NumpyArray.Of([.. Enumerable.Repeat(1f / 8, 8)]) with { Shape = [1, 8] };
        weights["strong.weight"] = NumpyArray.Of([0f, 4f]) with { Shape = [2, 1] };
        weights["strong.bias"] = NumpyArray.Of([-9f, 0f]);
        var member = plain.Members[0] with { Weights = weights };
        return plain with { Members = [member], Detection = detection ?? new DetectionOptions() };
    }

    /// <summary>Noise at 8 kHz: loud during events, almost silent otherwise.</summary>
    public static float[] Sound(double seconds, params (double Onset, double Offset)[] events)
    {
        var draw = RandomSource.For(1, "loud and quiet");
        var samples = new float[(int)Math.Round(seconds * 8000)];
        for (var i = 0; i < samples.Length; i++)
        {
            var loud = events.Any(sound => i >= sound.Onset * 8000 && i < sound.Offset * 8000);
            samples[i] = (draw.NextSingle() - 0.5f) * (loud ? 0.5f : 1e-6f);
        }
        return samples;
    }
}
