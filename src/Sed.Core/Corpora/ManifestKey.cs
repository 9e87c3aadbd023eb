using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Corpora;

/// <summary>
/// The canonical text that identifies the content of a corpus: lines of fields that are separated by tabs.
/// </summary>
internal static class ManifestKey
{
    private const int FormatVersion = 2;

    /// <summary>SHA-256 of the canonical text, 64 lower-case hexadecimal digits.</summary>
    /// <param name="manifest">The corpus.</param>
    /// <param name="audioHashes">SHA-256 of each clip's audio file.</param>
    /// <param name="withWindows">Whether length and hop of windows are part of the identity.</param>
    internal static string Hash(Manifest manifest, IReadOnlyList<string> audioHashes, bool withWindows = true)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in Lines(manifest, audioHashes, withWindows))
            sha.AppendData(Encoding.UTF8.GetBytes($"{line}\n"));
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }

    /// <summary>The lines of the canonical text.</summary>
    internal static IEnumerable<string> Lines(
        Manifest manifest,
        IReadOnlyList<string> audioHashes,
        bool withWindows = true
    )
    {
        yield return Line("manifest", Text(FormatVersion));
        yield return Line("sampleRate", Text(manifest.SampleRate));
        if (withWindows)
            yield return Line("clipSeconds", Text(manifest.ClipSeconds));
        if (withWindows && manifest.HopSeconds is { } hop)
            yield return Line("hopSeconds", Text(hop));
        if (
            manifest is { MasksPadding: true, HopSeconds: null }
            && manifest.Clips.Any(clip => Manifest.IsShort(clip, manifest.ClipSeconds))
        )
            yield return Line("masksPadding");
        yield return Line(["classes", .. manifest.Classes]);
        var splits = Enum.GetValues<Split>().ToDictionary(split => split, split => CanonicalKey.Of(split));
        for (var i = 0; i < manifest.Clips.Count; i++)
        {
            var clip = manifest.Clips[i];
            yield return Line("clip", splits[clip.Split], clip.Name, clip.Source, audioHashes[i]);
            // In a union, the source of a clip begins with the name of the clip's corpus, unless another corpus
            // contains the same recording.
            if (clip.Part is { } part && !clip.Source.StartsWith($"{part}/", StringComparison.Ordinal))
                yield return Line("part", part);
            yield return clip.IsTagged ? Line(["labels", .. clip.WeakLabels]) : Line("unlabelled");
            if (clip.Channel is { } channel)
                yield return Line("channel", Text(channel));
            if (clip.UnknownLabels.Count > 0)
                yield return Line(["unknown", .. clip.UnknownLabels]);
            if (clip.AnnotatedSpans is { Count: 0 })
                yield return Line("annotated"); // at no time
            foreach (var span in clip.AnnotatedSpans ?? [])
                yield return Line("annotated", Text(span.Onset), Text(span.Offset), span.Label ?? "");
            foreach (var (label, confidence) in clip.SoftTags ?? [])
                yield return Line("softTag", label, Text(confidence));
            foreach (var (sound, confidence) in clip.SoftEvents ?? [])
                yield return Line("soft", Text(sound.Onset), Text(sound.Offset), sound.Label, Text(confidence));
            if (clip.StrongEvents is not { } events)
                continue;
            yield return Line("events", Text(events.Count));
            foreach (var sound in events)
                yield return Line("event", Text(sound.Onset), Text(sound.Offset), sound.Label);
        }
    }

    private static string Line(params string[] fields) => string.Join('\t', fields.Select(Escaped));

    // Line breaks and tabs within a field must not look like the ends of fields.
    private static string Escaped(string field) =>
        field.AsSpan().IndexOfAny("\\\t\n\r") < 0
            ? field
            : field.Replace("\\", "\\\\").Replace("\t", "\\t").Replace("\n", "\\n").Replace("\r", "\\r");

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
