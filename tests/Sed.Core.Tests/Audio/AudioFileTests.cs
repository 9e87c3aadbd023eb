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
        var path = folder.File("a.wav");
        WavWriter.Write(path, new float[22_050], 22_050);
        Assert.Equal(44_100, AudioFile.Read(path, 44_100).Length);
    }

    [Fact]
    public void Ogg_Vorbis_is_read_through_ffmpeg()
    {
        RequireFfmpeg();
        var path = Path.Combine(SharedFolder.Require("data", "esc10"), "dog_bark", "1-100032-A.ogg");
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
    [InlineData("w64")]
    [InlineData("au")]
    [InlineData("caf")]
    public void The_formats_that_people_have_are_read(string extension)
    {
        var path = Tone(folder.File($"tone.{extension}"), []);

        var samples = AudioFile.Read(path, 44_100);

        Assert.InRange(samples.Length, 43_000, 48_000);
        Assert.InRange(Math.Sqrt(samples.Average(x => (double)x * x)), 0.3, 0.37);
    }

    [Theory]
    [InlineData("RF64", "-f", "wav", "-rf64", "always")]
    [InlineData("MP3", "-f", "mp3")]
    [InlineData("AIFF", "-f", "aiff")]
    public void Another_format_that_is_called_wav_is_read(string format, params string[] options)
    {
        var path = Tone(folder.File($"{format}.wav"), options);

        var samples = AudioFile.Read(path, 44_100);
        var again = new float[44_100];
        var read = AudioFile.ReadInto(path, 44_100, again);

        Assert.InRange(samples.Length, 43_000, 48_000);
        Assert.Equal(Math.Min(samples.Length, 44_100), read);
        Assert.Equal(samples.Take(read), again.Take(read));
        Assert.Equal(samples.Length / 44_100.0, Sed.Core.Corpora.AudioProbe.Of(path).DurationSeconds, 1e-9);
    }

    [Fact]
    public void What_is_called_wav_and_no_decoder_knows_is_no_wav_file()
    {
        var path = folder.File("a.wav");
        File.WriteAllText(path, "no audio at all, in any format");
        AudioFormatException error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.Equal(
            $"{path}, byte 0: this is not a WAV file: it starts with 'no audio at ' instead of 'RIFF....WAVE'.",
            error.Message
        );
    }

    [Theory]
    [InlineData(
        "flac",
        true,
        AudioFault.Damaged,
        @"ffmpeg found it damaged \(.+\); 1\.\d\d s of sound could be decoded\.$"
    )]
    [InlineData(
        "flac",
        false,
        AudioFault.Truncated,
        @"its header says 4\.00 s, but 2\.\d\d s of sound could be decoded\.$"
    )]
    [InlineData(
        "ogg",
        false,
        AudioFault.Damaged,
        @"ffmpeg found it damaged \(CRC mismatch!\); \d\.\d\d s of sound could be decoded\.$"
    )]
    [InlineData(
        "mp3",
        true,
        AudioFault.Truncated,
        @"its header says 4\.\d\d s, but 1\.\d\d s of sound could be decoded\.$"
    )]
    [InlineData(
        "mp3",
        false,
        AudioFault.Damaged,
        @"ffmpeg found it damaged \(Header missing\); \d\.\d\d s of sound could be decoded\.$"
    )]
    public void Sound_that_is_cut_or_has_noise_in_its_file_is_not_taken_for_whole(
        string extension,
        bool isCut,
        AudioFault fault,
        string message
    )
    {
        RequireFfmpeg();
        var path = folder.File($"noise.{extension}");
        Run("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=4:r=44100:a=0.3:seed=1", path);
        Assert.InRange(AudioFile.Read(path).DurationSeconds, 3.99, 4.1);
        var bytes = File.ReadAllBytes(path);
        if (isCut)
            bytes = bytes[..(bytes.Length / 2)];
        else
            new Random(1).NextBytes(bytes.AsSpan(bytes.Length / 2, bytes.Length / 4));
        File.WriteAllBytes(path, bytes);

        AudioFormatException error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));

        Assert.Equal(fault, error.Fault);
        Assert.Matches(message, error.Message);
    }

    [Theory]
    [InlineData("pipe.wav")]
    [InlineData("pipe.ogg")]
    public void A_pipe_is_not_waited_for(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no pipes among the files of Windows");
        var path = folder.File(name);
        Run("mkfifo", path);
        var link = folder.File("link-" + name);
        File.CreateSymbolicLink(link, path);
        foreach (var file in new[] { path, link })
        {
            AudioFormatException error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(file));
            Assert.EndsWith(": the file is empty, or it is a pipe or a device.", error.Message);
            Assert.Throws<AudioFormatException>(() => AudioFile.ReadInto(file, 44_100, new float[8]));
        }
    }

    [Fact]
    public void What_ffmpeg_cannot_read_is_named()
    {
        RequireFfmpeg();
        var path = folder.File("a.ogg");
        File.WriteAllText(path, "no audio at all");
        AudioFormatException error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.StartsWith($"{path}: ffmpeg cannot decode it (", error.Message);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        var path = folder.File("nowhere.wav");
        FileNotFoundException error = Assert.Throws<FileNotFoundException>(() => AudioFile.Read(path));
        Assert.Equal($"{path}: there is no such file.", error.Message);
    }

    /// <summary>A second of a tone in the format that the name or ffmpeg's options say.</summary>
    private string Tone(string path, string[] options)
    {
        RequireFfmpeg();
        var wav = folder.File("a tone to convert.wav");
        WavWriter.Write(wav, [.. Enumerable.Range(0, 44_100).Select(i => (float)(0.5 * Math.Sin(0.1 * i)))], 44_100);
        Run("ffmpeg", ["-v", "error", "-i", wav, .. options, path]);
        Assert.SkipUnless(File.Exists(path), $"This ffmpeg does not write {Path.GetFileName(path)}.");
        return path;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        process.WaitForExit();
    }

    internal static void RequireFfmpeg()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))))
            Assert.Skip("ffmpeg is not installed.");
    }
}
