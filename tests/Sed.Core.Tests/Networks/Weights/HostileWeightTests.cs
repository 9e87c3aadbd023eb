using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Sed.Core.Networks.Weights;

namespace Sed.Core.Tests.Networks.Weights;

/// <summary>Damaged and hostile files are refused with their cause. Nothing in them is executed.</summary>
public sealed class HostileWeightTests : IDisposable
{
    private const string ToRemedy =
        ", which is neither a tensor nor a plain container and was not executed; save only the weights, for example "
        + "with torch.save(model.state_dict(), \"weights.pth\")";

    private readonly TemporaryFolder folder = new();
    private readonly string file;

    public HostileWeightTests() => file = folder.File("w.pth");

    public void Dispose() => folder.Dispose();

    private string Refused()
    {
        var refused = Assert.Throws<WeightFileException>(() => WeightFile.Read(file));
        Assert.Equal(file, refused.Path);
        Assert.Equal($"{file}: {refused.Cause}.", refused.Message);
        Assert.DoesNotContain(refused.Cause, char.IsControl);
        return refused.Cause;
    }

    private void WriteZip(
        byte[] pickle,
        CompressionLevel level = CompressionLevel.NoCompression,
        int storage = TorchArchive.StorageBytes
    ) => TorchArchive.Write(file, pickle, level, storage);

    /// <summary>A pickle of {"w": tensor} with this view of the storage 0.</summary>
    private static byte[] TensorPickle(long count, long offset, long[] shape, long[] strides)
    {
        return Encoding.Latin1.GetBytes(
            "\u0080\u0002}\u008c\u0001wctorch._utils\n_rebuild_tensor_v2\n(("
                + "\u008c\u0007storagectorch\nFloatStorage\n\u008c\u0001\u0030\u008c\u0003cpu"
                + FormattableString.Invariant(
                    $"I{count}\ntQI{offset}\n({Numbers(shape)}t({Numbers(strides)}t\u0089}}tRs."
                )
        );
        static string Numbers(long[] values) =>
            string.Concat(values.Select(value => FormattableString.Invariant($"I{value}\n")));
    }

    [Theory]
    [InlineData("code.pt", "posix.system")]
    [InlineData("code.pth", "posix.system")]
    [InlineData("whole-module.pt", "torch.nn.modules.container.Sequential")]
    public void Code_in_a_pickle_is_refused_by_its_name_and_not_executed(string fixture, string name)
    {
        File.Copy(Fixture.File(fixture), file);
        Assert.Equal($"it contains Python's {name}{ToRemedy}", Refused());
        Assert.False(File.Exists("executed.txt"));
    }

    [Theory]
    [InlineData("\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093\u008c\u0002id\u0085R.", "os.system")]
    [InlineData("cbuiltins\neval\n(\u008c\u0001\u0031tR.", "builtins.eval")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2.__globals__\n.", "torch._utils._rebuild_tensor_v2.__globals__")]
    [InlineData("ctorch\nload\n(tR.", "torch.load")]
    [InlineData("cos\nsys\u001btem\n(tR.", "os.sys?tem")]
    public void Names_outside_of_the_list_are_refused(string pickle, string name)
    {
        WriteZip(Encoding.Latin1.GetBytes(pickle));
        Assert.Equal($"it contains Python's {name}{ToRemedy}", Refused());
    }

    [Theory]
    [InlineData(
        "(ios\nsystem\n.",
        "its pickle has the opcode 0x69, which does not occur in tensors and plain containers"
    )]
    [InlineData("(o.", "its pickle has the opcode 0x6f, which does not occur in tensors and plain containers")]
    [InlineData(
        "\u0082\u0001.",
        "its pickle has the opcode 0x82, which does not occur in tensors and plain containers"
    )]
    [InlineData(
        "ccollections\nOrderedDict\n)\u0081.",
        "its pickle has the opcode 0x81, which does not occur in tensors and plain containers"
    )]
    [InlineData(
        "ctorch\nFloatStorage\n(I4\ntR.",
        "its pickle calls torch.FloatStorage with arguments that PyTorch does not write"
    )]
    [InlineData("NQ.", "its pickle refers to data that are not the storage of a tensor")]
    [InlineData("h\u0007.", "its pickle refers to the value 7, which it does not contain")]
    [InlineData("R.", "its pickle is inconsistent")]
    [InlineData("(R.", "its pickle is inconsistent")]
    [InlineData("t.", "its pickle is inconsistent")]
    [InlineData("}(NNu.", "a dictionary of its pickle has a key that is neither text nor a number")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ff", "its pickle is truncated")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f", "its pickle is truncated")]
    [InlineData("\u008a\u00ff", "its pickle has an integer of 255 bytes")]
    [InlineData("}.", "it contains no tensors")]
    [InlineData("", "its pickle is truncated")]
    public void Pickles_that_PyTorch_does_not_write_are_refused(string pickle, string cause)
    {
        WriteZip(Encoding.Latin1.GetBytes(pickle));
        Assert.Equal(cause, Refused());
    }

    [Theory]
    [InlineData("}q\0\u008c\u0001ah\0s.")] // d["a"] = d
    [InlineData("]q\0h\0a.")] // l.append(l)
    public void Containers_that_contain_themselves_are_refused(string pickle)
    {
        WriteZip(Encoding.Latin1.GetBytes(pickle));
        Assert.Equal("its pickle contains itself, or is nested too deeply", Refused());
    }

    [Fact]
    public void Containers_that_double_at_each_level_are_refused()
    {
        StringBuilder pickle = new("]q\0");
        for (var level = 0; level < 30; level++)
            pickle.Append(FormattableString.Invariant($"](h{(char)level}h{(char)level}eq{(char)(level + 1)}"));
        WriteZip(Encoding.Latin1.GetBytes(pickle.Append('.').ToString()));
        Assert.Equal("its tensors and their names have more than 16 times as many bytes as the file", Refused());
    }

    [Fact]
    public void More_values_than_any_state_dict_has_are_refused()
    {
        WriteZip(Encoding.Latin1.GetBytes($"]({new string('N', 1_000_000)}e."));
        Assert.Equal("its pickle has more than 1000000 values", Refused());
    }

    [Theory]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 2, 1 }, null)]
    [InlineData(4, 0, new long[] { 2, 2 }, new long[] { 1, 2 }, null)]
    [InlineData(4, 4, new long[] { 0 }, new long[] { 1 }, null)]
    [InlineData(
        4,
        0,
        new long[] { 5 },
        new long[] { 1 },
        "w: a tensor of shape (5) extends beyond its storage of 4 elements"
    )]
    [InlineData(
        4,
        2,
        new long[] { 3 },
        new long[] { 1 },
        "w: a tensor of shape (3) extends beyond its storage of 4 elements"
    )]
    [InlineData(
        4,
        0,
        new long[] { 2 },
        new long[] { 4 },
        "w: a tensor of shape (2) extends beyond its storage of 4 elements"
    )]
    [InlineData(
        4,
        0,
        new long[] { 2 },
        new long[] { long.MaxValue },
        "w: a tensor of shape (2) extends beyond its storage of 4 elements"
    )]
    [InlineData(
        4,
        0,
        new long[] { 1 << 30 },
        new long[] { 0 },
        "w: a tensor of shape (1073741824) extends beyond its storage of 4 elements"
    )]
    [InlineData(
        4,
        0,
        new long[] { 1L << 40, 1L << 40 },
        new long[] { 0, 0 },
        "w: a tensor has 1208925819614629174706176 elements, more than can be read"
    )]
    [InlineData(4, 0, new long[] { 2 }, new long[] { -1 }, "w: a tensor has a negative offset or stride")]
    [InlineData(4, -1, new long[] { 2 }, new long[] { 1 }, "w: a tensor has a negative offset or stride")]
    [InlineData(4, 0, new long[] { -2 }, new long[] { 1 }, "w: a tensor has a dimension of negative length")]
    [InlineData(4, 0, new long[] { 2 }, new long[] { 1, 1 }, "w: a tensor has 1 dimensions, but 2 strides")]
    [InlineData(5, 0, new long[] { 2 }, new long[] { 1 }, "w: its storage 0 has 16 bytes, but should have 20")]
    [InlineData(long.MaxValue, 0, new long[] { 2 }, new long[] { 1 }, "it is damaged")]
    [InlineData(
        -4,
        0,
        new long[] { 2 },
        new long[] { 1 },
        "its pickle refers to data that are not the storage of a tensor"
    )]
    public void Views_beyond_their_storage_are_refused(
        long count,
        long offset,
        long[] shape,
        long[] strides,
        string? cause
    )
    {
        WriteZip(TensorPickle(count, offset, shape, strides));
        if (cause is null)
            Assert.Equal(shape, Assert.Single(WeightFile.Read(file).Tensors).Values.Shape);
        else
            Assert.Equal(cause, Refused());
    }

    [Fact]
    public void Many_views_of_one_storage_use_no_more_memory_than_a_multiple_of_the_file()
    {
        const int Count = 1 << 16;
        var one = Encoding.Latin1.GetString(TensorPickle(Count, 0, [Count], [1]));
        var body = one[(one.IndexOf('w') + 1)..^2]; // the tensor
        StringBuilder pickle = new("}(");
        for (var name = 0; name < 100; name++)
            pickle.Append(FormattableString.Invariant($"I{name}\n")).Append(name == 0 ? body + "q\0" : "h\0");
        WriteZip(Encoding.Latin1.GetBytes(pickle.Append("u.").ToString()), storage: 4 * Count);
        Assert.EndsWith(
            "its tensors and their names have more than 16 times as many bytes as the file",
            Refused(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Values_that_repeat_a_long_name_use_no_more_memory_than_a_multiple_of_the_file()
    {
        const int Length = 1 << 16;
        byte[] key = [(byte)'X', .. BitConverter.GetBytes(Length), .. Enumerable.Repeat((byte)'k', Length)];
        var values = string.Concat(Enumerable.Repeat("I0\n", 3000));
        WriteZip([(byte)'}', .. key, .. Encoding.Latin1.GetBytes("](" + values + "es.")]);
        Assert.EndsWith(
            "its tensors and their names have more than 16 times as many bytes as the file",
            Refused(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_compressed_archive_is_refused_before_it_is_unpacked()
    {
        WriteZip([(byte)'.'], CompressionLevel.SmallestSize, 100_000_000);
        Assert.InRange(new FileInfo(file).Length, 0, 1_000_000);
        Assert.Contains("is compressed or longer than the file", Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, null)]
    [InlineData(
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
        7,
        "the byte range of its tensor w does not fit the tensor's shape or the file"
    )]
    [InlineData(
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}",
        8,
        "the byte range of its tensor w does not fit the tensor's shape or the file"
    )]
    [InlineData(
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
        8,
        "the byte range of its tensor w does not fit the tensor's shape or the file"
    )]
    [InlineData(
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[1099511627776,1099511627776],\"data_offsets\":[0,8]}}",
        8,
        "a tensor has 1208925819614629174706176 elements, more than can be read"
    )]
    [InlineData(
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        8,
        "a tensor has a dimension of negative length"
    )]
    [InlineData(
        "{\"w\":{\"dtype\":\"F8_E4M3\",\"shape\":[8],\"data_offsets\":[0,8]}}",
        8,
        "it contains no tensors of a known type"
    )]
    [InlineData("{\"w\":{},\"w\":{}}", 8, "it is damaged")]
    [InlineData("{\"w\":1}", 8, "it is damaged")]
    [InlineData("{\"w\":", 8, "the JSON in it is invalid")]
    public void Headers_of_safetensors_are_checked(string header, int data, string? cause)
    {
        var bytes = new byte[8 + header.Length + data];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        Encoding.ASCII.GetBytes(header, bytes.AsSpan(8));
        File.WriteAllBytes(file, bytes);
        if (cause is null)
            Assert.Equal([2], Assert.Single(WeightFile.Read(file).Tensors).Values.Shape);
        else
            Assert.Equal(cause, Refused());
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData(
        "hello",
        "it is not a PyTorch file (.pth, .pt), a safetensors file, a model file (.sed) or a NumPy archive (.npz), or it is truncated"
    )]
    [InlineData("\u0080\u0004N.", "it is a Python pickle, but was not written by torch.save")]
    [InlineData(
        "\u0089HDF",
        "it is an HDF5 file, as Keras writes; convert it to a PyTorch file (.pth, .pt), a safetensors file, a model file (.sed) or a NumPy archive (.npz)"
    )]
    [InlineData("PK\u0003\u0004", "it is not a complete ZIP archive")]
    public void Other_files_are_named(string content, string cause)
    {
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(content));
        Assert.Equal(cause, Refused());
    }

    [Fact]
    public void A_missing_file_and_a_folder_are_refused()
    {
        Assert.Equal("there is no such file", Refused());
        Directory.CreateDirectory(file);
        Assert.Equal("it is a folder, not a file of weights", Refused());
    }
}
