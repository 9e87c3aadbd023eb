using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Corpora.Checks;

/// <summary>Checks all labels and all samples of a corpus before features are computed.</summary>
public static class Preflight
{
    private const double SilentPeak = 1e-4;
    private const double MaxClippedFraction = 1e-3;
    private const double ToleranceSeconds = 0.01;

    /// <summary>Checks the corpus in a folder. The layout is recognised from the label files.</summary>
    /// <param name="folder">The folder with label files and audio.</param>
    /// <param name="cache">Folder in which the results of decoding are cached, so that a second check takes seconds; null caches nothing.</param>
    /// <param name="progress">Receives the numbers of decoded files and of all files.</param>
    /// <param name="cancellation">Stops the check.</param>
    /// <param name="options">
    /// Options for reading the corpus; null for the sampling rate, clip length and windows of the layout or, if the
    /// layout has none, for values chosen from the audio.
    /// </param>
    /// <returns>
    /// The findings. Invalid rows of label files are findings too, so that all problems are reported at once. A corpus
    /// with invalid rows cannot be used.
    /// </returns>
    /// <exception cref="CorpusException">
    /// The folder is missing or empty, no layout or several layouts recognise it, or no clip has valid rows.
    /// </exception>
    public static PreflightReport Check(
        string folder,
        string? cache = null,
        IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default,
        CorpusOptions? options = null
    )
    {
        var listing = CorpusLayouts.Open(folder, options);
        var audio = listing.FindAudio();
        string[] files = [.. audio.Where(paths => paths.Count > 0).Select(paths => paths[0]).Distinct()];
        var surveyed = AudioSurvey.Of(folder, files, cache, progress, cancellation);
        Dictionary<string, AudioFacts> facts = new(StringComparer.Ordinal);
        for (var i = 0; i < files.Length; i++)
            facts[files[i]] = surveyed[i];
        listing = listing.For([
            .. audio
                .Where(paths => paths.Count > 0)
                .Select(paths => facts[paths[0]])
                .Where(own => own.Fault is null)
                .Select(own => (own.DurationSeconds, own.SampleRate)),
        ]);

        List<Finding> findings =
        [
            .. listing.Problems.Select(problem => new Finding(
                FindingKind.InvalidLabels,
                null,
                Relative(listing.Folder, problem.Place),
                (problem with { Place = "" }).ToString()
            )),
        ];
        for (var i = 0; i < listing.Clips.Count; i++)
        {
            var own = audio[i].Count > 0 ? facts[audio[i][0]] : null;
            findings.AddRange(OfAudio(listing, listing.Clips[i], audio[i], own));
            findings.AddRange(OfLabels(listing, listing.Clips[i], own));
        }
        findings.AddRange(CorpusFindings.Of(listing, audio, facts));
        HashSet<(Split?, string)> leftOut =
        [
            .. findings
                .Where(finding => FindingPolicy.LeavesOut(finding.Kind))
                .Select(finding => (finding.Split, finding.Name)),
        ];
        LabelledClip[] usable = [.. listing.Clips.Where(clip => !leftOut.Contains((clip.Split, clip.Name)))];
        if (usable.Length > 0)
            findings.AddRange(CorpusFindings.EmptyClasses(listing, usable));
        return new PreflightReport(
            listing,
            usable,
            [.. findings.OrderBy(finding => finding.Kind)],
            files.Length,
            () => ManifestBuilder.Build(listing, audio, path => Probe(facts[path], path))
        );
    }

    private static IEnumerable<Finding> OfAudio(
        CorpusListing listing,
        LabelledClip clip,
        IReadOnlyList<string> paths,
        AudioFacts? facts
    )
    {
        Finding Found(FindingKind kind, FormattableString detail) =>
            new(kind, clip.Split, clip.Name, detail.ToString(CultureInfo.InvariantCulture));
        if (facts is null)
        {
            yield return Found(FindingKind.Missing, $"");
            if (listing.Audio.Similar(clip.Name) is { } similar)
                yield return Found(FindingKind.SimilarFile, $"{similar}");
            yield break;
        }
        if (paths.Count > 1)
            yield return Found(FindingKind.SeveralFiles, $"{string.Join("; ", paths)}");
        if (facts.Fault is { } fault)
        {
            yield return Found(KindOf(fault), $"{facts.Reason}");
            yield break;
        }
        if (listing.Channel > facts.Channels)
        {
            yield return Found(
                FindingKind.Unreadable,
                $"{AudioFile.MissingChannel(listing.Channel.Value, facts.Channels)}"
            );
            yield break;
        }
        if (facts.Finding.Length > 0)
            yield return Found(FindingKind.FaultyHeader, $"{facts.Finding}");
        if (facts.Peak < SilentPeak)
            yield return Found(FindingKind.Silent, $"peak {facts.Peak:G3} of full scale");
        if (facts.ClippedFraction > MaxClippedFraction)
            yield return Found(FindingKind.Clipped, $"{facts.ClippedFraction:P1} of the samples at full scale");
        var isFixed = listing.HopSeconds is null;
        if (isFixed && facts.DurationSeconds < listing.ClipSeconds - ToleranceSeconds)
            yield return Found(FindingKind.Short, $"{facts.DurationSeconds:F3} s instead of {listing.ClipSeconds} s");
        if (isFixed && facts.DurationSeconds > listing.ClipSeconds + ToleranceSeconds)
            yield return Found(FindingKind.Long, $"{facts.DurationSeconds:F3} s instead of {listing.ClipSeconds} s");
        if (facts.SampleRate != listing.SampleRate)
            yield return Found(FindingKind.OtherRate, $"{facts.SampleRate} Hz instead of {listing.SampleRate} Hz");
        if (facts.Channels > 1 && listing.Channel is null)
            yield return Found(FindingKind.MultiChannel, $"{facts.Channels} channels");
    }

    private static IEnumerable<Finding> OfLabels(CorpusListing listing, LabelledClip clip, AudioFacts? facts)
    {
        if (clip is { IsTagged: true, HasLabels: false })
            yield return new Finding(FindingKind.NoLabel, clip.Split, clip.Name, "");
        foreach (var label in clip.TagsWithoutTimes())
            yield return new Finding(FindingKind.TagWithoutEvent, clip.Split, clip.Name, label);
        var clipEnd = listing.HopSeconds is null ? listing.ClipSeconds!.Value : double.PositiveInfinity;
        var end = facts is { Fault: null } ? Math.Min(facts.DurationSeconds, clipEnd) : clipEnd;
        foreach (var finding in OfEvents(clip))
            yield return finding;
        foreach (var sound in clip.StrongEvents ?? [])
        {
            var text = string.Create(
                CultureInfo.InvariantCulture,
                $"{sound.Label} from {sound.Onset} s to {sound.Offset} s"
            );
            if (sound.Offset == sound.Onset)
                yield return new Finding(FindingKind.ZeroLength, clip.Split, clip.Name, text);
            else if (sound.Offset > end + ToleranceSeconds)
                yield return new Finding(
                    FindingKind.OutsideClip,
                    clip.Split,
                    clip.Name,
                    string.Create(CultureInfo.InvariantCulture, $"{text}; the audio ends at {end:F3} s")
                );
        }
    }

    private static IEnumerable<Finding> OfEvents(LabelledClip clip)
    {
        var events = clip.StrongEvents ?? [];
        foreach (var repeated in events.GroupBy(sound => sound).Where(group => group.Count() > 1))
            yield return new Finding(
                FindingKind.RepeatedEvent,
                clip.Split,
                clip.Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{repeated.Key.Label} from {repeated.Key.Onset} s to {repeated.Key.Offset} s, {repeated.Count()} times"
                )
            );
        foreach (var (first, second) in EventOverlaps.Of(events))
            yield return new Finding(
                FindingKind.OverlappingEvents,
                clip.Split,
                clip.Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{first.Label} from {first.Onset} s to {first.Offset} s and from {second.Onset} s to {second.Offset} s"
                )
            );
    }

    // Places begin with the path of a list.
    private static string Relative(string folder, string place) =>
        place.StartsWith(folder, StringComparison.Ordinal) && place.Length > folder.Length
            ? place[folder.Length..].TrimStart(Path.DirectorySeparatorChar)
            : place;

    private static FindingKind KindOf(AudioFault fault) =>
        fault switch
        {
            AudioFault.Truncated => FindingKind.Truncated,
            AudioFault.NotANumber => FindingKind.NotANumber,
            AudioFault.NoDecoder => FindingKind.NoDecoder,
            _ => FindingKind.Unreadable,
        };

    private static AudioProbe Probe(AudioFacts facts, string path) =>
        facts.Fault is null
            ? new AudioProbe(facts.DurationSeconds, facts.SampleRate, facts.Channels, facts.Bytes, facts.Sha256)
            : throw new IOException(facts.Reason.Length > 0 ? facts.Reason : path);
}

/// <summary>Findings that concern several clips together.</summary>
internal static class CorpusFindings
{
    internal static IEnumerable<Finding> Of(
        CorpusListing listing,
        IReadOnlyList<string>[] audio,
        Dictionary<string, AudioFacts> facts
    ) =>
        Duplicates(listing, audio, facts)
            .Concat(Unlabelled(listing, audio))
            .Concat(SharedSources(listing))
            .Concat(SimilarClasses(listing));

    private static IEnumerable<Finding> Duplicates(
        CorpusListing listing,
        IReadOnlyList<string>[] audio,
        Dictionary<string, AudioFacts> facts
    )
    {
        Dictionary<string, LabelledClip> first = new(StringComparer.Ordinal);
        for (var i = 0; i < audio.Length; i++)
        {
            // Digital silence is not a duplicate.
            if (audio[i].Count == 0 || facts[audio[i][0]] is not { Fault: null, Peak: > 0 } own)
                continue;
            var clip = listing.Clips[i];
            if (first.TryGetValue(own.ContentHash, out var other))
                yield return new Finding(
                    FindingKind.Duplicate,
                    clip.Split,
                    clip.Name,
                    $"same samples as the {other.Split} clip {other.Name}"
                );
            else
                first.Add(own.ContentHash, clip);
        }
    }

    private static IEnumerable<Finding> Unlabelled(CorpusListing listing, IReadOnlyList<string>[] audio)
    {
        HashSet<string> used = new(audio.SelectMany(paths => paths), StringComparer.Ordinal);
        foreach (var file in listing.Audio.Files.Where(file => !used.Contains(file)))
            yield return new Finding(FindingKind.Unlabelled, null, Path.GetRelativePath(listing.Folder, file), "");
    }

    private static IEnumerable<Finding> SharedSources(CorpusListing listing)
    {
        foreach (var clips in listing.Clips.GroupBy(clip => clip.Source))
            if (clips.Select(clip => clip.Split).Distinct().Count() > 1)
                yield return new Finding(
                    FindingKind.SharedSource,
                    null,
                    clips.Key,
                    string.Join("; ", clips.Select(clip => $"{clip.Split} {clip.Name}"))
                );
    }

    private static IEnumerable<Finding> SimilarClasses(CorpusListing listing)
    {
        foreach (var group in listing.Classes.GroupBy(SimilarNames.KeyOf).Where(group => group.Count() > 1))
        foreach (var label in group.Skip(1))
            yield return new Finding(
                FindingKind.SimilarClasses,
                null,
                label,
                $"'{group.First()}' differs only in {SimilarNames.Difference(group.First(), label)}; use one of the two names in all lists"
            );
    }

    /// <summary>
    /// Returns a finding for each class that has no usable clips in a split. A class without usable training clips is
    /// scored nevertheless.
    /// </summary>
    internal static IEnumerable<Finding> EmptyClasses(CorpusListing listing, IReadOnlyList<LabelledClip> usable)
    {
        foreach (var split in listing.Clips.Select(clip => clip.Split).Distinct())
        {
            HashSet<string> present =
            [
                .. usable.Where(clip => clip.Split == split).SelectMany(clip => clip.WeakLabels),
            ];
            foreach (var label in listing.Classes.Where(label => !present.Contains(label)))
                yield return new Finding(
                    split == Split.Training ? FindingKind.Untrained : FindingKind.EmptyClass,
                    split,
                    label,
                    ""
                );
        }
    }
}
