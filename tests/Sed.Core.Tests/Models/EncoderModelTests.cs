using Sed.Core.Models;
using Sed.Core.Runtime;
using Sed.Core.Tests.Features.Encoders;

namespace Sed.Core.Tests.Models;

/// <summary>Models whose features are an encoder's vectors.</summary>
[Collection(TorchCollection.Name)]
public sealed class EncoderModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_model_file_contains_its_encoder()
    {
        var saved = Loudness();
        ModelFile.Write(folder.File("m.sed"), saved);
        File.Delete(folder.File("small.onnx"));
        var read = ModelFile.Read(folder.File("m.sed"));
        Assert.Equal(saved.Features, read.Features);
        ModelFile.Write(folder.File("again.sed"), read);
        Assert.Equal(File.ReadAllBytes(folder.File("m.sed")), File.ReadAllBytes(folder.File("again.sed")));
        using var model = SedModel.Of(read);
        var sound = Assert.Single(model.Detect(Wav("street.wav", LoudnessModel.Sound(1, (0.4, 0.8)))));
        Assert.Equal(("Car", 0.4, 0.8), (sound.Label, sound.Onset, Math.Round(sound.Offset, 2)));
    }

    [Fact]
    public void A_model_file_without_its_encoder_finds_it_in_its_folder_by_content()
    {
        ModelFile.Write(folder.File("m.sed"), Loudness(), withEncoders: false);
        File.Move(folder.File("small.onnx"), folder.File("other name.onnx"));
        File.WriteAllBytes(folder.File("a.onnx"), SmallEncoders.Sequence());
        if (!OperatingSystem.IsWindows())
            File.CreateSymbolicLink(folder.File("b.onnx"), folder.File("missing"));
        Assert.Empty(ModelFile.Read(folder.File("m.sed")).Problems());
        File.Delete(folder.File("other name.onnx"));
        var refused = Assert.Throws<ModelFileException>(() => ModelFile.Read(folder.File("m.sed")));
        Assert.Contains("it does not contain its encoder; put the ONNX file whose SHA-256 is", refused.Message);
        if (!OperatingSystem.IsWindows())
            Assert.EndsWith(
                "into the folder of the model file (files there that cannot be read: b.onnx)",
                refused.Message.TrimEnd('.')
            );
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    public void Events_of_recordings_of_any_length_are_found(double seconds)
    {
        using var model = SedModel.Of(Loudness());
        var sound = Assert.Single(model.Detect(Wav("street.wav", LoudnessModel.Sound(seconds, (0.4, 0.8)))));
        Assert.Equal((0.4, 0.8), (Math.Round(sound.Onset, 2), Math.Round(sound.Offset, 2)));
    }

    [Fact]
    public void A_stream_has_the_events_of_the_recording_without_waiting_for_a_window()
    {
        using var model = SedModel.Of(Loudness());
        var stream = model.Stream(8000);
        Assert.True(stream.DelaySeconds < 0.5);
        var samples = LoudnessModel.Sound(5, (1.2, 1.6), (3.0, 4.0));
        List<(double, double)> found = [];
        for (var from = 0; from < samples.Length; from += 500)
            found.AddRange(stream.Push(samples.AsSpan(from..(from + 500))).Select(Times));
        found.AddRange(stream.Finish().Select(Times));
        Assert.Equal([(1.2, 1.6), (3.0, 4.0)], found);

        static (double, double) Times(Sed.Core.Annotations.SoundEvent sound) =>
            (Math.Round(sound.Onset, 2), Math.Round(sound.Offset, 2));
    }

    private SavedModel Loudness() => EncoderModel.Loudness(folder.Path);

    private string Wav(string name, float[] samples)
    {
        Sed.Core.Audio.WavWriter.Write(folder.File(name), samples, 8000);
        return folder.File(name);
    }
}
