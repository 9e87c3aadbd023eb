using Sed.Core.Features.Encoders;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Tests.Metrics;
using TorchSharp;

namespace Sed.Core.Tests.Features.Encoders;

[Collection(TorchCollection.Name)]
public sealed class EncoderExtractorTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(80)]
    [InlineData(200)]
    public void Each_vector_is_centred_in_its_frame(int field)
    {
        var encoder = Of(SmallEncoders.Sequence(field));
        for (var frame = 2; frame < 98; frame++)
        {
            // An impulse in the middle of a frame is in the middle of the audio that its vector is computed from.
            var samples = new float[8000];
            samples[frame * 80 + 39] = 1;
            var vectors = Vectors(encoder, samples);
            int[] hit = [.. Enumerable.Range(0, 100).Where(k => vectors[2 * k] == 1)];
            Assert.Equal(frame, (int)Math.Round(hit.Average()));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Encoders_of_fixed_length_without_padding_are_centred_to_within_a_frame(bool timeLast)
    {
        var encoder = Of(SmallEncoders.Sequence(200, timeLast, 16_000)).WithHop(0.01);
        foreach (var frame in new[] { 3, 150, 196, 197, 250, 495 })
        {
            var samples = new float[40_000];
            samples[frame * 80 + 39] = 1;
            var vectors = Vectors(encoder, samples);
            int[] hit = [.. Enumerable.Range(0, 500).Where(k => vectors[2 * k] > 0.01f)];
            Assert.InRange(hit.Average(), frame - 1, frame + 1);
        }
    }

    [Fact]
    public void Windows_with_one_vector_stay_inside_the_recording()
    {
        var encoder = Of(SmallEncoders.Vector(24_000)).WithHop(0.5);
        var samples = Enumerable.Repeat(1f, 80_000).ToArray();
        Assert.All(Vectors(encoder, samples), value => Assert.Equal(1, value, 1e-5f));
        Assert.Contains("endsWithRecording", CanonicalKey.Text(encoder));
        Assert.DoesNotContain("endsWithRecording", CanonicalKey.Text(Of(SmallEncoders.Sequence())));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(8000)]
    [InlineData(80_000)]
    [InlineData(80_037)]
    [InlineData(203_211)]
    public void Audio_in_pieces_has_the_same_vectors_as_the_whole_recording(int length)
    {
        byte[][] encoders =
        [
            SmallEncoders.Sequence(),
            SmallEncoders.WithContext(),
            SmallEncoders.Sequence(80, samples: 16_000),
            SmallEncoders.Vector(24_000),
            SmallEncoders.Sequence(200, samples: 16_000),
        ];
        foreach (var content in encoders)
        {
            var encoder = Of(content);
            if (encoder.Form.IsFixed)
                encoder = encoder.WithHop(encoder.Form.IsVector ? 0.5 : 0.01);
            var samples = Noise(length);
            var whole = Vectors(encoder, samples);
            foreach (var size in new[] { 777, 30_000, 300_000 })
            {
                using var extractor = encoder.Extractor(torch.CPU);
                var stream = encoder.Stream(extractor);
                List<float> joined = [];
                for (var from = 0; from <= length; from += size)
                    joined.AddRange(
                        stream.Push(samples.AsSpan(from..Math.Min(length, from + size)), from + size > length)
                    );
                Assert.Equal(whole, joined);
                Assert.Equal(encoder.FramesOf(length), stream.Extracted);
            }
        }
    }

    [Fact]
    public void Windows_of_an_encoder_without_context_join_without_artefacts()
    {
        var encoder = Of(SmallEncoders.Sequence(200));
        var samples = Noise(250_000);
        var whole = Vectors(encoder, samples);
        var inOneWindow = Vectors(encoder.WithWindow(60), samples);
        for (var i = 0; i < whole.Length; i++)
            Assert.Equal(inOneWindow[i], whole[i], 1e-4f);
    }

    [Fact]
    public void Values_that_are_not_finite_are_an_error()
    {
        var encoder = Of(SmallEncoders.NotFiniteForSilence());
        Assert.Empty(encoder.Problems());
        var error = Assert.Throws<EncoderException>(() => Vectors(encoder, new float[800]));
        Assert.Contains("outputs values that are not finite numbers", error.Message);
    }

    [Fact]
    public void Mn04_has_the_vectors_and_tags_that_PyTorch_computed()
    {
        var models = SharedFolder.Require("models");
        var reference = NumpyArchive.Read(Path.Combine(models, "mn04_reference.npz"));
        var content = File.ReadAllBytes(Path.Combine(models, "mn04_frames.onnx"));
        using EncoderSession session = new(content, null, 1, torch.CPU);
        foreach (var output in new[] { "embedding", "tags" })
        {
            var expected = reference[output].Floats;
            var computed = session.Run(reference["samples"].Floats, output).Values;
            Assert.Equal(expected.Length, computed.Length);
            for (var i = 0; i < computed.Length; i++)
                Assert.Equal(expected[i], computed[i], 1e-4f);
        }
    }

    [Fact]
    public void Mn04_has_a_vector_of_768_values_each_160_ms()
    {
        var path = Path.Combine(SharedFolder.Require("models"), "mn04_frames.onnx");
        var form = new Encoder(path).WithOutput("embedding").WithRate(32_000).Form;
        Assert.Equal((768, 5120, 1), (form.Width, form.HopSamples, form.FieldSamples));
        Assert.Equal(63, form.FramesOf(320_000));
    }

    private Encoder Of(byte[] content) => new(SmallEncoders.Write(folder.Path, content, $"{Guid.NewGuid():N}.onnx"));

    private static float[] Vectors(Encoder encoder, float[] samples)
    {
        using var extractor = encoder.Extractor(torch.CPU);
        var vectors = new float[encoder.FramesOf(samples.Length) * encoder.Bands];
        extractor.Extract(samples, vectors);
        return vectors;
    }

    private static float[] Noise(int length)
    {
        Random random = new(1);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }
}
