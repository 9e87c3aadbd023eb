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
    public void A_recording_of_ESC_10_is_decoded()
    {
        var path = Path.Combine(SharedFolder.Require("data", "esc10"), "dog_bark", "1-100032-A.ogg");
        var sound = AudioFile.Read(path);
        Assert.Equal((44_100, 1), (sound.SampleRate, sound.Channels));
        Assert.Equal(5.0, sound.DurationSeconds, 0.01);
        Assert.InRange(sound.Samples.Max(), 0.9f, 1.1f);
    }

    [Theory]
    [InlineData("m4a")]
    [InlineData("opus")]
    [InlineData("w64")]
    [InlineData("au")]
    [InlineData("caf")]
    public void Other_formats_are_decoded_by_ffmpeg(string extension)
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
    public void The_content_of_a_file_decides_its_format_and_not_its_name(string format, params string[] options)
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
    public void A_wav_file_with_unknown_content_is_reported_with_its_start()
    {
        var path = folder.File("a.wav");
        File.WriteAllBytes(path, [1, 2, .. "no audio at all, in any format"u8]);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.Equal(
            $"{path}, byte 0: this is not a WAV file: it starts with '..no audio a' instead of 'RIFF....WAVE'.",
            error.Message
        );
    }

    [Theory]
    [InlineData(true, AudioFault.Truncated, @"its header states 4\.00 s, but [12]\.\d\d s could be decoded\.$")]
    [InlineData(false, AudioFault.Damaged, @"ffmpeg reports damage \(.+\); [12]\.\d\d s could be decoded\.$")]
    public void Damage_that_ffmpeg_reports_is_an_error(bool isCut, AudioFault fault, string message)
    {
        RequireFfmpeg();
        var path = folder.File("noise.wv");
        Run("ffmpeg", [.. "-v error -f lavfi -i anoisesrc=d=4:r=44100:a=0.3:seed=1".Split(' '), path]);
        Assert.InRange(AudioFile.Read(path).DurationSeconds, 3.99, 4.1);
        var bytes = File.ReadAllBytes(path);
        if (isCut)
            bytes = bytes[..(bytes.Length / 2)];
        else
            new Random(1).NextBytes(bytes.AsSpan(bytes.Length / 2, bytes.Length / 4));
        File.WriteAllBytes(path, bytes);

        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));

        Assert.Equal(fault, error.Fault);
        Assert.Matches(message, error.Message);
    }

    [Fact]
    public void Only_formats_without_a_decoder_of_their_own_need_ffmpeg()
    {
        using var _ = new WithoutFfmpeg();
        foreach (var name in (string[])["clicks.mp3", "clicks.ogg", "clicks.flac", "clicks.aiff", "clicks-alaw.wav"])
            Assert.InRange(AudioFile.Read(Fixture(name)).DurationSeconds, 1.2344, 1.2346);
        Assert.Equal(
            "MP4 (M4A) is decoded by ffmpeg, which is not installed; install ffmpeg (Debian, Ubuntu: apt-get install ffmpeg) or "
                + "convert the file to WAV, AIFF, FLAC, MP3 or Ogg Vorbis",
            Refused("a.m4a", [0, 0, 0, 24, .. "ftypM4A "u8], AudioFault.NoDecoder)
        );
        Assert.StartsWith(
            "WAV with format code 0x0011 is decoded by ffmpeg, which is not installed;",
            Refused("adpcm.wav", WavTests.Wav(0x11, 1, 4, new byte[64]), AudioFault.NoDecoder)
        );
        Assert.StartsWith(
            "a file that starts with '..some data' is decoded by ffmpeg, which is not installed;",
            Refused("a.ogg", [1, 2, .. "some data"u8], AudioFault.NoDecoder)
        );
    }

    [Fact]
    public void A_web_page_and_a_Git_LFS_pointer_are_named()
    {
        Assert.Equal(
            "this is a web page instead of a recording; download the recording again",
            Refused("page.mp3", "<!DOCTYPE html><html>"u8.ToArray(), AudioFault.Damaged)
        );
        Assert.Equal(
            "this is a Git LFS pointer instead of the recording; fetch the recordings with 'git lfs pull'",
            Refused("a.mp3", "version https://git-lfs.github.com/spec/v1"u8.ToArray(), AudioFault.Damaged)
        );
    }

    private string Refused(string name, byte[] content, AudioFault fault)
    {
        var path = folder.File(name);
        File.WriteAllBytes(path, content);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.Equal((path, fault), (error.Path, error.Fault));
        return error.Cause;
    }

    [Theory]
    [InlineData("pipe.wav")]
    [InlineData("pipe.ogg")]
    public void A_pipe_is_refused_without_waiting(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no pipes among the files of Windows");
        var path = folder.File(name);
        Run("mkfifo", path);
        var link = folder.File("link-" + name);
        File.CreateSymbolicLink(link, path);
        foreach (var file in new[] { path, link })
        {
            var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(file));
            Assert.EndsWith(": the file is empty, or it is a pipe or a device.", error.Message);
            Assert.Throws<AudioFormatException>(() => AudioFile.ReadInto(file, 44_100, new float[8]));
        }
    }

    [Fact]
    public void A_file_that_ffmpeg_cannot_decode_is_an_error()
    {
        RequireFfmpeg();
        var path = folder.File("a.ogg");
        File.WriteAllBytes(path, [1, 2, .. "no audio at all"u8]);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.StartsWith($"{path}: ffmpeg cannot decode the file (", error.Message);
    }

    [Fact]
    public void A_missing_file_is_an_error()
    {
        var path = folder.File("nowhere.wav");
        var error = Assert.Throws<FileNotFoundException>(() => AudioFile.Read(path));
        Assert.Equal($"{path}: there is no such file.", error.Message);
    }

    /// <summary>Writes one second of a tone in the format given by the name or by ffmpeg's options.</summary>
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

    /// <summary>A file that is kept with the tests.</summary>
    internal static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Audio", "Fixtures", name);

    internal static void RequireFfmpeg()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "ffmpeg"))))
            Assert.Skip("ffmpeg is not installed.");
    }
}

/// <summary>Hides ffmpeg from the current test.</summary>
internal sealed class WithoutFfmpeg : IDisposable
{
    public WithoutFfmpeg() => Ffmpeg.Program = "ffmpeg-that-is-not-installed";

    public void Dispose() => Ffmpeg.Program = "ffmpeg";
}
