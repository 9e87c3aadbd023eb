using System.Buffers.Binary;
using System.Text;
using Sed.Core.Audio;

namespace Sed.Core.Tests.Audio;

public sealed class WavTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(SampleEncoding.Pcm, 16, 1.0 / 32_768)]
    [InlineData(SampleEncoding.Pcm, 24, 1.0 / 8_388_608)]
    [InlineData(SampleEncoding.Pcm, 32, 1e-7)]
    [InlineData(SampleEncoding.Float, 32, 0)]
    [InlineData(SampleEncoding.Float, 64, 0)]
    public void Written_samples_are_read_back_to_within_half_a_quantisation_step(
        SampleEncoding encoding,
        int bits,
        double step
    )
    {
        float[] samples = [.. Enumerable.Range(0, 1001).Select(i => (float)(0.9 * Math.Sin(0.1 * i)))];
        var path = folder.File("a.wav");
        WavWriter.Write(path, samples, 44_100, encoding, bits);

        var read = AudioFile.Read(path);

        Assert.Equal((44_100, 1, 1001), (read.SampleRate, read.Channels, read.Samples.Length));
        for (var i = 0; i < samples.Length; i++)
            Assert.True(Math.Abs(samples[i] - read.Samples[i]) <= (step / 2) + 1e-9, $"sample {i}");
    }

    [Fact]
    public void Sixteen_bit_samples_are_divided_by_32768()
    {
        var wav = Wav(1, 1, 16, [0x00, 0x80, 0xFF, 0x7F, 0x01, 0x00]);
        Assert.Equal([-1f, 32_767f / 32_768, 1f / 32_768], Read(wav, "a").Samples);
    }

    [Fact]
    public void Twenty_four_bit_samples_are_signed()
    {
        var wav = Wav(1, 1, 24, [0x00, 0x00, 0x80, 0xFF, 0xFF, 0xFF]);
        Assert.Equal([-1f, -1f / 8_388_608], Read(wav, "a").Samples);
    }

    [Fact]
    public void Eight_bit_samples_are_unsigned()
    {
        Assert.Equal([-1f, 0f, 127f / 128], Read(Wav(1, 1, 8, [0, 128, 255]), "a").Samples);
    }

    [Theory]
    [InlineData(6, new byte[] { 0xD5, 0xAA, 0x2A }, new float[] { 8 / 32_768f, 32_256 / 32_768f, -32_256 / 32_768f })]
    [InlineData(7, new byte[] { 0xFF, 0x80, 0x00 }, new float[] { 0, 32_124 / 32_768f, -32_124 / 32_768f })]
    public void A_law_and_mu_law_are_expanded(int tag, byte[] data, float[] expected)
    {
        Assert.Equal(expected, Read(Wav(tag, 1, 8, data), "a").Samples);
    }

    [Fact]
    public void A_big_endian_file_and_one_with_64_bit_sizes_have_the_same_samples()
    {
        byte[] rifx =
        [
            .. "RIFX"u8,
            0,
            0,
            0,
            40,
            .. "WAVEfmt "u8,
            0,
            0,
            0,
            16,
            0,
            1,
            0,
            1,
            0,
            0,
            0x1F,
            0x40,
            0,
            0,
            0x3E,
            0x80,
            0,
            2,
            0,
            16,
            .. "data"u8,
            0,
            0,
            0,
            4,
            0x40,
            0,
            0xC0,
            0,
        ];
        var plain = Wav(1, 1, 16, [0, 0x40, 0, 0xC0]);
        byte[] rf64 =
        [
            .. "RF64"u8,
            255,
            255,
            255,
            255,
            .. "WAVEds64"u8,
            28,
            0,
            0,
            0,
            .. new byte[8],
            4,
            0,
            0,
            0,
            .. new byte[16],
            .. plain[12..40],
            255,
            255,
            255,
            255,
            .. plain[44..],
        ];
        Assert.Equal([0.5f, -0.5f], Read(rifx, "a").Samples);
        Assert.Equal([0.5f, -0.5f], Read(rf64, "a").Samples);
        var error = Assert.Throws<AudioFormatException>(() => Read(rf64[..^1], "a"));
        Assert.Equal("a, byte 83: the 'data' chunk claims 4 bytes, but the file ends after 3 of them.", error.Message);
    }

    [Theory]
    [InlineData(1, 8)]
    [InlineData(1, 16)]
    [InlineData(1, 24)]
    [InlineData(3, 32)]
    [InlineData(6, 8)]
    public void One_channel_can_be_selected(int tag, int bits)
    {
        var frames = Enumerable.Range(0, 50).Select(_ => new byte[3 * bits / 8]).ToArray();
        Random draw = new(bits);
        foreach (var frame in frames)
            for (var channel = 0; channel < 3; channel++)
                if (tag == 3)
                    BitConverter.TryWriteBytes(frame.AsSpan(4 * channel), draw.NextSingle());
                else
                    draw.NextBytes(frame.AsSpan(channel * bits / 8, bits / 8));
        var width = bits / 8;
        for (var channel = 1; channel <= 3; channel++)
        {
            using var all = AudioBytes.Of(Wav(tag, 3, bits, [.. frames.SelectMany(frame => frame)]), "all");
            using var decoder = new PcmDecoder(all, WavHeader.Read(all, out _)!) { Channel = channel };
            var samples = new float[50];
            decoder.Read(samples);
            var start = (channel - 1) * width;
            var mono = Wav(tag, 1, bits, [.. frames.SelectMany(frame => frame[start..(start + width)])]);
            Assert.Equal(Read(mono, "mono").Samples, samples);
        }
    }

    [Fact]
    public void Channels_are_averaged()
    {
        var wav = Wav(1, 2, 16, [0x00, 0x40, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x40]);
        var read = Read(wav, "a");
        Assert.Equal(2, read.Channels);
        Assert.Equal([0.25f, 0f], read.Samples);
    }

    [Fact]
    public void The_sub_format_of_an_extensible_header_gives_the_encoding()
    {
        var format = new byte[40];
        Wav(1, 1, 16, []).AsSpan(20, 16).CopyTo(format);
        BinaryPrimitives.WriteUInt16LittleEndian(format, 0xFFFE);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(24), 1);
        byte[] wav = [.. "RIFF    WAVEfmt "u8, 40, 0, 0, 0, .. format, .. "data"u8, 2, 0, 0, 0, 0, 0x40];
        Assert.Equal([0.5f], Read(wav, "a").Samples);
    }

    [Fact]
    public void Other_chunks_are_skipped_with_their_padding()
    {
        var plain = Wav(1, 1, 16, [0, 0x40]);
        byte[] wav = [.. plain[..12], .. "LIST"u8, 3, 0, 0, 0, 9, 9, 9, 0, .. plain[12..]];
        Assert.Equal([0.5f], Read(wav, "a").Samples);
    }

    [Theory]
    [InlineData(0xFFFF_FFFF, 40)]
    [InlineData(0x7FFF_F000, 0x7FFF_F024)]
    [InlineData(0, 0)]
    public void An_unknown_data_size_means_the_rest_of_the_file(uint dataSize, uint riffSize)
    {
        var wav = Wav(1, 1, 16, [0, 0x40, 0, 0x40]);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(4), riffSize);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(40), dataSize);
        Assert.Equal([0.5f, 0.5f], Read(wav, "a").Samples);
    }

    [Fact]
    public void A_truncated_file_is_reported_with_the_byte_at_which_it_ends()
    {
        var path = folder.File("short.wav");
        File.WriteAllBytes(path, Wav(1, 1, 16, new byte[100])[..94]);
        var error = Assert.Throws<AudioFormatException>(() => AudioFile.Read(path));
        Assert.Equal(94, error.ByteOffset);
        Assert.Equal(
            $"{path}, byte 94: the 'data' chunk claims 100 bytes, but the file ends after 50 of them.",
            error.Message
        );
    }

    [Fact]
    public void The_error_for_a_text_file_quotes_its_start()
    {
        var error = Assert.Throws<AudioFormatException>(() =>
            Read(Encoding.ASCII.GetBytes("<html><body>404 not found"), "a.wav")
        );
        Assert.Equal(
            "a.wav, byte 0: this is not a WAV file: it starts with '<html><body>' instead of 'RIFF....WAVE'.",
            error.Message
        );
    }

    [Fact]
    public void An_empty_file_is_an_error()
    {
        var error = Assert.Throws<AudioFormatException>(() => Read(Array.Empty<byte>(), "a.wav"));
        Assert.Equal("a.wav, byte 0: the file is empty.", error.Message);
    }

    [Fact]
    public void A_file_cut_at_any_byte_is_an_error_and_never_a_shorter_clip()
    {
        var whole = Wav(1, 2, 16, new byte[40]);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<AudioFormatException>(() => Read(whole.AsMemory(0, length), "a.wav"));
    }

    private static Waveform Read(ReadOnlyMemory<byte> file, string name)
    {
        using var bytes = AudioBytes.Of(file, name);
        using var decoder = new PcmDecoder(bytes, WavHeader.Read(bytes, out _)!);
        var samples = new float[decoder.Frames!.Value];
        Assert.Equal(samples.Length, decoder.Read(samples));
        return new Waveform(samples, decoder.SampleRate, decoder.Channels);
    }

    /// <summary>A WAV file at 8 kHz.</summary>
    internal static byte[] Wav(int tag, int channels, int bits, byte[] data)
    {
        var wav = new byte[44 + data.Length];
        "RIFF"u8.CopyTo(wav);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(4), 36 + data.Length);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(20), (short)tag);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(22), (short)channels);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(24), 8_000);
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(28), 8_000 * channels * bits / 8);
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(32), (short)(channels * bits / 8));
        BinaryPrimitives.WriteInt16LittleEndian(wav.AsSpan(34), (short)bits);
        "data"u8.CopyTo(wav.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(wav.AsSpan(40), data.Length);
        data.CopyTo(wav, 44);
        return wav;
    }
}
