using System.Diagnostics;
using Sed.Core.Audio;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Audio;

/// <summary>FLAC, compared with the decoder of ffmpeg, and damaged FLAC files.</summary>
public sealed class FlacTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1, "s16", 44_100, "-compression_level", "0")]
    [InlineData(2, "s16", 44_100, "-compression_level", "5")]
    [InlineData(2, "s16", 44_100, "-ch_mode", "left_side")]
    [InlineData(2, "s16", 44_100, "-ch_mode", "right_side")]
    [InlineData(2, "s16", 44_100, "-ch_mode", "mid_side")]
    [InlineData(2, "s16", 48_000, "-compression_level", "12", "-lpc_coeff_precision", "15")]
    [InlineData(2, "s32", 96_000, "-compression_level", "8")]
    [InlineData(1, "s32", 35_467, "-lpc_type", "fixed")]
    [InlineData(6, "s16", 8000, "-lpc_type", "none")]
    [InlineData(2, "s16", 192_000, "-frame_size", "65535")]
    [InlineData(1, "s16", 22_050, "-frame_size", "16", "-lpc_type", "none")]
    public void Samples_equal_those_of_ffmpeg_to_the_last_digit(
        int channels,
        string format,
        int rate,
        params string[] options
    )
    {
        var flac = Encode(
            $"anoisesrc=d=1.5:r={rate}:a=0.4:seed=3",
            [.. $"-ac {channels} -sample_fmt {format}".Split(' '), .. options]
        );
        var reference = folder.File("reference.wav");
        Ffmpeg(["-i", flac, .. "-c:a pcm_f32le".Split(' '), reference]);

        using var _ = new WithoutFfmpeg();
        var (expected, decoded) = (AudioFile.Read(reference), AudioFile.Read(flac));

        Assert.Equal((expected.SampleRate, expected.Channels), (decoded.SampleRate, decoded.Channels));
        Assert.Equal(expected.Samples, decoded.Samples);
        for (var channel = 1; channel <= channels; channel++)
            Assert.Equal(Samples(reference, channel), Samples(flac, channel));
    }

    [Fact]
    public void Silence_and_samples_whose_lowest_bits_are_zero_are_decoded()
    {
        // Half of the samples are 0; the others are multiples of 256.
        var flac = Encode("aevalsrc='trunc(sin(900*t)*gt(t,0.5)*100)/128:d=1:s=16000'", []);
        var samples = AudioFile.Read(flac).Samples;
        Assert.All(samples[..8000], sample => Assert.Equal(0, sample));
        Assert.Contains(samples, sample => sample > 0.7f);
        Assert.All(samples, sample => Assert.Equal(Math.Round(sample * 128), sample * 128));
    }

    [Fact]
    public void Any_position_is_reached_exactly()
    {
        var flac = Encode("anoisesrc=d=60:r=16000:a=0.4:seed=4", []);
        var whole = AudioFile.Read(flac).Samples;
        var draw = new Random(2);
        for (var round = 0; round < 40; round++)
        {
            using var decoder = AudioFile.Open(flac);
            var at = 0L;
            for (var step = 0; step < 3; step++)
            {
                var skipped = draw.NextInt64(whole.Length - at - 3000);
                decoder.Skip(skipped);
                at += skipped;
                var block = new float[draw.Next(1, 1000)];
                Assert.Equal(block.Length, decoder.Read(block));
                Assert.Equal(whole[(int)at..((int)at + block.Length)], block);
                at += block.Length;
            }
        }
    }

    [Fact]
    public void A_missing_frame_is_reported_with_its_samples()
    {
        var flac = Encode("anoisesrc=d=1:r=16000:a=0.4:seed=5", ["-frame_size", "4000"]);
        var bytes = File.ReadAllBytes(flac);
        // The header of frame 2 ends with its number, 2, and the rest of its size and checksum.
        var starts = Enumerable
            .Range(0, bytes.Length - 5)
            .Where(i => bytes[i] == 0xFF && bytes[i + 1] == 0xF8 && bytes[i + 2] >> 4 == 7 && bytes[i + 4] < 4)
            .ToDictionary(i => bytes[i + 4], i => i);
        File.WriteAllBytes(flac, [.. bytes[..starts[1]], .. bytes[starts[2]..]]);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(flac));
        Assert.Equal("the FLAC frame starts at sample 8000, but the preceding frame ended at sample 4000", error.Cause);
        Assert.Equal(starts[1], error.ByteOffset);
    }

    [Fact]
    public void Fewer_samples_than_stated_are_an_error_and_more_are_a_finding()
    {
        var flac = File.ReadAllBytes(AudioFileTests.Fixture("clicks.flac"));
        var stated = AudioFile.Read(AudioFileTests.Fixture("clicks.flac")).Samples.Length;

        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(Write(Stating(stated + 1))));
        Assert.Equal(AudioFault.Truncated, error.Fault);
        Assert.Equal($"the FLAC header states {stated + 1} samples, but the file contains {stated}", error.Cause);

        var sound = AudioFile.Read(Write(Stating(stated - 1)));
        Assert.Equal([$"the FLAC header states {stated - 1} samples, but the file contains {stated}"], sound.Findings);
        Assert.Empty(AudioFile.Read(Write(Stating(0))).Findings);

        byte[] Stating(int samples)
        {
            var changed = (byte[])flac.Clone();
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(changed.AsSpan(22), samples);
            return changed;
        }
    }

    [Fact]
    public void Tags_around_the_stream_are_skipped()
    {
        var flac = File.ReadAllBytes(AudioFileTests.Fixture("clicks.flac"));
        var path = Write([.. "ID3"u8, 3, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4, .. flac, .. "TAG"u8, .. new byte[125]]);
        var sound = AudioFile.Read(path);
        Assert.Equal(AudioFile.Read(AudioFileTests.Fixture("clicks.flac")).Samples, sound.Samples);
        Assert.Equal(["14 bytes (an ID3 tag) come before the header"], sound.Findings);
    }

    [Fact]
    public void A_changed_byte_is_an_error_in_every_frame()
    {
        var flac = File.ReadAllBytes(AudioFileTests.Fixture("clicks.flac"));
        for (var at = 42; at < flac.Length; at++)
        {
            var changed = (byte[])flac.Clone();
            changed[at] ^= 0x10;
            var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(Write(changed)));
            Assert.Contains("FLAC", error.Message, StringComparison.Ordinal);
        }
    }

    private static float[] Samples(string path, int channel)
    {
        using var audio = AudioStream.Open(path, AudioFile.Read(path).SampleRate, channel);
        var samples = new float[1 << 20];
        return samples[..audio.Read(samples)];
    }

    private string Encode(string source, string[] options)
    {
        AudioFileTests.RequireFfmpeg();
        var path = folder.File("a.flac");
        Ffmpeg([.. "-f lavfi -i".Split(' '), source, .. options, "-strict", "-2", path]);
        return path;
    }

    private static void Ffmpeg(string[] arguments)
    {
        using var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-y", .. arguments]);
        ffmpeg.WaitForExit();
        Assert.Equal(0, ffmpeg.ExitCode);
    }

    private string Write(byte[] bytes)
    {
        var path = folder.File("b.flac");
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
