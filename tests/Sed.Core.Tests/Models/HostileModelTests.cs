using System.IO.Compression;
using System.Text;
using Sed.Core.Models;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Models;

/// <summary>Damaged and hostile files are refused with their cause and without side effects.</summary>
[Collection(TorchCollection.Name)]
public sealed class HostileModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string file;
    private readonly byte[] whole;

    public HostileModelTests()
    {
        file = folder.File("m.sed");
        ModelFile.Write(file, SmallModel.Make());
        whole = File.ReadAllBytes(file);
    }

    public void Dispose() => folder.Dispose();

    private string Refused()
    {
        var refused = Assert.Throws<ModelFileException>(() => ModelFile.Read(file));
        Assert.Equal(file, refused.Path);
        Assert.Equal($"{file}: {refused.Cause}.", refused.Message);
        return refused.Cause;
    }

    /// <summary>Rewrites the file with changed entries.</summary>
    private void Rewrite(
        Action<List<(string Name, byte[] Bytes)>> change,
        CompressionLevel level = CompressionLevel.NoCompression
    )
    {
        List<(string Name, byte[] Bytes)> entries;
        using (ZipArchive old = new(new MemoryStream(whole)))
            entries = [.. old.Entries.Select(entry => (entry.FullName, NumpyArchive.BytesOf(entry)))];
        change(entries);
        using ZipArchive archive = new(File.Create(file), ZipArchiveMode.Create);
        foreach (var (name, bytes) in entries)
        {
            using var to = archive.CreateEntry(name, level).Open();
            to.Write(bytes);
        }
    }

    private void Replace(string from, string to) =>
        Rewrite(entries =>
        {
            var text = Encoding.UTF8.GetString(entries[0].Bytes);
            Assert.Contains(from, text, StringComparison.Ordinal);
            entries[0] = (entries[0].Name, Encoding.UTF8.GetBytes(text.Replace(from, to, StringComparison.Ordinal)));
        });

    [Fact]
    public void A_missing_file_is_not_reported_as_a_damaged_model() =>
        Assert.Throws<FileNotFoundException>(() => ModelFile.Read(folder.File("none.sed")));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(-1)]
    public void A_truncated_file_is_refused(int length)
    {
        File.WriteAllBytes(file, whole[..(length < 0 ? whole.Length + length : length)]);
        Assert.Equal("it is not a model file, or is truncated", Refused());
    }

    [Fact]
    public void Another_format_version_is_refused()
    {
        Replace("\"layout\": 2,", "\"layout\": 7, \"fields of tomorrow\": [],");
        Assert.Equal("its format version is 7, but this release reads version 2; use a newer release", Refused());
    }

    [Fact]
    public void A_compressed_file_is_refused()
    {
        Rewrite(entries => entries.Add(("2/means.npy", new byte[100_000_000])), CompressionLevel.Fastest);
        Assert.InRange(new FileInfo(file).Length, 0, 1_000_000);
        Assert.Equal("its entry model.json is compressed or longer than the file", Refused());
    }

    [Fact]
    public void An_entry_outside_the_archive_s_folder_is_refused()
    {
        Rewrite(entries => entries.Add(("../../outside.npy", [1, 2, 3])));
        Assert.Equal("it has an unexpected entry ../../outside.npy", Refused());
    }

    [Fact]
    public void An_archive_without_a_description_is_refused()
    {
        Rewrite(entries => entries.RemoveAt(0));
        Assert.Equal("it is not a model file: it has no model.json", Refused());
    }

    [Fact]
    public void A_missing_array_is_refused()
    {
        Rewrite(entries => entries.RemoveAll(entry => entry.Name == "1/means.npy"));
        Assert.Equal("it has no array 1/means.npy", Refused());
    }

    [Fact]
    public void A_weight_of_the_wrong_shape_is_refused()
    {
        Replace("\"units\": 4", "\"units\": 3");
        Assert.Contains(
            "weight_ih_l0: the array has type Float32 and shape (12, 8), but the tensor has type Float32 and shape (9, 8)",
            Refused(),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_changed_byte_is_refused()
    {
        Rewrite(_ => { });
        var bytes = File.ReadAllBytes(file);
        bytes[bytes.AsSpan().IndexOf("\"hums\""u8) + 1]++;
        File.WriteAllBytes(file, bytes);
        Assert.Equal("its checksum is wrong", Refused());
    }

    [Theory]
    [InlineData(
        "\"filters\": 4",
        "\"filters\": 30000",
        "its network has 360000 parameters, but the file is too short for them"
    )]
    [InlineData(
        "\"filters\": 4",
        "\"filters\": 2000000000",
        "in its model.json, network.layers.filters is 2000000000, but the maximum is 32768"
    )]
    [InlineData(
        "\"hopSeconds\": 0.04",
        "\"hopSeconds\": 1e-300",
        "features: the hop is 0 ms; give at least 1 ms, for example `hop 20.0<ms>`; features: the window has 512 samples and the hop has 0 samples at 8000 Hz; a window needs at least 2 samples, and a hop needs at least 1"
    )]
    [InlineData("\"kind\": \"convolution\"", "\"kind\": \"custom\"", "")]
    [InlineData("\"kind\": \"convolution\"", "\"kind\": \"System.Diagnostics.Process\"", "")]
    [InlineData("\"filters\": 4", "\"filters\": 4, \"more\": 1", "")]
    [InlineData("\"filters\": 4", "\"filters\": null", "in its model.json, network.layers.filters is null")]
    [InlineData("\"bands\": 4", "\"bands\": 0", "")]
    [InlineData("\"clipSeconds\": 1", "\"clipSeconds\": 9999999", "its features exceed the size limits")]
    [InlineData(
        "\"threshold\": 0.45",
        "\"threshold\": 7",
        "detection: the threshold is 7; it must lie between 0 and 1"
    )]
    [InlineData("\"Car\"", "\"Air horn, truck horn\"", "")]
    [InlineData("{", "\u001b[2J{", "")]
    public void Invalid_values_are_refused(string from, string to, string cause)
    {
        Replace(from, to);
        var refused = Refused();
        if (cause != "")
            Assert.Equal(cause, refused);
        Assert.DoesNotContain(refused, char.IsControl);
    }

    /// <summary>
    /// Changes, removes, doubles or moves bytes anywhere; in half of the files, in an entry with a correct checksum. Each file is
    /// either refused or read as a working model.
    /// </summary>
    [Fact]
    public void A_thousand_mutated_files_are_refused_or_valid()
    {
        var draw = RandomSource.For(1, "mutated models");
        var (refused, read) = (0, 0);
        for (var round = 0; round < 1000; round++)
        {
            if (round % 2 == 0)
                File.WriteAllBytes(file, Mutation.Of(whole, draw));
            else
                Rewrite(entries =>
                {
                    var at = draw.Next(3) == 0 ? draw.Next(entries.Count) : 0;
                    entries[at] = (entries[at].Name, Mutation.Of(entries[at].Bytes, draw));
                });
            try
            {
                var model = ModelFile.Read(file);
                using var network = model.Build(0);
                Assert.Equal(model.Network.Parameters, network.ParameterCount);
                Assert.Equal(model.Classes.Count, model.Network.Classes);
                Assert.Equal(model.Network.Frames, model.Features.FramesOf(model.ClipSamples));
                read++;
            }
            catch (ModelFileException refusal)
            {
                Assert.DoesNotContain(refusal.Cause, char.IsControl);
                refused++;
            }
        }
        // Some changes, such as a letter of a name or a digit of a mean, leave a valid model.
        Assert.InRange(refused, 700, 999);
        Assert.Equal(1000, refused + read);
    }
}
