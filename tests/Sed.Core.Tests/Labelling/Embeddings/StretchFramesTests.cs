using Sed.Core.Labelling;
using Sed.Core.Labelling.Embeddings;

namespace Sed.Core.Tests.Labelling.Embeddings;

public class StretchFramesTests
{
    [Theory]
    [InlineData(0.3)]
    [InlineData(10)]
    [InlineData(15)]
    [InlineData(19.97)]
    [InlineData(24.5)]
    [InlineData(60)]
    [InlineData(100.02)]
    public void Frames_in_pieces_are_cut_as_those_of_the_whole_recording(double seconds)
    {
        const double hop = 0.1;
        var count = (int)Math.Ceiling(seconds / hop);
        float[] frames = [.. Enumerable.Range(0, 2 * count).Select(i => (float)i)];
        foreach (var piece in (int[])[1, 7, 1000])
        {
            List<(Stretch Stretch, float[] Frames)> cut = [];
            StretchFrames cutter = new("a", 10, hop, 2, (stretch, own) => cut.Add((stretch, own.ToArray())));
            foreach (var part in frames.Chunk(2 * piece))
                cutter.Add(part);
            cutter.Finish(seconds);
            Assert.Equal(Stretch.Divide("a", seconds, 10), cut.Select(one => one.Stretch));
            Assert.Equal(frames, cut.SelectMany(one => one.Frames));
        }
    }

    [Fact]
    public void A_stretch_without_a_frame_of_its_own_has_the_nearest_one()
    {
        List<float[]> cut = [];
        StretchFrames cutter = new("a", 1, 10, 1, (_, own) => cut.Add(own.ToArray()));
        cutter.Add([1, 2]);
        cutter.Finish(20);
        Assert.Equal(20, cut.Count);
        Assert.All(cut, own => Assert.True(own is [1] or [2]));
        cutter = new("a", 1, 10, 3, (_, own) => cut.Add(own.ToArray()));
        cutter.Finish(0.5);
        Assert.Equal([0, 0, 0], cut[^1]);
    }
}
