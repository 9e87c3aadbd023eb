using Sed.Core.Runtime;

namespace Sed.Core.Corpora;

/// <summary>The sources of clips whose audio is the same file.</summary>
internal static class RecordingSources
{
    /// <summary>
    /// The clips with one source for each audio file: the sources of all clips of a file become one, which is the first of
    /// them. Lists can name one file differently, and several corpora can contain it.
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
