using System.IO.Compression;
using System.Text.Json;
using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>
/// Reads and writes model files. A model file is an uncompressed ZIP archive of model.json and, for each member k from
/// 1, the arrays k/weights/NAME.npy, k/means.npy and k/deviations.npy, so <c>numpy.load</c> can read it like an .npz
/// file. The ONNX files of encoders are entries encoders/HASH.onnx, where HASH is the SHA-256 of the content. Equal
/// models give identical bytes. Files are treated as untrusted input: reading executes no code, writes nothing and uses
/// memory in proportion to the length of the file. Encoders are ONNX graphs, which ONNX Runtime executes when the model
/// is used; they cannot read other files.
/// </summary>
public static class ModelFile
{
    /// <summary>File name extension of model files.</summary>
    public const string Extension = ".sed";

    private const string DescriptionName = "model.json";
    private const long LongestDescription = 4 << 20;

    /// <summary>Writes a model file atomically, replacing an existing file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="model">Model to write.</param>
    /// <param name="withEncoders">
    /// Whether the file contains the model's encoders. Default true. If false, their ONNX files must be in the folder of
    /// the model file when it is read, with any name that ends in .onnx.
    /// </param>
    /// <exception cref="ArgumentException">The model has problems; the message lists all of them.</exception>
    public static void Write(string path, SavedModel model, bool withEncoders = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(model);
        if (model.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(model));
        var description = JsonSerializer.SerializeToUtf8Bytes(ModelDescription.Of(model), ModelJson.Options);
        AtomicFile.Write(
            path,
            file =>
            {
                using ZipArchive archive = new(file, ZipArchiveMode.Create, leaveOpen: true);
                NumpyArchive.Add(archive, DescriptionName, entry => entry.Write(description));
                if (withEncoders)
                    ModelFeatures.Add(archive, model.Features);
                foreach (var (member, number) in model.Members.Select((member, k) => (member, k + 1)))
                foreach (var (name, array) in ModelArrays.Of(member))
                    NumpyArchive.Add(archive, $"{number}/{name}{NumpyArchive.Extension}", array.Write);
            }
        );
    }

    /// <summary>Reads a model file.</summary>
    /// <exception cref="ModelFileException">
    /// The file is not a model, is damaged, or has a different format version.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SavedModel Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new ModelFileException(path, "it is a folder, not a model file");
        if (!File.Exists(path))
            throw new FileNotFoundException($"{path}: there is no such file.", path);
        if (FileIdentity.IsDevice(path))
            throw new ModelFileException(path, "it is a pipe or a device, not a model file");
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return Read(file);
        }
        // A damaged or malicious file can cause any exception while parsing.
        catch (Exception damage) when (damage is not (ModelFileException or OutOfMemoryException))
        {
            throw new ModelFileException(path, Cause(damage), damage);
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
        if (!entries.Remove(DescriptionName, out var first))
            throw new InvalidDataException($"it is not a model file: it has no {DescriptionName}");
        var description = ReadDescription(first);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file.Name))!;
        description = description with { Features = ModelFeatures.Find(description.Features, entries, folder) };
        ModelBounds.Require(description, file.Length);
        List<(BandStatistics, IReadOnlyDictionary<string, NumpyArray>)> members = [];
        for (var number = 1; number <= description.Members.Count; number++)
            members.Add(ModelArrays.Take($"{number}/", entries));
        if (entries.Count > 0)
            throw new InvalidDataException($"it has an unexpected entry {entries.Keys.First()}");
        var model = description.With(members);
        if (model.Problems() is { Count: > 0 } problems)
            throw new InvalidDataException(string.Join("; ", problems));
        // Building the networks validates the shapes of the weights.
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
        catch (InvalidDataException invalid)
        {
            throw new InvalidDataException("it is not a model file, or is truncated", invalid);
        }
    }

    private static ModelDescription ReadDescription(ZipArchiveEntry entry)
    {
        if (entry.Length > LongestDescription)
            throw new InvalidDataException(
                $"its {DescriptionName} has {entry.Length} bytes, more than {LongestDescription}"
            );
        var bytes = NumpyArchive.BytesOf(entry);
        using var document = JsonDocument.Parse(bytes);
        if (!document.RootElement.TryGetProperty("layout", out var layout) || !layout.TryGetInt32(out var number))
            throw new InvalidDataException($"its {DescriptionName} has no valid `layout` (the format version)");
        if (number != ModelDescription.CurrentLayout)
            throw new InvalidDataException(
                $"its format version is {number}, but this release reads version {ModelDescription.CurrentLayout}; "
                    + (number > ModelDescription.CurrentLayout ? "use a newer release" : "export the model again")
            );
        ModelBounds.Require(document.RootElement);
        return JsonSerializer.Deserialize<ModelDescription>(bytes, ModelJson.Options)
            ?? throw new InvalidDataException($"its {DescriptionName} is empty");
    }

    /// <summary>The message of an exception in one line, without control characters and without a full stop.</summary>
    private static string Cause(Exception damage)
    {
        var what = damage is JsonException or NotSupportedException ? $"its {DescriptionName} is invalid: " : "";
        var message = damage.Message.Split(" Path: ")[0].TrimEnd('.');
        var place = damage is JsonException { Path: { Length: > 0 } found } ? $" (at {found})" : "";
        return OneLine.Of(what + message + place);
    }
}

/// <summary>Thrown when a file cannot be used as a model.</summary>
public sealed class ModelFileException : IOException
{
    /// <param name="path">Path of the file.</param>
    /// <param name="cause">The cause, as a message fragment without a full stop.</param>
    /// <param name="inner">The underlying exception, if any.</param>
    public ModelFileException(string path, string cause, Exception? inner = null)
        : base($"{path}: {cause}.", inner)
    {
        Path = path;
        Cause = cause;
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>The cause, without the path.</summary>
    public string Cause { get; }
}
