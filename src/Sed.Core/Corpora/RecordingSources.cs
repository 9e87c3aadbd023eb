using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>Merges the sources of clips that have the same audio file.</summary>
internal static class RecordingSources
{
    /// <summary>
    /// Returns the clips with merged sources: the sources of all clips of one audio file are replaced by the first of
    /// these sources. Several clips have the same file if lists name the file differently or if several corpora contain
    /// it.
    /// </summary>
    internal static IReadOnlyList<Clip> Joined(IReadOnlyList<Clip> clips)
    {
        Dictionary<string, string> earlier = new(StringComparer.Ordinal);
        Dictionary<string, string> sourceOf = new(StringComparer.Ordinal); // by file
        foreach (var clip in clips)
        {
            earlier.TryAdd(clip.Source, clip.Source);
            var known = sourceOf.TryAdd(FileIdentity.Of(clip.AudioPath), clip.Source)
                ? clip.Source
                : sourceOf[FileIdentity.Of(clip.AudioPath)];
            var (first, own) = (First(known), First(clip.Source));
            if (first != own)
                earlier[own] = first;
        }
        return earlier.All(entry => entry.Key == entry.Value)
            ? clips
            : [.. clips.Select(clip => clip with { Source = First(clip.Source) })];

        string First(string source)
        {
            while (earlier[source] != source)
                source = earlier[source];
            return source;
        }
    }
}
