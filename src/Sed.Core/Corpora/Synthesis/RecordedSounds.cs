using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sed.Core.Corpora.Synthesis.Voices;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>Events and backgrounds from folders of recordings, one folder per class.</summary>
internal sealed class RecordedSounds : ISoundSource
{
    private const double MostEventSeconds = 6;
    private readonly int sampleRate;
    private readonly Dictionary<Split, string[][]> events;
    private readonly Dictionary<Split, string[]> backgrounds;
    private readonly RecordingCache cache;
    private readonly SynthesisedSounds noise;

    private RecordedSounds(RecordingFolders folders, int sampleRate, string fingerprint)
    {
        this.sampleRate = sampleRate;
        cache = new RecordingCache(sampleRate);
        noise = new SynthesisedSounds(sampleRate);
        Classes = [.. folders.Classes.Select(label => ($"/folder/{label}", label))];
        Weights = [.. folders.Classes.Select(_ => 1.0)];
        events = RecordingFolders.Parts.ToDictionary(
            split => split,
            split => folders.Classes.Select(label => folders.Recordings(label, split)).ToArray()
        );
        backgrounds = RecordingFolders.Parts.ToDictionary(
            split => split,
            split => folders.Backgrounds.SelectMany(label => folders.Recordings(label, split)).ToArray()
        );
        Fingerprint = fingerprint;
    }

    /// <summary>Reads the folders and divides their recordings among the splits.</summary>
    /// <param name="folder">The folder with one folder of recordings per class.</param>
    /// <param name="options">The seed and the background folders.</param>
    /// <param name="sampleRate">Samples per second (Hz).</param>
    /// <param name="cache">The folder that content hashes of the recordings are cached in; null caches nothing.</param>
    /// <exception cref="CorpusException">There are no recordings to mix, or one cannot be read.</exception>
    internal static RecordedSounds Open(string folder, SoundscapeOptions options, int sampleRate, string? cache)
    {
        var folders = RecordingFolders.Open(folder, options);
        return new RecordedSounds(folders, sampleRate, FingerprintOf(folder, folders, cache));
    }

    public IReadOnlyList<(string Id, string Label)> Classes { get; }

    public IReadOnlyList<double> Weights { get; }

    public string Fingerprint { get; }

    public Take Event(Random random, Split split, int label, int mostSamples)
    {
        var recordings = events[split][label];
        var sound = cache.WithoutSilentEnds(recordings[random.Next(recordings.Length)]);
        var most = Math.Min(mostSamples, (int)(MostEventSeconds * sampleRate));
        var length = Math.Min(sound.Length, most);
        var from = random.Next(sound.Length - length + 1);
        return new Take(length, () => sound.AsSpan(from, length).ToArray().Faded(sampleRate, 0.01, 0.02));
    }

    /// <summary>Real recordings have a microphone behind them already.</summary>
    public float[] Recorded(Random random, float[] mix) => mix;

    /// <summary>A recording repeated with cross-fades, or synthesised noise where no folder holds backgrounds.</summary>
    public float[] Background(Random random, Split split, int samples)
    {
        var recordings = backgrounds[split];
        if (recordings.Length == 0)
            return noise.Background(random, split, samples);
        var sound = cache.WithoutSilentEnds(recordings[random.Next(recordings.Length)]);
        var fade = Math.Min(sampleRate / 4, sound.Length / 4);
        var result = new float[samples];
        // The first round starts somewhere inside the recording.
        var at = -random.Next(sound.Length / 2);
        while (at < samples)
        {
            for (var i = Math.Max(0, -at); i < sound.Length && at + i < samples; i++)
            {
                var gain = Math.Min(1, Math.Min(i, sound.Length - 1 - i) / (double)Math.Max(1, fade));
                // Equal power, since the two rounds have nothing in common.
                result[at + i] += (float)(sound[i] * Math.Sin(Math.PI / 2 * gain));
            }
            at += Math.Max(1, sound.Length - fade);
        }
        return result;
    }

    private static string FingerprintOf(string root, RecordingFolders folders, string? cache)
    {
        (Split Split, string Label, string Path)[] recordings =
        [
            .. from split in RecordingFolders.Parts
            from label in folders.Classes.Concat(folders.Backgrounds)
            from path in folders.Recordings(label, split)
            select (split, label, path),
        ];
        try
        {
            var hashes = ContentHashes.Of(root, [.. recordings.Select(recording => recording.Path)], cache);
            StringBuilder text = new("recordings 3\n");
            foreach ((var recording, var hash) in recordings.Zip(hashes))
                text.Append(
                    CultureInfo.InvariantCulture,
                    $"{CanonicalKey.Of(recording.Split)}\t{recording.Label}\t{Path.GetFileName(recording.Path)}\t{hash}\n"
                );
            return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException(unreadable.Message);
        }
    }
}
