using System.Security.Cryptography;
using global::Onnx;
using Google.Protobuf;
using Sed.Core.Runtime;
using static Onnx.TensorProto.Types;

namespace Sed.Core.Features.Encoders;

/// <summary>
/// The ONNX file of an encoder, on disk or inside a model file. Files are treated as untrusted input: all weights must be
/// in the file itself, because ONNX can name other files to be read.
/// </summary>
internal sealed class EncoderFile
{
    private readonly string? path;
    private readonly byte[]? bytes;

    /// <summary>An ONNX file on disk. It is read when it is needed.</summary>
    public EncoderFile(string path)
    {
        this.path = path;
        Name = OneLine.Of(Path.GetFileName(path));
    }

    /// <summary>An ONNX file in memory, from a model file.</summary>
    /// <param name="name">Name for messages.</param>
    /// <param name="bytes">Content of the ONNX file.</param>
    public EncoderFile(string name, byte[] bytes) => (Name, this.bytes) = (name, bytes);

    /// <summary>File name without folders, for messages and plans.</summary>
    public string Name { get; }

    /// <summary>Reads the content.</summary>
    /// <exception cref="EncoderException">The file cannot be read, or has more than 2 GiB.</exception>
    public byte[] Read()
    {
        if (bytes is not null)
            return bytes;
        try
        {
            if (Directory.Exists(path))
                throw new EncoderException($"{path} is a folder, not an ONNX file");
            if (!File.Exists(path))
                throw new EncoderException($"there is no file {path}");
            if (FileIdentity.IsDevice(path))
                throw new EncoderException($"{path} is a pipe or a device, not an ONNX file");
            if (new FileInfo(path).Length > Array.MaxLength)
                throw new EncoderException($"{path} has more than {Array.MaxLength} bytes");
            return File.ReadAllBytes(path);
        }
        catch (Exception unreadable)
            when (unreadable is IOException and not EncoderException or UnauthorizedAccessException)
        {
            throw new EncoderException($"{path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>SHA-256 of the content of an ONNX file, as 64 hexadecimal digits.</summary>
    public static string HashOf(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    /// <summary>Parses an ONNX file and throws if it refers to other files.</summary>
    /// <exception cref="EncoderException">It is not an ONNX file, or some of its weights are in other files.</exception>
    public static ModelProto Parse(byte[] content)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(content);
        }
        catch (InvalidProtocolBufferException damage)
        {
            throw new EncoderException("it is not an ONNX file, or is damaged", damage);
        }
        if (model.Graph is null || model.Graph.Node.Count == 0)
            throw new EncoderException("it is not an ONNX file, or is truncated: it contains no graph");
        var external = TensorsOf(model).FirstOrDefault(tensor => tensor.DataLocation == DataLocation.External);
        return external is null
            ? model
            : throw new EncoderException(
                $"its weights {OneLine.Of(external.Name)} are in another file; save the encoder as one ONNX file"
            );
    }

    private static IEnumerable<TensorProto> TensorsOf(ModelProto model) =>
        [.. TensorsOf(model.Graph), .. model.Functions.SelectMany(function => function.Node).SelectMany(TensorsOf)];

    private static IEnumerable<TensorProto> TensorsOf(GraphProto graph) =>
        [
            .. graph.Initializer,
            .. graph.SparseInitializer.SelectMany(sparse => new[] { sparse.Values, sparse.Indices }),
            .. graph.Node.SelectMany(TensorsOf),
        ];

    private static IEnumerable<TensorProto> TensorsOf(NodeProto node)
    {
        foreach (var attribute in node.Attribute)
        {
            if (attribute.T is { } tensor)
                yield return tensor;
            foreach (var inner in attribute.Tensors)
                yield return inner;
            GraphProto[] graphs = attribute.G is { } one ? [one, .. attribute.Graphs] : [.. attribute.Graphs];
            foreach (var inner in graphs.SelectMany(TensorsOf))
                yield return inner;
        }
    }
}
