using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sed.Core.Audio;
using Sed.Core.Corpora.Synthesis.SoundModels;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>Events and backgrounds from folders of recordings.</summary>
internal sealed class RecordedSounds : ISoundSource
{
    private const double MaxEventSeconds = 6;
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
        events = folders.Parts.ToDictionary(
            split => split,
            split => folders.Classes.Select(label => folders.Recordings(label, split)).ToArray()
        );
        backgrounds = folders.Parts.ToDictionary(
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

    public SourceEvent DrawEvent(Random random, Split split, int label, int maxSamples)
    {
        var recordings = events[split][label];
        var sound = cache.Trimmed(recordings[random.Next(recordings.Length)]);
        var maxLength = Math.Min(maxSamples, (int)(MaxEventSeconds * sampleRate));
        var length = Math.Min(sound.Length, maxLength);
        var from = random.Next(sound.Length - length + 1);
        return new SourceEvent(length, () => sound.AsSpan(from, length).ToArray().Faded(sampleRate, 0.01, 0.02));
    }

    /// <summary>Returns the mix unchanged, since recordings contain the response of their microphones.</summary>
    public float[] ApplyMicrophone(Random random, float[] mix) => mix;

    /// <summary>
    /// A random background recording of the split, repeated with cross-fades; synthesised noise if the split has no
    /// background recordings.
    /// </summary>
    public float[] Background(Random random, Split split, int samples)
    {
        var recordings = backgrounds[split];
        if (recordings.Length == 0)
            return noise.Background(random, split, samples);
        var sound = cache.Trimmed(recordings[random.Next(recordings.Length)]);
        var fade = Math.Min(sampleRate / 4, sound.Length / 4);
        var result = new float[samples];
        // The first repetition starts at a random point of the recording.
        var at = -random.Next(sound.Length / 2);
        while (at < samples)
        {
            for (var i = Math.Max(0, -at); i < sound.Length && at + i < samples; i++)
            {
                var gain = Math.Min(1, Math.Min(i, sound.Length - 1 - i) / (double)Math.Max(1, fade));
                // An equal-power cross-fade, since overlapping repetitions are uncorrelated.
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
            .. from split in folders.Parts
            from label in folders.Classes.Concat(folders.Backgrounds)
            from path in folders.Recordings(label, split)
            select (split, label, path),
        ];
        try
        {
            var hashes = ContentHashes.Of(root, [.. recordings.Select(recording => recording.Path)], cache);
            StringBuilder text = new("recordings 3\n");
            // The rows of the classes are followed by those of the backgrounds, each in ordinal order. If all rows together
            // are in this order too, they do not show which folders are backgrounds. The usual backgrounds are not marked,
            // so that existing corpora are used again.
            if (
                !folders.HaveUsualBackgrounds
                && (folders.Backgrounds is not [var first, ..] || string.CompareOrdinal(folders.Classes[^1], first) < 0)
            )
                text.Append(CultureInfo.InvariantCulture, $"backgrounds\t{folders.Backgrounds.Count}\n");
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

/// <summary>Decoded recordings without leading and trailing silence, cached up to a fixed amount of memory.</summary>
internal sealed class RecordingCache(int sampleRate)
{
    private const long MaxSamples = 64 << 20;
    private readonly ConcurrentDictionary<string, Lazy<float[]>> recordings = new(StringComparer.Ordinal);
    private long samples;

    /// <summary>The recording without leading and trailing silence. Callers must not change it.</summary>
    /// <exception cref="AudioFormatException">The recording cannot be decoded or is silent.</exception>
    internal float[] Trimmed(string path)
    {
        var sound = recordings.GetOrAdd(path, name => new Lazy<float[]>(() => Load(name))).Value;
        if (Interlocked.Read(ref samples) > MaxSamples)
        {
            recordings.Clear();
            Interlocked.Exchange(ref samples, 0);
        }
        return sound;
    }

    private float[] Load(string path)
    {
        var sound = Trim(AudioFile.Read(path, sampleRate));
        if (sound.Length < sampleRate / 20)
            throw new AudioFormatException(path, null, "the recording is silent or shorter than 0.05 s");
        Interlocked.Add(ref samples, sound.Length);
        return sound;
    }

    // Recordings are often padded to a common length. Silence is 40 dB below the loudest 10 ms.
    private float[] Trim(float[] sound)
    {
        var block = Math.Max(1, sampleRate / 100);
        var levels = new double[sound.Length / block];
        for (var i = 0; i < levels.Length; i++)
            levels[i] = Signal.Rms(sound.AsSpan(i * block, block));
        var threshold = levels.DefaultIfEmpty(0).Max() / 100;
        var first = Array.FindIndex(levels, level => level > threshold);
        var last = Array.FindLastIndex(levels, level => level > threshold);
        return first < 0 ? [] : sound[(first * block)..((last + 1) * block)];
    }
}
