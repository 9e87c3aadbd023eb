using System.Buffers.Binary;
using Sed.Core.Audio;
using static Sed.Core.Tests.Audio.ToneFiles;

namespace Sed.Core.Tests.Audio;

/// <summary>
/// Files whose headers are wrong although their samples are complete, as recorders and published corpora have them.
/// </summary>
public sealed class FaultyHeaderTests : IDisposable
{
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
}
