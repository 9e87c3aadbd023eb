using Sed.Core.Audio;

namespace Sed.Core.Labelling;

/// <summary>Cuts stretches out of recordings.</summary>
public static class StretchAudio
{
    /// <summary>
    /// Names of the audio files to which stretches are written. A name is the name of the recording without its
    /// extension, followed by onset and offset in seconds, for example "pond/a_10.000_20.000.wav", as in DCASE 2017. If
    /// the names of several recordings differ only in the extension, the extension is kept:
    /// "pond/a.flac_10.000_20.000.wav". In a corpus, all clips that were cut from one recording have the same source
    /// (<see cref="Corpora.Clip.Source"/>). This source can differ from the source of the uncut recording.
    /// </summary>
    /// <param name="stretches">The stretches.</param>
    /// <param name="recordings">The names of all recordings whose stretches can be in the same folder.</param>
    /// <returns>The names in the order of the stretches; different stretches have different names.</returns>
    public static IReadOnlyList<string> NamesOf(IEnumerable<Stretch> stretches, IEnumerable<string> recordings)
    {
        ArgumentNullException.ThrowIfNull(stretches);
        ArgumentNullException.ThrowIfNull(recordings);
        // The case of letters is ignored, because some file systems ignore it.
        HashSet<string> all = new(recordings, StringComparer.OrdinalIgnoreCase);
        var stems = all.CountBy(StemOf, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(StringComparer.OrdinalIgnoreCase);
        return [.. stretches.Select(NameOf)];

        string NameOf(Stretch stretch)
        {
            var stem = StemOf(stretch.Recording);
            var name = stems.GetValueOrDefault(stem) > 1 || all.Contains(stem) ? stretch.Recording : stem;
            return FormattableString.Invariant($"{name}_{stretch.Onset:F3}_{stretch.Offset:F3}.wav");
        }
    }

    /// <summary>
    /// Writes stretches of a recording as mono WAV files at the sample rate of the recording (16-bit PCM). The
    /// recording is read once, so stretches must not overlap. Memory use depends on the longest stretch.
    /// </summary>
    /// <param name="path">Path of the recording.</param>
    /// <param name="stretches">Each stretch and the path of the WAV file to write. Missing folders are created.</param>
    /// <param name="channel">The channel to write, from 1; null (default): the mean of all channels.</param>
    /// <exception cref="AudioFormatException">The recording is damaged or needs ffmpeg, which is missing.</exception>
    /// <exception cref="ArgumentException">Stretches overlap.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    public static void Write(string path, IEnumerable<(Stretch Stretch, string Target)> stretches, int? channel = null)
    {
        ArgumentNullException.ThrowIfNull(stretches);
        using var decoder = AudioFile.Open(path, channel);
        var rate = decoder.SampleRate;
        long position = 0;
        foreach (var (stretch, target) in stretches.OrderBy(one => one.Stretch.Onset))
        {
            var (first, end) = ((long)Math.Round(stretch.Onset * rate), (long)Math.Round(stretch.Offset * rate));
            if (first < position)
                throw new ArgumentException($"{stretch} overlaps the stretch before it.", nameof(stretches));
            decoder.Skip(first - position);
            var samples = new float[checked((int)(end - first))];
            var count = Read(decoder, samples);
            position = first + count;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
            Runtime.AtomicFile.Write(target, file => file.Write(WavWriter.ToBytes(samples.AsSpan(0, count), rate)));
        }
    }

    private static string StemOf(string recording) =>
        AudioFile.HasAudioExtension(recording) ? Path.ChangeExtension(recording, null) : recording;

    /// <summary>
    /// Fills a buffer with samples. Returns their number, which is less than the length of the buffer only at the end
    /// of the recording.
    /// </summary>
    private static int Read(IAudioDecoder decoder, Span<float> target)
    {
        var count = 0;
        while (count < target.Length && decoder.Read(target[count..]) is var got and > 0)
            count += got;
        return count;
    }
}
