using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Features;

public sealed class BandStatisticsTests
{
    [Fact]
    public void Statistics_survive_writing_and_reading()
    {
        using TemporaryFolder folder = new();
        BandStatistics statistics = new([-3.25f, 1e-7f, 4], [0.5f, 2, 3]);
        var file = folder.File("standardisation.npz");
        statistics.Write(file);
        var read = BandStatistics.Read(file);
        Assert.Equal(statistics.Means, read.Means);
        Assert.Equal(statistics.Deviations, read.Deviations);
        Assert.Equal(statistics.Hash(), read.Hash());
        Assert.NotEqual(statistics.Hash(), new BandStatistics([-3.25f, 1e-7f, 4], [0.5f, 2, 4]).Hash());
        var arrays = NumpyArchive.Read(file);
        Assert.Equal(["means", "deviations"], arrays.Keys);
        Assert.All(arrays.Values, array => Assert.Equal((NumpyArray.Float32, 3L), (array.Type, array.Shape.Single())));
    }

    [Fact]
    public void Another_kind_of_file_is_rejected()
    {
        using TemporaryFolder folder = new();
        var file = folder.File("other.npz");
        NumpyArchive.Write(file, [new("means", NumpyArray.Of([1f]))]);
        var error = Assert.Throws<InvalidDataException>(() => BandStatistics.Read(file));
        Assert.Equal($"{file}: there is no one-dimensional array deviations of float32.", error.Message);
        NumpyArchive.Write(file, [new("means", NumpyArray.Of([1f])), new("deviations", NumpyArray.Of([0f]))]);
        error = Assert.Throws<InvalidDataException>(() => BandStatistics.Read(file));
        Assert.StartsWith($"{file}: Every deviation must be positive.", error.Message);
    }
}
