using System.Diagnostics;
using Sed.Core.Audio;

namespace Sed.Core.Tests.Audio;

public sealed class AudioStreamTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static float[] Noise(int samples)
    {
        var draw = new Random(3);
        return [.. Enumerable.Range(0, samples).Select(_ => draw.NextSingle() - 0.5f)];
    }

    private static float[] InPieces(string path, int rate, int piece)
    {
        using var stream = AudioStream.Open(path, rate);
        List<float> all = [];
        var target = new float[piece];
        while (stream.Read(target) is var count and > 0)
        {
            all.AddRange(target.AsSpan(0, count));
            if (count < piece)
                break;
        }
        return [.. all];
    }

    [Theory]
    [InlineData(48_000, 44_100)]
    [InlineData(22_050, 44_100)]
    [InlineData(44_100, 16_000)]
    [InlineData(44_101, 44_100)]
    public void Resampling_in_blocks_equals_resampling_at_once(int from, int to)
    {
        var sound = Noise(from + 17);
        var whole = Resampler.Resample(sound, from, to);
        foreach (var piece in (int[])[1009, 30_000, sound.Length])
        {
            var resampler = new StreamResampler(from, to);
            List<float> made = [];
            for (var at = 0; at < sound.Length; at += piece)
                made.AddRange(
                    resampler.Push(sound.AsSpan(at, Math.Min(piece, sound.Length - at)), at + piece >= sound.Length)
                );
            Assert.Equal(whole, made);
        }
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(44_100)]
    public void Decoding_in_blocks_equals_decoding_at_once(int rate)
    {
        var wav = folder.File("noise.wav");
        WavWriter.Write(wav, Noise(200_001), 44_100);
        Assert.Equal(AudioFile.Read(wav, rate), InPieces(wav, rate, 7001));
    }

    [Theory]
    [InlineData("clicks.mp3", 22_050)]
    [InlineData("clicks.mp3", 16_000)]
    [InlineData("clicks.ogg", 22_050)]
    [InlineData("clicks.flac", 22_050)]
    [InlineData("clicks.aiff", 44_100)]
    [InlineData("clicks-alaw.wav", 8000)]
    public void Every_format_can_be_decoded_in_blocks(string name, int rate)
    {
        var path = AudioFileTests.Fixture(name);
        Assert.Equal(AudioFile.Read(path, rate), InPieces(path, rate, 701));
    }

    [Fact]
    public void Decoding_with_ffmpeg_in_blocks_equals_decoding_at_once()
    {
        var (wav, matroska) = (folder.File("noise.wav"), folder.File("noise \"quoted\".mka"));
        WavWriter.Write(wav, Noise(200_001), 44_100);
        using (
            var encode = Process.Start(
                new ProcessStartInfo("ffmpeg", ["-v", "error", "-i", wav, "-c:a", "flac", matroska])
            )!
        )
            encode.WaitForExit();
        Assert.Equal(AudioFile.Read(wav, 44_100), AudioFile.Read(matroska, 44_100));
        Assert.Equal(AudioFile.Read(wav, 44_100), InPieces(matroska, 44_100, 7001));

        File.WriteAllBytes(matroska, File.ReadAllBytes(matroska)[..50_000]);
        Assert.Throws<AudioFormatException>(() => InPieces(matroska, 44_100, 7001));
        File.WriteAllBytes(matroska, [1, 2, .. "no sound"u8]);
        var refused = Assert.Throws<AudioFormatException>(() => InPieces(matroska, 44_100, 7001));
        Assert.StartsWith($"{matroska}: ffmpeg cannot decode the file (", refused.Message, StringComparison.Ordinal);
    }
}

/// <summary>Memory of the process is measured, so no other test runs at the same time.</summary>
[Collection(TorchCollection.Name)]
public sealed class AudioStreamMemoryTests
{
    [Theory]
    [InlineData("clicks.mp3")]
    [InlineData("clicks.ogg")]
    public void Memory_does_not_grow_with_the_length_of_a_compressed_file(string name)
    {
        using TemporaryFolder folder = new();
        var once = File.ReadAllBytes(AudioFileTests.Fixture(name));
        var path = folder.File(name);
        using (var longer = File.Create(path))
            for (var i = 0; i < 200; i++)
                longer.Write(once);
        using var stream = AudioStream.Open(path, 22_050);
        var target = new float[10_000];
        stream.Read(target);
        TorchCollection.FreeForgottenTensors();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var blocks = 1;
        while (stream.Read(target) == target.Length)
            blocks++;
        Assert.InRange(blocks, 500, 600);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, -1_000_000, 1_000_000);
    }
}
