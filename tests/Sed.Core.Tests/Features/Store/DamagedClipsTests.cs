using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using Sed.Core.Tests.Audio;
using TorchSharp;

namespace Sed.Core.Tests.Features.Store;

[Collection(TorchCollection.Name)]
public sealed class DamagedClipsTests : IDisposable
{
    private const int SampleRate = SmallFeatures.SampleRate;
    private static readonly LogMelOptions options = SmallFeatures.Options;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Damaged_clips_are_reported_and_all_others_extracted_exactly()
    {
        AudioFileTests.RequireFfmpeg();
        (string Name, byte[] Bytes)[] odd = [.. Odd()];
        (string Name, byte[] Bytes)[] damaged = [.. DamagedAudio.All.Select(file => (file.Name, file.Bytes))];
        // Unusual and damaged clips alternate, so that every damaged clip is next to an intact one.
        var all = damaged.SelectMany((file, i) => new[] { file, Numbered(odd[i % odd.Length], i) }).ToArray();
        Manifest corpus = Corpus(all);

        using FeatureStore store = FeatureStore.Open(corpus, options, folder.File("stores"));

        Assert.Equal(damaged.Select(file => file.Name), store.Broken.Select(broken => broken.Name));
        var silence = Direct(new float[SampleRate]);
        foreach (BrokenClip broken in store.Broken)
        {
            Clip clip = corpus.Clips[broken.Index];
            Assert.Equal(clip.Name, broken.Name);
            Assert.StartsWith(clip.AudioPath, broken.Reason);
            Assert.True(broken.Reason.Length > clip.AudioPath.Length + 10, broken.Reason);
            Assert.Equal(silence, Row(store, broken.Index));
        }
        foreach (var whole in Enumerable.Range(0, all.Length).Except(store.Broken.Select(broken => broken.Index)))
        {
            var samples = AudioFile.Read(corpus.Clips[whole].AudioPath, SampleRate);
            Array.Resize(ref samples, SampleRate);
            Assert.Contains(samples, sample => sample != 0);
            Assert.Equal(Direct(samples), Row(store, whole));
        }
    }

    [Fact]
    public void A_missing_decoder_is_an_error_and_is_not_recorded_as_damage()
    {
        AudioFileTests.RequireFfmpeg();
        var wav = folder.File("tone.wav");
        WavWriter.Write(wav, Tone(), SampleRate);
        var matroska = folder.File("audio", "tone.mka");
        using (
            var ffmpeg = System.Diagnostics.Process.Start(
                "ffmpeg",
                ["-v", "error", "-i", wav, "-c:a", "flac", matroska]
            )
        )
            ffmpeg.WaitForExit();
        Manifest corpus = Corpus([("tone.mka", File.ReadAllBytes(matroska))]);
        var path = Environment.GetEnvironmentVariable("PATH");
        try
        {
            Environment.SetEnvironmentVariable("PATH", folder.Path);
            var error = Assert.Throws<AudioFormatException>(() =>
                FeatureStore.Open(corpus, options, folder.File("stores"))
            );
            Assert.Equal(AudioFault.NoDecoder, error.Fault);
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
        using FeatureStore store = FeatureStore.Open(corpus, options, folder.File("stores"));
        Assert.Empty(store.Broken);
        Assert.Equal(Direct(AudioFile.Read(matroska, SampleRate)), Row(store, 0));
    }

    /// <summary>Unusual audio files that are readable.</summary>
    private IEnumerable<(string Name, byte[] Bytes)> Odd()
    {
        var noise = new byte[48_000];
        new Random(2).NextBytes(noise);
        yield return ("eight-channels.wav", WavTests.Wav(1, 8, 16, noise));
        yield return ("24-bits.wav", WavTests.Wav(1, 1, 24, noise));
        yield return ("8-bits.wav", WavTests.Wav(1, 1, 8, noise[..8000]));
        yield return ("32-bits.wav", WavTests.Wav(1, 2, 32, noise));
        yield return ("one-sample.wav", WavTests.Wav(1, 1, 16, [1, 2]));
        yield return ("192-khz.wav", Written(Tone(), 192_000));
        yield return ("11025-hz.wav", Written(Tone(), 11_025));
        yield return ("too-long.wav", Written([.. Tone(), .. Tone(), .. Tone()], SampleRate));
    }

    private byte[] Written(float[] samples, int rate)
    {
        var path = folder.File("written.wav");
        WavWriter.Write(path, samples, rate);
        return File.ReadAllBytes(path);
    }

    private static float[] Tone() => [.. Enumerable.Range(0, SampleRate).Select(i => (float)(0.5 * Math.Sin(0.1 * i)))];

    private static (string, byte[]) Numbered((string Name, byte[] Bytes) file, int number) =>
        ($"{number}-{file.Name}", file.Bytes);

    private Manifest Corpus((string Name, byte[] Bytes)[] files)
    {
        List<Clip> clips = [];
        foreach ((var name, var bytes) in files)
        {
            var path = folder.File("audio", name);
            File.WriteAllBytes(path, bytes);
            clips.Add(
                new Clip
                {
                    Name = name,
                    Source = name,
                    AudioPath = path,
                    AudioBytes = bytes.Length,
                    DurationSeconds = 1,
                    Split = Split.Training,
                    WeakLabels = [],
                }
            );
        }
        return new Manifest("damaged", new ClassList(["a"]), SampleRate, 1, clips);
    }

    private static float[] Row(FeatureStore store, int clip)
    {
        var row = new float[store.Frames * store.Bands];
        store.Read([clip], row);
        return row;
    }

    private static float[] Direct(float[] samples)
    {
        using LogMelExtractor extractor = new(options);
        using var scope = torch.NewDisposeScope();
        return extractor.Extract(torch.tensor(samples, [1, SampleRate])).data<float>().ToArray();
    }
}
