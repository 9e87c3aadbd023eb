using System.IO.Compression;
using System.Text.Json;
using Sed.Core.Runtime;

namespace Sed.Core.Networks.Weights;

/// <summary>A tensor of a file of weights.</summary>
/// <param name="Name">Name, as in PyTorch's state dict.</param>
/// <param name="Values">Values in C order: float32, or int64 for integers.</param>
public sealed record WeightTensor(string Name, NumpyArray Values);

/// <summary>The content of a file of weights.</summary>
/// <param name="Format">Name of the format.</param>
/// <param name="Tensors">The tensors, in the order of the file.</param>
public sealed record WeightFileContent(string Format, IReadOnlyList<WeightTensor> Tensors)
{
    /// <summary>
    /// The classes of the network's outputs, in their order; null if the file does not name them. Only model files of
    /// this library name them.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Names of values that are not tensors of the network, for example of an optimizer.</summary>
    public IReadOnlyList<string> Skipped { get; init; } = [];

    /// <summary>How the content was interpreted, as message fragments.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>
/// Reads weights from a file in one of these formats: PyTorch (.pth, .pt), safetensors, a model file of this library
/// (.sed) or a NumPy archive (.npz). The format is recognised by the content, not by the file's name. Files are treated
/// as untrusted input: reading executes no code, writes nothing and uses memory in proportion to the length of the
/// file.
/// </summary>
public static class WeightFile
{
    private const string Formats =
        "a PyTorch file (.pth, .pt), a safetensors file, a model file (.sed) or a NumPy archive (.npz)";
    private const int LongestCause = 400;

    /// <summary>Reads a file of weights.</summary>
    /// <exception cref="WeightFileException">
    /// The file has none of the supported formats, is damaged, or contains anything but tensors and plain containers.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static WeightFileContent Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new WeightFileException(path, "it is a folder, not a file of weights");
        if (!File.Exists(path))
            throw new WeightFileException(path, "there is no such file");
        if (FileIdentity.IsDevice(path))
            throw new WeightFileException(path, "it is a pipe or a device, not a file of weights");
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return Read(file);
        }
        // A damaged or malicious file can cause any exception while parsing.
        catch (Exception damage) when (damage is not (WeightFileException or OutOfMemoryException))
        {
            throw new WeightFileException(path, Cause(damage), damage);
        }
    }

    private static WeightFileContent Read(FileStream file)
    {
        WeightBudget budget = new(file.Length);
        var start = new byte[512];
        var known = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        var bytes = start.AsSpan(0, known);
        if (bytes.StartsWith("PK\x03\x04"u8))
            return ReadArchive(file, budget);
        if (bytes.StartsWith(TorchPickle.Start))
            return TorchPickle.Read(file, budget);
        if (Safetensors.Matches(bytes))
            return Safetensors.Read(file, budget);
        throw new InvalidDataException(Other(bytes));
    }

    private static WeightFileContent ReadArchive(FileStream file, WeightBudget budget)
    {
        using var archive = Open(file);
        OrderedDictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);
        var length = 0L;
        foreach (var entry in archive.Entries)
        {
            length += entry.Length;
            if (entry.Length != entry.CompressedLength || length > file.Length)
                throw new InvalidDataException($"its entry {entry.FullName} is compressed or longer than the file");
            if (!entries.TryAdd(entry.FullName, entry))
                throw new InvalidDataException($"it has two entries {entry.FullName}");
        }
        if (TorchZip.Matches(entries))
            return TorchZip.Read(entries, budget);
        return NumpyWeights.Matches(entries)
            ? NumpyWeights.Read(entries, budget)
            : throw new InvalidDataException($"it is a ZIP archive without weights; give {Formats}");
    }

    private static ZipArchive Open(FileStream file)
    {
        try
        {
            return new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        }
        catch (InvalidDataException invalid)
        {
            throw new InvalidDataException("it is not a complete ZIP archive", invalid);
        }
    }

    private static string Other(ReadOnlySpan<byte> start) =>
        start switch
        {
            [] => "it is empty",
            [0x80, ..] => "it is a Python pickle, but was not written by torch.save",
            [0x89, (byte)'H', (byte)'D', (byte)'F', ..] =>
                $"it is an HDF5 file, as Keras writes; convert it to {Formats}",
            _ when start.Length > 262 && start[257..262].SequenceEqual("ustar"u8) =>
                "it is a tar archive, as PyTorch wrote before version 0.1.10; save it with a newer version of PyTorch",
            _ => $"it is not {Formats}, or it is truncated",
        };

    /// <summary>
    /// Returns the message of an exception in one line, without control characters and without a full stop.
    /// </summary>
    private static string Cause(Exception damage)
    {
        var message = damage switch
        {
            InvalidDataException known => known.Message.TrimEnd('.'),
            JsonException => "the JSON in it is invalid",
            EndOfStreamException => "it is truncated",
            _ => "it is damaged",
        };
        return OneLine.Of(message.Length > LongestCause ? message[..LongestCause] + "..." : message);
    }
}
