using System.Text;
using Sed.Core.Audio;

namespace Sed.Core.Annotations;

/// <summary>Names of audio files with or without an extension (<see cref="AudioFile.Extensions"/>).</summary>
internal static class AudioNames
{
    private static readonly string[] Extensions = [.. AudioFile.Extensions];

    /// <summary>Whether a name ends in the extension of an audio file.</summary>
    public static bool HasExtension(string name) => StemLength(name) < name.Length;

    /// <summary>Whether a name in UTF-8 ends in the extension of an audio file.</summary>
    public static bool HasExtension(ReadOnlySpan<byte> name)
    {
        foreach (var extension in Extensions)
            if (name.Length > extension.Length && Ascii.EqualsIgnoreCase(name[^extension.Length..], extension))
                return true;
        return false;
    }

    /// <summary>A name without the extension of an audio file.</summary>
    public static string StemOf(string name) => name[..StemLength(name)];

    private static int StemLength(string name)
    {
        foreach (var extension in Extensions)
            if (name.Length > extension.Length && name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return name.Length - extension.Length;
        return name.Length;
    }
}
