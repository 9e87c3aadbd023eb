using System.Diagnostics;
using Sed.Core.Audio;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Audio;

/// <summary>MP3, Ogg Vorbis, FLAC and AIFF, compared with the decoders of ffmpeg and fed damaged files.</summary>
public sealed class CompressedAudioTests : IDisposable
{
    // Differences of ffmpeg's decoders, which round differently; full scale is 1.
    private const double Rounding = 5e-6;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("clicks.mp3")]
    [InlineData("clicks.ogg")]
    [InlineData("clicks.flac")]
    [InlineData("clicks.aiff")]
    [InlineData("clicks-alaw.wav")]
    public void Clicks_keep_their_times_and_the_file_its_length(string name)
    {
        var sound = AudioFile.Read(AudioFileTests.Fixture(name));
        Assert.Equal((int)(1.2345 * sound.SampleRate), sound.Samples.Length, 1.0);
        foreach (var seconds in (double[])[0.25, 0.75])
        {
            var at = (int)(seconds * sound.SampleRate);
            var before = sound.Samples.AsSpan(at - 400, 380).ToArray().Max(Math.Abs);
            var after = sound.Samples.AsSpan(at, 20).ToArray().Max(Math.Abs);
            Assert.True(after > 0.35 && before < 0.1, $"{name} at {seconds} s: {before} before, {after} after");
        }
    }

    [Theory]
    [InlineData("a.mp3", "-b:a", "128k")]
    [InlineData("a.mp3", "-b:a", "320k", "-ac", "1")]
    [InlineData("a.mp3", "-q:a", "2")]
    [InlineData("a.mp3", "-ar", "48000", "-b:a", "96k")]
    [InlineData("a.mp3", "-ar", "32000")]
    [InlineData("a.mp3", "-ar", "22050")]
    [InlineData("a.mp3", "-ar", "16000", "-ac", "1")]
    [InlineData("a.mp3", "-ar", "11025")]
    [InlineData("a.mp3", "-ar", "8000")]
    [InlineData("a.mp3", "-write_xing", "0")]
    [InlineData("a.mp3", "-id3v2_version", "3", "-write_id3v1", "1", "-metadata", "title=noise")]
    [InlineData("a.ogg", "-c:a", "libvorbis")]
    [InlineData("a.ogg", "-c:a", "libvorbis", "-q:a", "-1", "-ac", "1")]
    [InlineData("a.ogg", "-c:a", "libvorbis", "-q:a", "9")]
    [InlineData("a.ogg", "-c:a", "libvorbis", "-ar", "16000")]
    [InlineData("a.ogg", "-c:a", "libvorbis", "-ac", "6")]
    [InlineData("a.ogg", "-c:a", "flac")]
    [InlineData("a.aiff", "-c:a", "pcm_s24be")]
    [InlineData("a.aiff", "-c:a", "pcm_s8")]
    [InlineData("a.aiff", "-c:a", "pcm_f32be")]
    [InlineData("a.aiff", "-c:a", "pcm_alaw")]
    [InlineData("a.aiff", "-c:a", "pcm_mulaw")]
    [InlineData("a.aiff", "-c:a", "pcm_s16le")]
    [InlineData("a.wav", "-c:a", "pcm_mulaw")]
    [InlineData("a.wav", "-c:a", "adpcm_ms")]
    public void Samples_and_length_equal_those_of_ffmpeg(string name, params string[] options)
    {
        var path = Encode(name, 3.3, options);
        var reference = folder.File("reference.wav");
        Run([.. "-i".Split(' '), path, .. "-c:a pcm_f32le -bitexact".Split(' '), reference]);
        var (expected, decoded) = (AudioFile.Read(reference), AudioFile.Read(path));
        Assert.Equal((expected.SampleRate, expected.Channels), (decoded.SampleRate, decoded.Channels));
        Assert.Equal(expected.Samples.Length, decoded.Samples.Length);
        var difference = expected.Samples.Zip(decoded.Samples, (a, b) => Math.Abs(a - b)).Max();
        Assert.InRange(difference, 0, Rounding);
    }

    [Theory]
    [InlineData(0.001)]
    [InlineData(0.01)]
    [InlineData(0.1)]
    [InlineData(1)]
    public void Granule_positions_give_the_exact_length(double seconds)
    {
        var path = Encode("a.ogg", seconds, ["-c:a", "libvorbis"]);
        Assert.Equal((int)Math.Round(seconds * 44_100), AudioFile.Read(path).Samples.Length);
    }

    [Theory]
    [InlineData("baby_cry/4-167077-C.ogg")]
    [InlineData("sea_waves/3-155642-B.ogg")]
    public void A_first_page_that_ends_between_a_long_and_a_short_block_shifts_nothing(string name)
    {
        AudioFileTests.RequireFfmpeg();
        var path = Path.Combine([SharedFolder.Require("data", "esc10"), .. name.Split('/')]);
        var reference = folder.File("reference.wav");
        Run([.. "-i".Split(' '), path, .. "-c:a pcm_f32le -bitexact".Split(' '), reference]);
        var (expected, decoded) = (AudioFile.Read(reference).Samples, AudioFile.Read(path).Samples);
        Assert.Equal(expected.Length, decoded.Length);
        Assert.InRange(expected.Zip(decoded, (a, b) => Math.Abs(a - b)).Max(), 0, Rounding);
    }

    [Fact]
    public void Chained_streams_are_one_sound()
    {
        var ogg = File.ReadAllBytes(AudioFileTests.Fixture("clicks.ogg"));
        var once = AudioFile.Read(AudioFileTests.Fixture("clicks.ogg")).Samples;
        var twice = AudioFile.Read(Write("twice.ogg", [.. ogg, .. ogg])).Samples;
        Assert.Equal([.. once, .. once], twice);
    }

    [Fact]
    public void Appended_mp3_files_are_one_sound()
    {
        var mp3 = File.ReadAllBytes(AudioFileTests.Fixture("clicks.mp3"));
        var once = AudioFile.Read(AudioFileTests.Fixture("clicks.mp3")).Samples;
        var twice = AudioFile.Read(Write("twice.mp3", [.. mp3, .. mp3])).Samples;
        Assert.Equal(once, twice[..once.Length]);
        Assert.InRange(twice.Length, 2 * once.Length, (2 * once.Length) + 3000);
    }

    [Theory]
    [InlineData("clicks.mp3")]
    [InlineData("clicks.ogg")]
    [InlineData("clicks.flac")]
    [InlineData("clicks.aiff")]
    [InlineData("clicks-alaw.wav")]
    public void A_truncated_file_is_an_error_and_never_a_shorter_clip(string name)
    {
        var whole = File.ReadAllBytes(AudioFileTests.Fixture(name));
        using var _ = new WithoutFfmpeg();
        for (var length = 0; length < whole.Length; length += 97)
        {
            var path = Write(name, whole[..length]);
            var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
            Assert.Equal(path, error.Path);
            if (length > 4000)
                Assert.True(error is { Fault: AudioFault.Truncated, ByteOffset: > 0 }, error.Message);
        }
    }

    [Theory]
    [InlineData(
        "clicks.mp3",
        3000,
        @"byte \d+: an MPEG frame is followed by '.+', which is neither a frame nor a tag\.$"
    )]
    [InlineData("clicks.ogg", 4000, @"byte \d+: the checksum of the Ogg page is wrong\.$")]
    [InlineData("clicks.flac", 1000, @"byte \d+: .+ FLAC (sub)?frame.*\.$")]
    public void Garbage_after_a_valid_start_is_reported_with_its_position(string name, int at, string message)
    {
        var bytes = File.ReadAllBytes(AudioFileTests.Fixture(name));
        new Random(1).NextBytes(bytes.AsSpan(at));
        var path = Write(name, bytes);
        foreach (var decode in (Action[])[() => AudioFile.Read(path), () => Drain(path)])
        {
            var error = Assert.Throws<AudioFormatException>(decode);
            Assert.Equal(AudioFault.Damaged, error.Fault);
            Assert.Matches(message, error.Message);
        }
    }

    [Theory]
    [InlineData("clicks.mp3")]
    [InlineData("clicks.ogg")]
    [InlineData("clicks.flac")]
    [InlineData("clicks.aiff")]
    [InlineData("clicks-alaw.wav")]
    public void Random_damage_never_hangs_and_never_raises_an_exception_of_a_library(string name)
    {
        var draw = new Random(5);
        var whole = File.ReadAllBytes(AudioFileTests.Fixture(name));
        using var _ = new WithoutFfmpeg();
        var clock = Stopwatch.StartNew();
        for (var round = 0; round < 300; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var i = 0; i < 1 + (round % 8); i++)
                bytes[draw.Next(round % 2 == 0 ? Math.Min(600, bytes.Length) : bytes.Length)] = (byte)draw.Next(256);
            if (name.EndsWith("ogg", StringComparison.Ordinal) && round % 3 != 0)
                OggChecksums.Correct(bytes);
            var path = Write(name, bytes);
            try
            {
                Assert.All(AudioFile.Read(path).Samples, sample => Assert.True(float.IsFinite(sample)));
            }
            catch (AudioFormatException error)
            {
                Assert.Equal(path, error.Path);
            }
        }
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, 60);
    }

    [Fact]
    public void Codebooks_that_would_exhaust_memory_are_refused()
    {
        var bytes = File.ReadAllBytes(AudioFileTests.Fixture("clicks.ogg"));
        // The first codebook follows the header's name and the number of codebooks.
        var book = bytes.AsSpan().IndexOf("\u0005vorbis"u8) + 8;
        Assert.Equal("BCV"u8.ToArray(), bytes[book..(book + 3)]);
        bytes.AsSpan(book + 3, 5).Fill(0xFF);
        OggChecksums.Correct(bytes);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(Write("a.ogg", bytes)));
        Assert.EndsWith("Vorbis codebook 0 has an invalid size: 16777215 entries of 65535 values.", error.Message);
    }

    private static void Drain(string path)
    {
        using var stream = AudioStream.Open(path, 22_050);
        var target = new float[1000];
        while (stream.Read(target) == target.Length) { }
    }

    private string Write(string name, byte[] bytes)
    {
        var path = folder.File(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Writes noise bursts in two different channels.</summary>
    private string Encode(string name, double seconds, string[] options)
    {
        AudioFileTests.RequireFfmpeg();
        var path = folder.File(name);
        var noise = @"(random(0)-0.5)*gt(mod(t\,0.7)\,0.4)";
        var tone = @"0.4*sin(2*PI*1234*t)*gt(mod(t\,0.5)\,0.2)";
        var samples = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{seconds * 44_100:F0}");
        Run([
            .. $"-f lavfi -i aevalsrc={noise}|{tone}:s=44100,atrim=end_sample={samples}".Split(' '),
            .. options,
            path,
        ]);
        Assert.SkipUnless(File.Exists(path), $"This ffmpeg does not write {name} with {string.Join(' ', options)}.");
        return path;
    }

    private static void Run(string[] arguments)
    {
        using var process = Process.Start("ffmpeg", ["-v", "error", "-y", .. arguments]);
        process.WaitForExit();
    }
}

/// <summary>Makes the checksums of a changed Ogg file valid again, so that a test reaches the decoder.</summary>
internal static class OggChecksums
{
    /// <summary>Rewrites the checksums of the pages up to the first one that is not whole.</summary>
    public static void Correct(Span<byte> file)
    {
        for (var at = 0; at + 27 <= file.Length && file[at..].StartsWith("OggS"u8); )
        {
            var length = 27 + file[at + 26];
            if (at + length > file.Length)
                return;
            foreach (var segment in file.Slice(at + 27, file[at + 26]))
                length += segment;
            if (at + length > file.Length)
                return;
            var page = file.Slice(at, length);
            page.Slice(22, 4).Clear();
            uint checksum = 0;
            foreach (var value in page)
            {
                checksum ^= (uint)value << 24;
                for (var bit = 0; bit < 8; bit++)
                    checksum = (checksum << 1) ^ ((checksum >> 31) * 0x04C1_1DB7u);
            }
            BitConverter.TryWriteBytes(page[22..], checksum);
            at += length;
        }
    }
}
