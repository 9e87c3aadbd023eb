using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>Creates manifests by joining labelled clips with their audio files.</summary>
internal static class ManifestBuilder
{
    /// <summary>The manifest of a listing. Reads the lengths and sampling rates of the audio files.</summary>
    /// <exception cref="CorpusException">
    /// Label files have problems, no clip has readable audio, or a label is not one of the classes.
    /// </exception>
    internal static Manifest Build(CorpusListing listing) => Build(listing, listing.FindAudio(), AudioProbe.Of);

    /// <summary>The manifest of a listing.</summary>
    /// <param name="listing">Labelled clips and audio files of a corpus.</param>
    /// <param name="audio">The audio files found for each clip; the first one is used.</param>
    /// <param name="probe">
    /// Returns the properties of an audio file; throws an <see cref="IOException"/> if the file cannot be used.
    /// </param>
    /// <exception cref="CorpusException">
    /// Label files have problems, no clip has readable audio, or a label is not one of the classes.
    /// </exception>
    internal static Manifest Build(CorpusListing listing, IReadOnlyList<string>[] audio, Func<string, AudioProbe> probe)
    {
        if (listing.Problems.Count > 0)
            throw new CorpusException(listing.Problems);
        var count = listing.Clips.Count;
        Clip?[] found = new Clip?[count];
        LeftOutClip?[] leftOut = new LeftOutClip?[count];
        var rates = new int[count];
        Workers.Run(
            count,
            i =>
            {
                LabelledClip clip = listing.Clips[i];
                if (audio[i].Count == 0)
                    leftOut[i] = new LeftOutClip(clip.Name, clip.Split, true, "no audio file");
                else
                    (found[i], leftOut[i], rates[i]) = Join(clip, listing, audio[i][0], probe);
            }
        );
        if (found.All(clip => clip is null))
            throw new CorpusException([NothingUsable(listing, leftOut)]);
        listing = listing.For([
            .. found
                .Index()
                .Where(clip => clip.Item is not null)
                .Select(clip => (clip.Item!.DurationSeconds, rates[clip.Index])),
        ]);
        return new Manifest(
            listing.Corpus,
            listing.Classes,
            listing.SampleRate!.Value,
            listing.ClipSeconds!.Value,
            [.. RecordingSources.Joined([.. found.OfType<Clip>()])],
            [.. leftOut.OfType<LeftOutClip>()],
            listing.HopSeconds,
            // Without padding, training computes the same values by simpler operations.
            listing.MasksPadding
                && found.Any(clip => clip is not null && Manifest.IsShort(clip, listing.ClipSeconds.Value))
        );
    }

    private static (Clip? Found, LeftOutClip? LeftOut, int SampleRate) Join(
        LabelledClip clip,
        CorpusListing listing,
        string path,
        Func<string, AudioProbe> probe
    )
    {
        try
        {
            AudioProbe sound = probe(path);
            if (listing.Channel > sound.Channels)
                return (
                    null,
                    new LeftOutClip(
                        clip.Name,
                        clip.Split,
                        false,
                        AudioFile.MissingChannel(listing.Channel.Value, sound.Channels)
                    ),
                    0
                );
            var classes = listing.Classes;
            Clip joined = new()
            {
                Name = clip.Name,
                Source = clip.Source,
                AudioPath = path,
                AudioBytes = sound.Bytes,
                AudioSha256 = sound.Sha256,
                DurationSeconds = sound.DurationSeconds,
                Channel = listing.Channel,
                Split = clip.Split,
                WeakLabels = clip.WeakLabels,
                StrongEvents = clip.StrongEvents,
                IsTagged = clip.IsTagged,
                UnknownLabels = clip.AnnotatedSpans is { } spans
                    ? AnnotatedSpan.UnknownLabels(spans, clip.WeakLabels, classes, sound.DurationSeconds)
                    : clip.UnknownLabels,
                AnnotatedSpans = clip.AnnotatedSpans,
                SoftTags = clip.SoftTags?.Where(tag => classes.IndexOf(tag.Label) >= 0).ToArray(),
                SoftEvents = clip.SoftEvents?.Where(soft => classes.IndexOf(soft.Event.Label) >= 0).ToArray(),
            };
            return (joined, null, sound.SampleRate);
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return (null, new LeftOutClip(clip.Name, clip.Split, false, broken.Message), 0);
        }
    }

    private static Problem NothingUsable(CorpusListing listing, LeftOutClip?[] leftOut)
    {
        var labelled = listing.Clips.Count;
        if (listing.Audio.Count == 0)
            return new Problem(
                listing.Folder,
                $"the label files name {labelled} clips, but the folder contains no audio",
                "add the audio files, in one folder or in one per split (audio/training, audio/testing, audio/evaluation)"
            );
        if (leftOut.FirstOrDefault(clip => clip is { Missing: false }) is { } unreadable)
            return new Problem(
                listing.Folder,
                $"none of the {labelled} clips has readable audio; the first error is: {unreadable.Reason}"
            );
        var first = leftOut[0]!.Name;
        var similar = listing.Audio.Similar(first) is { } file ? $"; {file}" : "";
        return new Problem(
            listing.Folder,
            $"the names of its {listing.Audio.Count} audio files match none of the {labelled} clips in the label files "
                + $"(the first clip is {first}{similar})"
        );
    }
}
