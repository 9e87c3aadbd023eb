using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;

/// <summary>Writes a model of one dense layer that detects "Car" in loud frames, and a recording with one loud second.</summary>
static class TinyModel
{
    public static void Write(string path)
    {
        LogMelOptions options = new()
        {
            Rate = 8000,
            WindowSeconds = 0.064,
            StepSeconds = 0.04,
            FftSamples = 512,
            BandCount = 8,
            MaxHz = 4000,
        };
        NetworkDescription description = new()
        {
            Layers = [new Layer.Dense(1, Activation.Linear)],
            Frames = 25,
            Bands = 8,
            Classes = 2,
            Weak = new WeakOutput.LinearSoftmax(),
        };
        Torch.Initialize();
        using SedNetwork network = new(description);
        var weights = NetworkWeights.Of(network).ToDictionary(at => at.Key, at => Zero(at.Value));
        // The mean of the standardised bands is far below 0 in silence and above 0 in noise.
        var mean = weights.Keys.Single(name => name.StartsWith("layers") && name.EndsWith("weight"));
        weights[mean] = NumpyArray.Of([.. Enumerable.Repeat(1f / 8, 8)]) with { Shape = [1, 8] };
        weights["strong.weight"] = NumpyArray.Of([0f, 4f]) with { Shape = [2, 1] };
        weights["strong.bias"] = NumpyArray.Of([-9f, 0f]);
        BandStatistics statistics = new([.. Enumerable.Repeat(-5f, 8)], [.. Enumerable.Repeat(1f, 8)]);
        ModelFile.Write(
            path,
            new SavedModel
            {
                Name = "tiny",
                Classes = new ClassList(["Bus", "Car"]),
                ClipSeconds = 1,
                Features = options,
                Network = description,
                Detection = new DetectionOptions(),
                Corpus = "none",
                CorpusHash = "none",
                Members = [new ModelMember("by hand", "by hand", Scores(), statistics, weights)],
            }
        );
    }

    /// <summary>Writes three seconds at 8 kHz; the middle one is noise.</summary>
    public static void WriteSound(string path)
    {
        Random draw = new(1);
        var samples = Enumerable.Range(0, 24_000).Select(i => Noise(draw) * (i is >= 8000 and < 16_000 ? 0.5f : 1e-6f));
        WavWriter.Write(path, [.. samples], 8000, SampleEncoding.Float, 32);
    }

    static float Noise(Random draw) => draw.NextSingle() - 0.5f;

    static NumpyArray Zero(NumpyArray array) => array with { Bytes = new byte[array.Bytes.Length] };

    static Dictionary<string, IReadOnlyDictionary<string, double>> Scores() => [];
}
