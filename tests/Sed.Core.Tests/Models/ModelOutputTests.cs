using System.Text.RegularExpressions;
using Sed.Core.Audio;
using Sed.Core.Models;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Models;

/// <summary>A model whose values are not finite is an error that names the model and the recording, never "no events".</summary>
[Collection(TorchCollection.Name)]
public sealed class ModelOutputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string Wav(string name, float[] samples)
    {
        File.WriteAllBytes(folder.File(name), WavWriter.ToBytes(samples, 8000, SampleEncoding.Float, 32));
        return folder.File(name);
    }

    /// <summary>A model whose convolution has weights that alternate between two extremes.</summary>
    private static SavedModel Hostile(SavedModel model, float value)
    {
        var weights = model.Members[0].Weights.ToDictionary();
        var name = weights.Keys.Single(name => weights[name].Shape.Count == 4);
        var count = weights[name].Floats.Length;
        float[] values = [.. Enumerable.Range(0, count).Select(k => k % 2 == 0 ? value : -value)];
        weights[name] = NumpyArray.Of(values) with { Shape = weights[name].Shape };
        return model with { Members = [model.Members[0] with { Weights = weights }] };
    }

    [Fact]
    public void Finite_weights_that_overflow_are_reported_with_the_layer()
    {
        var clip = Wav("clip.wav", LoudnessModel.Sound(1, (0.2, 0.6)));
        // The largest weights alone overflow in the sums of a convolution. The GRU's gates would turn its infinite output into
        // ordinary numbers.
        using var hostile = SedModel.Of(Hostile(SmallModel.Make(), 3e38f), device: "cpu");
        Assert.Matches(
            $"^{Regex.Escape(clip)}: the model \"small\" cannot process this recording: the output of its layer 1-[a-z]+ is not finite \\(seed 1\\)\\.$",
            Assert.Throws<ModelOutputException>(() => hostile.Predict(clip)).Message
        );
        Assert.Throws<ModelOutputException>(() => hostile.PredictAll([clip]).ToList());
        var stream = hostile.Stream(8000);
        Assert.Throws<ModelOutputException>(() =>
        {
            stream.Push(LoudnessModel.Sound(2, (0.2, 0.6)));
            stream.Finish();
        });
    }

    [Fact]
    public void A_recording_for_which_the_probabilities_are_not_finite_is_reported_in_its_place()
    {
        var clip = new Window(new float[25 * 8], 25);
        var broken = new Window([float.NaN, .. new float[25 * 8 - 1]], 25);
        using ModelEnsemble networks = new(LoudnessModel.Make(), TorchSharp.torch.CPU);
        var outputs = networks.Predict([broken, clip], "a.wav");
        Assert.All(outputs[0].Strong, value => Assert.Equal(float.NaN, value));
        Assert.All(outputs[1].Strong, value => Assert.InRange(value, 0, 1));
        PredictionBuilder builder = new(LoudnessModel.Make(), new(), 0.04, null, "a.wav");
        const string message =
            "a.wav: the model \"small\" cannot process this recording: its probabilities are not finite numbers.";
        Assert.Equal(message, Assert.Throws<ModelOutputException>(() => builder.Add(outputs[0].Strong)).Message);
        Assert.Equal(message, Assert.Throws<ModelOutputException>(() => builder.AddTags(outputs[0].Weak)).Message);
    }
}
