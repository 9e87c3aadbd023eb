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
    public void What_is_written_is_read_back_to_within_half_a_step(SampleEncoding encoding, int bits, double step)
    {
        float[] samples = [.. Enumerable.Range(0, 1001).Select(i => (float)(0.9 * Math.Sin(0.1 * i)))];
        var path = folder.File("a.wav");
        WavWriter.Write(path, samples, 44_100, encoding, bits);

        Waveform read = WavReader.Read(path);

        Assert.Equal((44_100, 1, 1001), (read.SampleRate, read.Channels, read.Samples.Length));
        for (var i = 0; i < samples.Length; i++)
            Assert.True(Math.Abs(samples[i] - read.Samples[i]) <= (step / 2) + 1e-9, $"sample {i}");
    }

    [Fact]
    public void Sixteen_bits_are_read_as_the_integer_over_32768()
    {
        var wav = Wav(1, 1, 16, [0x00, 0x80, 0xFF, 0x7F, 0x01, 0x00]);
        Assert.Equal([-1f, 32_767f / 32_768, 1f / 32_768], WavReader.Read(wav, "a").Samples);
    }

    [Fact]
    public void Twenty_four_bits_keep_their_sign()
    {
        var wav = Wav(1, 1, 24, [0x00, 0x00, 0x80, 0xFF, 0xFF, 0xFF]);
        Assert.Equal([-1f, -1f / 8_388_608], WavReader.Read(wav, "a").Samples);
    }

    [Fact]
    public void Eight_bits_are_unsigned()
    {
        Assert.Equal([-1f, 0f, 127f / 128], WavReader.Read(Wav(1, 1, 8, [0, 128, 255]), "a").Samples);
    }

    [Fact]
    public void Channels_are_averaged()
    {
        var wav = Wav(1, 2, 16, [0x00, 0x40, 0x00, 0x00, 0x00, 0xC0, 0x00, 0x40]);
        Waveform read = WavReader.Read(wav, "a");
        Assert.Equal(2, read.Channels);
        Assert.Equal([0.25f, 0f], read.Samples);
    }

    [Fact]
    public void An_extensible_header_is_read_by_its_sub_format()
    {
        var format = new byte[40];
        Wav(1, 1, 16, []).AsSpan(20, 16).CopyTo(format);
        BinaryPrimitives.WriteUInt16LittleEndian(format, 0xFFFE);
        BinaryPrimitives.WriteUInt16LittleEndian(format.AsSpan(24), 1);
        byte[] wav = [.. "RIFF    WAVEfmt "u8, 40, 0, 0, 0, .. format, .. "data"u8, 2, 0, 0, 0, 0, 0x40];
        Assert.Equal([0.5f], WavReader.Read(wav, "a").Samples);
    }

    [Fact]
    public void Other_chunks_are_passed_over_with_their_padding()
    {
        var plain = Wav(1, 1, 16, [0, 0x40]);
        byte[] wav = [.. plain[..12], .. "LIST"u8, 3, 0, 0, 0, 9, 9, 9, 0, .. plain[12..]];
        Assert.Equal([0.5f], WavReader.Read(wav, "a").Samples);
    }

    [Fact]
    public void A_size_that_a_pipe_left_open_means_the_rest_of_the_file()
    {
        var wav = Wav(1, 1, 16, [0, 0x40, 0, 0x40]);
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(40), 0xFFFF_FFFF);
        Assert.Equal([0.5f, 0.5f], WavReader.Read(wav, "a").Samples);
    }

    [Fact]
    public void A_file_that_ends_early_is_named_with_its_byte()
    {
        var path = folder.File("short.wav");
        File.WriteAllBytes(path, Wav(1, 1, 16, new byte[100])[..94]);
        AudioFormatException error = Assert.Throws<AudioFormatException>(() => WavReader.Read(path));
        Assert.Equal(94, error.ByteOffset);
        Assert.Equal(
            $"{path}, byte 94: the 'data' chunk claims 100 bytes, but the file ends after 50 of them.",
            error.Message
        );
    }

    [Fact]
    public void A_text_with_the_name_of_a_wav_says_what_it_starts_with()
    {
        AudioFormatException error = Assert.Throws<AudioFormatException>(() =>
            WavReader.Read(Encoding.ASCII.GetBytes("<html><body>404 not found"), "a.wav")
        );
        Assert.Equal(
            "a.wav, byte 0: this is not a WAV file: it starts with '<html><body>' instead of 'RIFF....WAVE'.",
            error.Message
        );
    }

    [Fact]
    public void An_empty_file_is_empty()
    {
        AudioFormatException error = Assert.Throws<AudioFormatException>(() =>
            WavReader.Read(Array.Empty<byte>(), "a.wav")
        );
        Assert.Equal("a.wav, byte 0: the file is empty.", error.Message);
    }

    [Fact]
    public void Every_cut_of_a_file_is_an_error_and_never_a_shorter_clip()
    {
        var whole = Wav(1, 2, 16, new byte[40]);
        for (var length = 0; length < whole.Length; length++)
            Assert.Throws<AudioFormatException>(() => WavReader.Read(whole.AsMemory(0, length), "a.wav"));
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
