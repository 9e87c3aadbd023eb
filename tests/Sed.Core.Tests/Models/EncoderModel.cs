using Sed.Core.Features.Encoders;
using Sed.Core.Models;
using Sed.Core.Runtime;
using Sed.Core.Tests.Features.Encoders;

namespace Sed.Core.Tests.Models;

/// <summary>A model whose features are an encoder's vectors.</summary>
internal static class EncoderModel
{
    /// <summary>A model that detects "Car" in loud frames of 10 ms.</summary>
    /// <param name="folder">Receives the ONNX file of the encoder.</param>
    public static SavedModel Loudness(string folder)
    {
        var encoder = new Encoder(SmallEncoders.Write(folder, SmallEncoders.Loudness()));
        Assert.Empty(encoder.Problems());
        var plain = SmallModel.Make();
        var network = plain.Network with { Layers = [], Frames = 100, Bands = 2 };
        Dictionary<string, NumpyArray> weights = new()
        {
            ["strong.weight"] = NumpyArray.Of([0f, 0f, 4f, 0f]) with { Shape = [2, 2] },
            ["strong.bias"] = NumpyArray.Of([-9f, 0f]),
        };
        return plain with
        {
            Features = encoder,
            Network = network,
            Detection = new(),
            Members = [plain.Members[0] with { Statistics = new([5, 0], [1, 1]), Weights = weights }],
        };
    }
}
