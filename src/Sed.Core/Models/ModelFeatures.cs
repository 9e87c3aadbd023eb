using System.IO.Compression;
using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>
/// The files that are needed to compute a model's features (ONNX files of encoders). Each is either the entry
/// encoders/HASH.onnx of the model file, where HASH is the SHA-256 of the content, or a file in the same folder as the
/// model file, with any name that ends in .onnx.
/// </summary>
internal static class ModelFeatures
{
    private const string Folder = "encoders/";
    private const string Extension = ".onnx";

    /// <summary>Adds the files to a model file.</summary>
    /// <exception cref="IOException">A file cannot be read, or has changed since it was first read.</exception>
    public static void Add(ZipArchive archive, FeatureSource features)
    {
        foreach (var (content, file) in features.Files.DistinctBy(file => file.Content))
        {
            var bytes = file.Read();
            if (FeatureFile.HashOf(bytes) != content)
                throw new IOException($"{file.Name} has changed since it was first read; start again");
            NumpyArchive.Add(archive, Folder + content + Extension, entry => entry.Write(bytes));
        }
    }

    /// <summary>
    /// Finds the files that the features of a model file need, and removes their entries from <paramref name="entries"/>.
    /// </summary>
    /// <param name="features">The features, which identify their files by SHA-256 only.</param>
    /// <param name="entries">Entries of the model file that have not been read yet, by name.</param>
    /// <param name="folder">Folder of the model file.</param>
    /// <exception cref="InvalidDataException">A file is missing or damaged.</exception>
    public static FeatureSource Find(FeatureSource features, Dictionary<string, ZipArchiveEntry> entries, string folder)
    {
        Dictionary<string, FeatureFile> found = [];
        return features.WithFiles(content =>
        {
            if (!found.TryGetValue(content, out var file))
                found[content] = file = entries.Remove(Folder + content + Extension, out var entry)
                    ? new FeatureFile(Name(content), Checked(NumpyArchive.BytesOf(entry), content))
                    : Beside(content, folder);
            return file;
        });
    }

    private static byte[] Checked(byte[] bytes, string content) =>
        FeatureFile.HashOf(bytes) == content
            ? bytes
            : throw new InvalidDataException($"its {Name(content)} is damaged");

    private static FeatureFile Beside(string content, string folder)
    {
        List<string> unreadable = [];
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            FeatureFile file = new(path);
            try
            {
                if (FeatureFile.HashOf(file.Read()) == content)
                    return file;
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(file.Name);
            }
        }
        throw new InvalidDataException(
            $"it does not contain its encoder; put the ONNX file whose SHA-256 is {OneLine.Of(content)} into the folder of the model file"
                + (unreadable.Count > 0 ? $" (files there that cannot be read: {string.Join(", ", unreadable)})" : "")
        );
    }

    private static string Name(string content) => $"encoder {OneLine.Of(content[..Math.Min(12, content.Length)])}";
}
