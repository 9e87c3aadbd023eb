using System.Buffers.Binary;
using System.Text;
using Sed.Core.Audio;

namespace Sed.Core.Tests.Audio;

/// <summary>
/// Files whose headers are wrong although their samples are complete, as recorders and published corpora have them, and files
/// that are no audio under the names of recordings.
/// </summary>
public sealed class FaultyHeaderTests : IDisposable
{
    private const int Rate = 8_000;

    // One second of a tone in a Hann window.
    private static readonly short[] Tone =
    [
        .. Enumerable
            .Range(0, Rate)
            .Select(i =>
                (short)
                    Math.Round(
                        16_000
                            * Math.Sin(2 * Math.PI * 440 * i / Rate)
                            * (0.5 - (0.5 * Math.Cos(2 * Math.PI * i / Rate)))
                    )
            ),
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0u, 16_036u)]
    [InlineData(0u, 0xFFFF_FFFF)]
    [InlineData(0x7FFF_F000, 0x7FFF_F024)]
    [InlineData(0x7FFF_F000, 16_036u)]
    [InlineData(0x8000_0000, 0x8000_0024)]
    [InlineData(0x8000_0000, 16_036u)]
    [InlineData(0xFFFF_FFFF, 0xFFFF_FFFF)]
    [InlineData(0xFFFF_FFFF, 16_036u)]
    [InlineData(0x7FFF_FFFF, 0x8000_0023)]
    [InlineData(0xFFFF_FFDB, 0xFFFF_FFFF)]
    [InlineData(0x7FFF_FFFE, 0x8000_0022)]
    public void A_size_that_a_pipe_or_an_unfinished_recording_leaves_means_the_rest_of_the_file(uint data, uint riff)
    {
        var sound = Read(With(Wav(), (4, riff), (40, data)));
        AssertTone(sound);
        Assert.StartsWith("the header states no length (0x", Assert.Single(sound.Findings));
    }

    [Theory]
    [InlineData(16_002u)]
    [InlineData(16_008u)]
    [InlineData(16_036u)]
    [InlineData(16_044u)]
    [InlineData(15_998u)]
    [InlineData(15_990u)]
    [InlineData(15_936u)]
    public void A_size_of_the_samples_that_is_off_by_at_most_the_length_of_a_header_is_corrected(uint data)
    {
        var sound = Read(With(Wav(), (40, data)));
        AssertTone(sound);
        Assert.Matches(
            $"^the 'data' chunk claims {data} bytes, but the file has (only )?16000, which were read$",
            Assert.Single(sound.Findings)
        );
    }

    [Fact]
    public void A_file_that_lacks_a_few_bytes_of_many_is_read_with_a_finding_and_one_that_lacks_more_is_cut()
    {
        AssertTone(Read(With(Wav(), (4, 16_080), (40, 16_044))));
        foreach (var missing in (int[])[1, 2, 44])
            Assert.Equal(
                $"the 'data' chunk claims 16000 bytes, but the file has only {16_000 - missing}, which were read",
                Read(Wav()[..^missing]).Findings[0]
            );
        foreach (var missing in (int[])[65, 100, 8_000])
            Assert.Equal(
                AudioFault.Truncated,
                Assert.Throws<AudioFormatException>(() => Read(Wav()[..^missing])).Fault
            );
    }

    [Theory]
    [InlineData("w64")]
    [InlineData("caf")]
    [InlineData("au")]
    [InlineData("opus")]
    public void A_cut_file_of_a_format_that_ffmpeg_decodes_is_an_error(string extension)
    {
        AudioFileTests.RequireFfmpeg();
        File.WriteAllBytes(folder.File("whole.wav"), Wav());
        var path = folder.File($"tone.{extension}");
        string[] options = ["-v", "error", "-stream_loop", "20", "-i", folder.File("whole.wav"), path];
        using (var ffmpeg = System.Diagnostics.Process.Start("ffmpeg", options))
            ffmpeg.WaitForExit();
        Assert.SkipUnless(File.Exists(path), $"This ffmpeg does not write {extension}.");
        Assert.InRange(AudioFile.Read(path).DurationSeconds, 20.9, 21.1);
        var bytes = File.ReadAllBytes(path);
        foreach (var kept in (int[])[bytes.Length * 6 / 10, bytes.Length / 2, (bytes.Length * 9 / 10) + 1, 30])
        {
            File.WriteAllBytes(path, bytes[..kept]);
            Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        }
    }

    [Theory]
    [InlineData(16_000u, 16_036u, 1, "1 bytes after the samples were not read")]
    [InlineData(16_000u, 16_037u, 1, "1 bytes after the samples were not read")]
    [InlineData(16_001u, 16_037u, 1, "the samples end inside a frame of 2 bytes; the last 1 bytes were not read")]
    [InlineData(16_001u, 16_038u, 2, "the samples end inside a frame of 2 bytes; the last 1 bytes were not read")]
    public void An_odd_byte_at_the_end_is_left_out(uint data, uint riff, int extra, string finding)
    {
        byte[] wav = [.. With(Wav(), (4, riff), (40, data)), .. new byte[extra]];
        var sound = Read(wav);
        AssertTone(sound);
        Assert.Equal([finding], sound.Findings);
    }

    [Fact]
    public void A_wrong_frame_size_is_ignored_where_the_data_rate_is_right()
    {
        foreach (var align in (byte[])[0, 1, 4, 7])
        {
            var wav = Wav();
            wav[32] = align;
            var sound = Read(wav);
            AssertTone(sound);
            Assert.Equal(
                [
                    $"the header states {align} bytes per frame, but 1 channels of 16 bits make 2; frames of 2 bytes were read",
                ],
                sound.Findings
            );
        }
    }

    [Fact]
    public void A_number_of_channels_that_contradicts_frame_size_and_data_rate_is_an_error()
    {
        var wav = Wav();
        wav[22] = 2;
        Assert.EndsWith(
            "the header states 2 bytes per frame, but 2 channels of 16 bits make 4.",
            Assert.Throws<AudioFormatException>(() => Read(wav)).Message
        );
    }

    [Fact]
    public void Samples_of_24_bits_in_32_bits_are_read()
    {
        var data = new byte[4 * Tone.Length];
        for (var i = 0; i < Tone.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(4 * i), Tone[i] << 16);
        var wav = WavTests.Wav(1, 1, 32, data);
        wav[34] = 24;
        var sound = Read(wav);
        AssertTone(sound);
        Assert.Empty(sound.Findings);
    }

    [Fact]
    public void RIFX_RF64_and_BW64_have_the_sound_of_RIFF()
    {
        AssertTone(Read(BigEndian()));
        foreach (var name in (string[])["RF64", "BW64"])
        foreach (var claimed in (long[])[16_000, 0, -1])
        {
            var sound = Read(Rf64(name, claimed));
            AssertTone(sound);
            Assert.Equal(claimed == 16_000 ? 0 : 1, sound.Findings.Count);
        }
        var cut = Assert.Throws<AudioFormatException>(() => Read(Rf64("RF64", 16_000)[..10_080]));
        Assert.Equal(AudioFault.Truncated, cut.Fault);
        Assert.EndsWith("the 'data' chunk claims 16000 bytes, but the file ends after 10000 of them.", cut.Message);
    }

    [Fact]
    public void A_header_after_an_ID3_tag_or_zeros_is_found()
    {
        byte[] tag = [.. "ID3"u8, 3, 0, 0, 0, 0, 0, 20, .. new byte[20]];
        foreach (var (before, kind) in new[] { (tag, "an ID3 tag"), (new byte[512], "zero bytes") })
        {
            var sound = Read([.. before, .. Wav()]);
            AssertTone(sound);
            Assert.Equal([$"{before.Length} bytes ({kind}) come before the header"], sound.Findings);
        }
    }

    [Fact]
    public void A_chunk_of_odd_size_without_a_padding_byte_is_skipped()
    {
        var plain = Wav();
        var sound = Read([.. plain[..12], .. "LIST"u8, 3, 0, 0, 0, 9, 9, 9, .. plain[12..]]);
        AssertTone(sound);
        Assert.Equal(["the chunk that ends at byte 23 has an odd size and no padding byte"], sound.Findings);
    }

    [Fact]
    public void Chunks_after_the_samples_are_no_finding_and_other_content_is_one()
    {
        byte[] list = [.. "LIST"u8, 4, 0, 0, 0, .. "INFO"u8];
        Assert.Empty(Read([.. Wav(), .. list]).Findings);
        Assert.Empty(Read(With([.. Wav(), .. list], (4, 16_048))).Findings);
        Assert.Equal(["another WAV file of 16044 bytes follows and was not read"], Read([.. Wav(), .. Wav()]).Findings);
        Assert.Equal(["1000 bytes after the samples were not read"], Read([.. Wav(), .. new byte[1000]]).Findings);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(0u, 8_000u)]
    [InlineData(0x7F00_0000u, 0x7EFF_FFFCu)]
    [InlineData(0xFFFF_FFFFu, 0xFFFF_FFFFu)]
    public void An_AIFF_file_from_a_pipe_is_read_to_its_end(uint size, uint frames)
    {
        var sound = Read(Aiff(size, frames));
        AssertTone(sound);
        Assert.StartsWith("the header states no length (0x", Assert.Single(sound.Findings));
    }

    [Theory]
    [InlineData("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 16044\n", "this is a Git LFS pointer")]
    [InlineData("/annex/objects/MD5E-s16044--d41d8cd98f00b204e9800998ecf8427e.wav\n", "this is a git-annex pointer")]
    [InlineData("<!DOCTYPE html><html><head><title>404</title></head></html>\n", "this is a web page")]
    [InlineData("\uFEFF\r\n<!-- moved -->\n<HTML><body>gone</body></HTML>", "this is a web page")]
    [InlineData(
        "<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
        "this is an XML document instead of a recording (AccessDenied)"
    )]
    [InlineData("{\"error\": {\"code\": 403}}", "this is JSON instead of a recording ({\"error\": {\"code\": 403}})")]
    [InlineData("Too many requests\n", "this is text instead of a recording: it starts with 'Too many req...'")]
    [InlineData("#EXTM3U\nhttp://example.org/a.mp3\n", "this is text instead of a recording")]
    public void Text_under_the_name_of_a_recording_is_named(string text, string cause)
    {
        foreach (var name in AudioFile.Extensions.Select(extension => $"a{extension}").Append("a.WAV"))
            Assert.StartsWith(cause, Refused(name, Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void Archives_images_and_zeros_under_the_name_of_a_recording_are_named()
    {
        var rest = new byte[100];
        Assert.Equal(
            "this is a gzip archive instead of a recording; unpack it",
            Refused("a.mp3", [0x1F, 0x8B, .. rest])
        );
        Assert.Equal("this is a ZIP archive instead of a recording; unpack it", Refused("a.wav", [.. "PK"u8, 3, 4]));
        Assert.Equal("this is a PNG image instead of a recording", Refused("a.ogg", [0x89, .. "PNG"u8, .. rest]));
        Assert.StartsWith("the file has only zero bytes instead of a header", Refused("a.flac", new byte[4096]));
        Assert.StartsWith("the file is empty", Refused("a.mp3", []));
        Assert.StartsWith(
            "this is a web page",
            Refused("a.wav", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes("<html><body>not found</body></html>")])
        );
    }

    private string Refused(string name, byte[] content)
    {
        File.WriteAllBytes(folder.File(name), content);
        return Assert.Throws<AudioFormatException>(() => AudioFile.Read(folder.File(name))).Cause;
    }

    private Waveform Read(byte[] file)
    {
        File.WriteAllBytes(folder.File("a.wav"), file);
        return AudioFile.Read(folder.File("a.wav"));
    }

    private static void AssertTone(Waveform sound)
    {
        Assert.Equal((Rate, 1, Rate), (sound.SampleRate, sound.Channels, sound.Samples.Length));
        Assert.Equal(Tone.Select(sample => sample / 32_768f), sound.Samples);
    }

    private static byte[] Samples(bool isBigEndian)
    {
        var data = new byte[2 * Tone.Length];
        for (var i = 0; i < Tone.Length; i++)
            if (isBigEndian)
                BinaryPrimitives.WriteInt16BigEndian(data.AsSpan(2 * i), Tone[i]);
            else
                BinaryPrimitives.WriteInt16LittleEndian(data.AsSpan(2 * i), Tone[i]);
        return data;
    }

    private static byte[] Wav() => WavTests.Wav(1, 1, 16, Samples(false));

    private static byte[] With(byte[] wav, params (int At, uint Size)[] sizes)
    {
        foreach (var (at, size) in sizes)
            BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(at), size);
        return wav;
    }

    private static byte[] BigEndian() =>
        [
            .. "RIFX"u8,
            .. Big(16_036),
            .. "WAVEfmt "u8,
            .. Big(16),
            0,
            1,
            0,
            1,
            .. Big(Rate),
            .. Big(2 * Rate),
            0,
            2,
            0,
            16,
            .. "data"u8,
            .. Big(16_000),
            .. Samples(true),
        ];

    private static byte[] Rf64(string name, long size)
    {
        var plain = Wav();
        var sizes = new byte[28];
        BinaryPrimitives.WriteInt64LittleEndian(sizes, 16_072);
        BinaryPrimitives.WriteInt64LittleEndian(sizes.AsSpan(8), size);
        return
        [
            .. Encoding.ASCII.GetBytes(name),
            .. Big(uint.MaxValue),
            .. "WAVEds64"u8,
            28,
            0,
            0,
            0,
            .. sizes,
            .. plain[12..40],
            .. Big(uint.MaxValue),
            .. plain[44..],
        ];
    }

    private static byte[] Aiff(uint size, uint frames) =>
        [
            .. "FORM"u8,
            .. Big(0),
            .. "AIFFCOMM"u8,
            .. Big(18),
            0,
            1,
            .. Big(frames),
            0,
            16,
            // 8000 Hz in extended precision: 1.953125 * 2^12.
            0x40,
            0x0B,
            0xFA,
            0,
            0,
            0,
            0,
            0,
            0,
            0,
            .. "SSND"u8,
            .. Big(size),
            .. new byte[8],
            .. Samples(true),
        ];

    private static byte[] Big(uint number)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return bytes;
    }
}
