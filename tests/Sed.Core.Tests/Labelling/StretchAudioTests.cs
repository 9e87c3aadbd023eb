using Sed.Core.Audio;
using Sed.Core.Labelling;

namespace Sed.Core.Tests.Labelling;

public sealed class StretchAudioTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Stretches_are_written_at_the_sample_rate_of_the_recording()
    {
        float[] samples = [.. Enumerable.Range(0, 3500).Select(i => i / 4096f)];
        WavWriter.Write(folder.File("a.wav"), samples, 1000);
        StretchAudio.Write(
            folder.File("a.wav"),
            [
                (new("a.wav", 2, 3.5), folder.File("clips", "last.wav")),
                (new("a.wav", 0.5, 1), folder.File("clips", "first.wav")),
            ]
        );
        var first = AudioFile.Read(folder.File("clips", "first.wav"));
        Assert.Equal(1000, first.SampleRate);
        Assert.Equal(samples[500..1000], first.Samples);
        Assert.Equal(samples[2000..3500], AudioFile.Read(folder.File("clips", "last.wav")).Samples);
    }

    [Fact]
    public void Overlapping_stretches_are_an_error()
    {
        WavWriter.Write(folder.File("a.wav"), new float[3000], 1000);
        Assert.StartsWith(
            "a.wav, 1 s to 2 s overlaps the stretch before it.",
            Assert
                .Throws<ArgumentException>(() =>
                    StretchAudio.Write(
                        folder.File("a.wav"),
                        [(new("a.wav", 0, 1.5), folder.File("1.wav")), (new("a.wav", 1, 2), folder.File("2.wav"))]
                    )
                )
                .Message
        );
    }

    [Theory]
    [InlineData("pond/a.flac", "pond/a_10.000_20.500.wav")]
    [InlineData("a.b", "a.b_10.000_20.500.wav")]
    public void The_name_of_a_clip_has_the_recording_and_the_times(string recording, string name) =>
        Assert.Equal([name], StretchAudio.NamesOf([new(recording, 10, 20.5)], [recording]));

    [Fact]
    public void Clips_of_recordings_that_differ_only_in_extension_have_different_names()
    {
        string[] recordings = ["pond.wav", "pond.flac", "pond.wav.wav", "lake.wav", "Lake", "b/pond.wav", "b/pool.wav"];
        Assert.Equal(
            [
                "pond.wav_0.000_1.000.wav",
                "pond.flac_0.000_1.000.wav",
                "pond.wav.wav_0.000_1.000.wav",
                "lake.wav_0.000_1.000.wav",
                "Lake_0.000_1.000.wav",
                "b/pond_0.000_1.000.wav",
                "b/pool_0.000_1.000.wav",
            ],
            StretchAudio.NamesOf(recordings.Select(name => new Stretch(name, 0, 1)), recordings)
        );
    }
}
