using System.ComponentModel;
using System.Diagnostics;
using Sed.Core.Audio;
using Sed.Core.Labelling.Reviews;

namespace Sed.Core.Tests.Labelling.Reviews;

public sealed class RecordingWindowTests : IDisposable
{
    private const int Rate = 16_000;
    private const int Seconds = 45;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("a.wav")]
    [InlineData("a.aiff")]
    [InlineData("a.flac")]
    [InlineData("a.mp3")]
    [InlineData("a.ogg")]
    [InlineData("a.m4a")]
    public void Parts_of_a_recording_are_those_of_the_whole_in_any_order(string name)
    {
        var path = Recording(name);
        var whole = AudioFile.Read(path).Samples;
        using RecordingWindow window = new();
        foreach (
            var (from, to) in new[]
            {
                (0.0, 3.0),
                (2.5, 5.0),
                (30.25, 32.0),
                (32.5, 33.0),
                (10.0, 12.0),
                (43.0, 50.0),
                (0.5, 1.0),
            }
        )
        {
            var (samples, rate) = window.Read(path, null, from, to);
            Assert.Equal(Rate, rate);
            Assert.Equal(whole[(int)(from * Rate)..Math.Min((int)(to * Rate), whole.Length)], samples);
        }
    }

    [Fact]
    public void Several_recordings_are_read_in_turn()
    {
        var first = Recording("a.wav");
        var second = folder.File("b.wav");
        WavWriter.Write(second, [.. Enumerable.Repeat(0.25f, 12_000)], 12_000);
        using RecordingWindow window = new();
        for (var k = 0; k < 2; k++)
        {
            Assert.Equal(AudioFile.Read(first).Samples[Rate..(2 * Rate)], window.Read(first, null, 1, 2).Samples);
            var (samples, rate) = window.Read(second, null, 0.5, 3);
            Assert.Equal((6000, 12_000, 0.25f), (samples.Length, rate, samples[^1]));
        }
        File.Delete(first);
        Assert.Throws<FileNotFoundException>(() => window.Read(first, null, 5, 6));
        Assert.Equal(12_000, window.Read(second, null, 0, 1).Samples.Length);
    }

    /// <summary>Writes noise, as WAV or converted by ffmpeg.</summary>
    private string Recording(string name)
    {
        Random random = new(1);
        var wav = folder.File("a.wav");
        WavWriter.Write(wav, [.. Enumerable.Range(0, Seconds * Rate).Select(_ => random.NextSingle() - 0.5f)], Rate);
        if (name == "a.wav")
            return wav;
        var path = folder.File(name);
        try
        {
            using var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-i", wav, path])!;
            ffmpeg.WaitForExit();
            Assert.Equal(0, ffmpeg.ExitCode);
        }
        catch (Win32Exception)
        {
            Assert.Skip("ffmpeg is not installed.");
        }
        return path;
    }
}
