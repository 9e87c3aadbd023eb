namespace Sed.Core.Corpora.Checks;

/// <summary>What can only be found by looking at clips together.</summary>
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
            .Concat(EmptyClasses(listing));

    private static IEnumerable<Finding> Duplicates(
        CorpusListing listing,
        IReadOnlyList<string>[] audio,
        Dictionary<string, AudioFacts> facts
    )
    {
        Dictionary<string, LabelledClip> first = new(StringComparer.Ordinal);
        for (var i = 0; i < audio.Length; i++)
        {
            // All silence is alike and means nothing.
            if (audio[i].Count == 0 || facts[audio[i][0]] is not { Fault: null, Peak: > 0 } own)
                continue;
            LabelledClip clip = listing.Clips[i];
            if (first.TryGetValue(own.ContentHash, out LabelledClip? other))
                yield return new Finding(
                    FindingKind.Duplicate,
                    clip.Split,
                    clip.Name,
                    $"the same sound as the {other.Split} clip {other.Name}"
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
        foreach (IGrouping<string, LabelledClip> clips in listing.Clips.GroupBy(clip => clip.Source))
        {
            Split[] splits = [.. clips.Select(clip => clip.Split).Distinct()];
            if (splits.Length > 1)
                yield return new Finding(
                    FindingKind.SharedSource,
                    null,
                    clips.Key,
                    string.Join("; ", clips.Select(clip => $"{clip.Split} {clip.Name}"))
                );
        }
    }

    private static IEnumerable<Finding> EmptyClasses(CorpusListing listing)
    {
        foreach (IGrouping<Split, LabelledClip> split in listing.Clips.GroupBy(clip => clip.Split))
        {
            HashSet<string> present = [.. split.SelectMany(clip => clip.WeakLabels)];
            foreach (var label in listing.Classes.Where(label => !present.Contains(label)))
                yield return new Finding(FindingKind.EmptyClass, split.Key, label, "");
        }
    }
}
