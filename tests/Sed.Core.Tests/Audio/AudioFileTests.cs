using Sed.Core.Audio;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Audio;

public sealed class AudioFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_wav_of_another_rate_is_converted()
    {
        string path = folder.File("a.wav");
        WavWriter.Write(path, new float[22_050], 22_050);
        Assert.Equal(44_100, AudioFile.Read(path, 44_100).Length);
    }

    [Fact]
    public void Ogg_Vorbis_is_read_through_ffmpeg()
    {
        RequireFfmpeg();
        string path = Path.Combine(SharedFolder.Require("data", "esc10"), "dog_bark", "1-100032-A.ogg");
        Waveform sound = AudioFile.Read(path);
        Assert.Equal((44_100, 1), (sound.SampleRate, sound.Channels));
        Assert.Equal(5.0, sound.DurationSeconds, 0.01);
        Assert.InRange(sound.Samples.Max(), 0.9f, 1.1f);
    }

    [Theory]
    [InlineData("flac")]
    [InlineData("mp3")]
    [InlineData("m4a")]
    [InlineData("ogg")]
    [InlineData("opus")]
    public void The_formats_that_people_have_are_read(string extension)
    {
        RequireFfmpeg();
        string wav = folder.File("tone.wav");
        WavWriter.Write(wav, [.. Enumerable.Range(0, 44_100).Select(i => (float)(0.5 * Math.Sin(0.1 * i)))], 44_100);
        string path = folder.File($"tone.{extension}");
        using (var ffmpeg = System.Diagnostics.Process.Start("ffmpeg", ["-v", "error", "-i", wav, path]))
            ffmpeg.WaitForExit();
        if (!File.Exists(path))
            Assert.Skip($"This ffmpeg does not write {extension}.");

        float[] samples = AudioFile.Read(path, 44_100);

        Assert.InRange(samples.Length, 43_000, 48_000);
        Assert.InRange(Math.Sqrt(samples.Average(x => (double)x * x)), 0.3, 0.37);
    }

    [Fact]
    public void What_ffmpeg_cannot_read_is_named()
    {
        RequireFfmpeg();
        string path = folder.File("a.ogg");
        File.WriteAllText(path, "no audio at all");
        AudioFormatException error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.StartsWith($"{path}: ffmpeg cannot decode it (", error.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        string path = folder.File("nowhere.wav");
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => AudioFile.Read(path));
        Assert.Equal($"{path}: there is no such file.", error.Message);
    }

    internal static void RequireFfmpeg()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))))
            Assert.Skip("ffmpeg is not installed.");
    }
}
