using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Tests.Models;

/// <summary>An untrained model for clips of 1 s at 8 kHz: 25 frames of 8 bands, 2 classes.</summary>
internal static class SmallModel
{
    public static SavedModel Make(int members = 1, params Layer[] layers)
    {
        Torch.Initialize();
        LogMelOptions options = new()
        {
            Rate = 8000,
            WindowSeconds = 0.064,
            StepSeconds = 0.04,
            FftSamples = 512,
            BandCount = 8,
            MaxHz = 4000,
        };
        NetworkDescription network = new()
        {
            Layers =
                layers.Length > 0
                    ? layers
                    :
                    [
                        new Layer.Convolution(4),
                        new Layer.BandPooling(4),
                        new Layer.BidirectionalGru(4, Merge.Multiply),
                    ],
            Frames = 25,
            Bands = 8,
            Classes = 2,
            Weak = new WeakOutput.LinearSoftmax(),
        };
        return new SavedModel
        {
            Name = "small",
            Classes = new ClassList(["Air horn, truck horn", "Car"]),
            ClipSeconds = 1,
            Features = options,
            Network = network,
            Detection = new DetectionOptions { Threshold = 0.45, Steps = [new DecodingStep.MedianFilter(0.12)] },
            Corpus = "hums",
            CorpusHash = "0123456789abcdef",
            Members = [.. Enumerable.Range(1, members).Select(seed => Member(network, seed))],
        };
    }

    /// <summary>A waveform model: 25 frames of 320 samples.</summary>
    public static SavedModel OfSamples(int members = 1)
    {
        var plain = Make();
        NetworkDescription network = plain.Network with
        {
            Layers =
            [
                new Layer.SampleConvolution(4, 5, 5),
                new Layer.BandPooling(8),
                new Layer.SampleConvolution(4, 3),
                new Layer.BandPooling(8),
            ],
            Bands = 320,
        };
        return plain with
        {
            Features = new SampleFrames(8000, 320),
            Network = network,
            Members =
            [
                .. Enumerable
                    .Range(1, members)
                    .Select(seed =>
                        Member(network, seed) with
                        {
                            Statistics = new(
                                [.. Enumerable.Repeat(0.01f * seed, 320)],
                                [.. Enumerable.Repeat(0.1f * seed, 320)]
                            ),
                        }
                    ),
            ],
        };
    }

    private static ModelMember Member(NetworkDescription description, int seed)
    {
        torch.manual_seed(seed);
        using SedNetwork network = new(description);
        return new ModelMember(
            $"seed {seed}",
            $"data: hums\nseed: {seed}",
            new Dictionary<string, IReadOnlyDictionary<string, double>>
            {
                ["Testing"] = new Dictionary<string, double> { ["weak F"] = 0.5 + seed / 100.0 },
            },
            new BandStatistics(
                [.. Enumerable.Range(0, description.Bands).Select(band => -5f - band)],
                [.. Enumerable.Range(0, description.Bands).Select(band => 1f + band / 10f)]
            ),
            NetworkWeights.Of(network)
        );
    }
}
