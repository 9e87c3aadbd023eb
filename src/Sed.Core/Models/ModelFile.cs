using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>
/// A model in one file: a ZIP archive of model.json and, for each member k from 1, the arrays k/weights/NAME.npy, k/means.npy
/// and k/deviations.npy, all stored without compression, so that <c>numpy.load</c> reads it as it reads an .npz file. The same
/// model gives the same bytes. Reading executes nothing, writes nothing, and takes no more memory than the file is long.
/// </summary>
public static class ModelFile
{
    /// <summary>What model files are called at their end.</summary>
    public const string Extension = ".sed";

    private const string PaperName = "model.json";
    private const long LongestPaper = 4 << 20;

    /// <summary>Writes the file, replacing one that is there only when all of it is on the disk.</summary>
    /// <exception cref="ArgumentException">The model has problems; all of them are in the message.</exception>
    public static void Write(string path, SavedModel model)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        if (model.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(model));
        var paper = JsonSerializer.SerializeToUtf8Bytes(ModelPaper.Of(model), ModelJson.Options);
        AtomicFile.Write(
            path,
            file =>
            {
                using ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true);
                NumpyArchive.Add(archive, PaperName, entry => entry.Write(paper));
                foreach (var (member, number) in model.Members.Select((member, k) => (member, k + 1)))
                foreach (var (name, array) in ModelArrays.Of(member))
                    NumpyArchive.Add(archive, $"{number}/{name}{NumpyArchive.Extension}", array.Write);
            }
        );
    }

    /// <summary>Reads the file.</summary>
    /// <exception cref="ModelFileException">It is no model, damaged, or of another layout.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static SavedModel Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file.", path);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return Read(file);
        }
        // Whatever a damaged or hostile file makes its readers throw, it is the file's fault.
        catch (Exception broken) when (broken is not (ModelFileException or OutOfMemoryException))
        {
            throw new ModelFileException(path, Cause(broken), broken);
        }
    }

    private static SavedModel Read(FileStream file)
    {
        using var archive = Open(file);
        Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
        var length = 0L;
        foreach (var entry in archive.Entries)
        {
            length += entry.Length;
            if (entry.Length != entry.CompressedLength || length > file.Length)
                throw new InvalidDataException($"its entry {entry.FullName} is compressed or longer than the file");
            if (!entries.TryAdd(entry.FullName, entry))
                throw new InvalidDataException($"it has two entries {entry.FullName}");
        }
        if (!entries.Remove(PaperName, out var first))
            throw new InvalidDataException($"it has no {PaperName}, so it is no model");
        var paper = ReadPaper(first);
        ModelBounds.Require(paper, file.Length);
        List<(BandStatistics, IReadOnlyDictionary<string, NumpyArray>)> members = [];
        for (var number = 1; number <= paper.Members.Count; number++)
            members.Add(ModelArrays.Take($"{number}/", entries));
        if (entries.Count > 0)
            throw new InvalidDataException($"no model has an entry {entries.Keys.First()}");
        var model = paper.With(members);
        if (model.Problems() is { Count: > 0 } problems)
            throw new InvalidDataException(string.Join("; ", problems));
        // Only the network itself knows the shapes of its weights.
        for (var member = 0; member < model.Members.Count; member++)
            model.Build(member).Dispose();
        return model;
    }

    private static ZipArchive Open(FileStream file)
    {
        try
        {
            return new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException none)
        {
            throw new InvalidDataException("it is no model file, or its end is missing", none);
        }
    }

    private static ModelPaper ReadPaper(ZipArchiveEntry entry)
    {
        if (entry.Length > LongestPaper)
            throw new InvalidDataException($"its {PaperName} has {entry.Length} bytes, more than {LongestPaper}");
        var bytes = NumpyArchive.BytesOf(entry);
        using var document = JsonDocument.Parse(bytes);
        if (!document.RootElement.TryGetProperty("layout", out var layout) || !layout.TryGetInt32(out var number))
            throw new InvalidDataException($"its {PaperName} says no layout");
        if (number != ModelPaper.Current)
            throw new InvalidDataException(
                $"it has layout {number}, and this version reads layout {ModelPaper.Current}; "
                    + (number > ModelPaper.Current ? "use a newer version" : "export the model again")
            );
        ModelBounds.Require(document.RootElement);
        return JsonSerializer.Deserialize<ModelPaper>(bytes, ModelJson.Options)
            ?? throw new InvalidDataException($"its {PaperName} is empty");
    }

    /// <summary>What was thrown as a clause in one line, without characters that steer a terminal.</summary>
    private static string Cause(Exception broken)
    {
        var what = broken is JsonException or NotSupportedException ? $"its {PaperName} is wrong: " : "";
        StringBuilder line = new(what);
        foreach (var letter in broken.Message.Split(" Path: ")[0].TrimEnd('.'))
            line.Append(char.IsControl(letter) ? ' ' : letter);
        if (broken is JsonException { Path: { Length: > 0 } place })
            line.Append($" (at {string.Concat(place.Where(letter => !char.IsControl(letter)))})");
        return line.ToString();
    }
}
