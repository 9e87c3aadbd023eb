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
    public void Standardisation_of_each_clip_survives_writing_and_reading_and_leaves_padding_out()
    {
        using TemporaryFolder folder = new();
        var file = folder.File("standardisation.npz");
        BandStatistics.OfEachClip(2).Write(file);
        var read = BandStatistics.Read(file);
        Assert.Equal(Standardisation.Clip, read.Kind);
        Assert.Equal(BandStatistics.OfEachClip(2).Hash(), read.Hash());
        Assert.NotEqual(new BandStatistics([0, 0], [1, 1]).Hash(), read.Hash());
        // The mean of 1, 2, 3 and 6 is 3, and the standard deviation with n - 1 is the root of 14 / 3.
        float[] clip = [1, 2, 3, 6, 100, 100];
        read.Apply(clip, 2);
        var deviation = Math.Sqrt(14.0 / 3);
        Assert.Equal(
            [-2 / deviation, -1 / deviation, 0, 3 / deviation, 0, 0],
            clip.Select(x => Math.Round(x, 6)),
            Near
        );
        float[] constant = [5, 5];
        read.Apply(constant);
        Assert.Equal([0, 0], constant);
        static bool Near(double expected, double actual) => Math.Abs(expected - actual) < 1e-5;
    }

    [Fact]
    public void No_standardisation_survives_writing_and_reading_and_pads_with_the_quietest_values()
    {
        using TemporaryFolder folder = new();
        var file = folder.File("standardisation.npz");
        BandStatistics.Unchanged(2).Write(file);
        var read = BandStatistics.Read(file);
        Assert.Equal(Standardisation.None, read.Kind);
        Assert.Equal("none", read.Hash());
        float[] clip = [1, -2, -3, 6, 100, 100, 200, 200];
        read.Apply(clip, 2);
        Assert.Equal([1, -2, -3, 6, -3, -2, -3, -2], clip);
    }

    [Fact]
    public void Another_kind_of_file_is_rejected()
    {
        using TemporaryFolder folder = new();
        var file = folder.File("other.npz");
        NumpyArchive.Write(file, [new("means", NumpyArray.Of([1f]))]);
        var error = Assert.Throws<InvalidDataException>(() => BandStatistics.Read(file));
        Assert.Equal(
            $"{file}: the array deviations is missing or is not a one-dimensional float32 array.",
            error.Message
        );
        NumpyArchive.Write(file, [new("means", NumpyArray.Of([1f])), new("deviations", NumpyArray.Of([0f]))]);
        error = Assert.Throws<InvalidDataException>(() => BandStatistics.Read(file));
        Assert.StartsWith($"{file}: Every deviation must be positive.", error.Message);
    }
}
