using System.IO.Compression;
using Sed.Core.Networks.Weights;
using Sed.Core.Runtime;
using Sed.Core.Tests.Models;

namespace Sed.Core.Tests.Networks.Weights;

/// <summary>
/// Truncated and mutated files are refused with a <see cref="WeightFileException"/> or valid, and need little memory.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class MutatedWeightTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string file;

    public MutatedWeightTests() => file = folder.File("w.pth");

    public void Dispose() => folder.Dispose();

    /// <summary>Every truncation, and changed, removed, doubled or moved bytes anywhere.</summary>
    [Theory]
    [InlineData("zip.pt")]
    [InlineData("legacy.pth")]
    [InlineData("checkpoint.pt")]
    [InlineData("small.safetensors")]
    [InlineData("m.sed")]
    public void A_thousand_truncated_or_mutated_files_are_refused_or_valid(string fixture)
    {
        if (fixture == "m.sed")
            Sed.Core.Models.ModelFile.Write(file, SmallModel.Make());
        else
            File.Copy(Fixture.File(fixture), file);
        var whole = File.ReadAllBytes(file);
        var draw = RandomSource.For(1, fixture);
        var refused = 0;
        for (var round = 0; round < 1000; round++)
        {
            File.WriteAllBytes(file, round % 4 == 0 ? whole[..draw.Next(whole.Length)] : Mutation.Of(whole, draw));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var content = WeightFile.Read(file);
                Assert.NotEmpty(content.Tensors);
                Assert.All(content.Tensors, tensor => Assert.Equal(Size(tensor), tensor.Values.Bytes.Length));
            }
            catch (WeightFileException refusal)
            {
                Assert.DoesNotContain(refusal.Cause, char.IsControl);
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
        }
        Assert.InRange(refused, 250, 1000);

        static long Size(WeightTensor tensor) =>
            tensor.Values.Shape.Aggregate(1L, (product, length) => product * length)
            * (tensor.Values.Type == NumpyArray.Float32 ? 4 : 8);
    }

    /// <summary>Mutations of the pickle alone, in an archive whose checksums are correct.</summary>
    [Fact]
    public void A_thousand_mutated_pickles_are_refused_or_valid()
    {
        byte[] pickle;
        using (var archive = ZipFile.OpenRead(Fixture.File("checkpoint.pt")))
            pickle = NumpyArchive.BytesOf(archive.Entries.Single(entry => entry.Name == "data.pkl"));
        var draw = RandomSource.For(1, "mutated pickles");
        for (var round = 0; round < 1000; round++)
        {
            TorchArchive.Write(file, Mutation.Of(pickle, draw), storage: 100);
            try
            {
                WeightFile.Read(file);
            }
            catch (WeightFileException refusal)
            {
                Assert.DoesNotContain(refusal.Cause, char.IsControl);
            }
        }
    }
}
