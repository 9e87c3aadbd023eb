using Sed.Core.Annotations;
using Sed.Core.Labelling.Reviews;

namespace Sed.Core.Tests.Labelling.Reviews;

public sealed class ReviewQueueTests : IDisposable
{
    private static readonly ReviewRecording[] recordings =
    [
        new("pond/a.wav", "pond/a.wav", 25, 8000),
        new("b.flac", "b.flac", 7200.4, 8000),
    ];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Recordings_are_divided_into_stretches_and_a_short_rest_belongs_to_the_last()
    {
        var all = ReviewQueue.OfAll(recordings, 10);
        Assert.Equal([(0, 10), (10, 20), (20, 25)], all.Take(3).Select(item => (item.Onset, item.Offset)));
        Assert.Equal(3 + 720, all.Count);
        Assert.Equal((7190, 7200.4), (all[^1].Onset, all[^1].Offset));
        // Long stretches would load much audio at once.
        Assert.All(ReviewQueue.OfAll(recordings, 3600), item => Assert.InRange(item.Offset - item.Onset, 1, 66.1));
    }

    [Fact]
    public void A_queue_names_recordings_with_or_without_folder_and_keeps_its_order_and_columns()
    {
        var items = Read(
            "filename\tonset\toffset\treason\tscore",
            "b.flac\t100\t110\tuncertain\t0.51",
            "a\t0\t10\t\t0.2",
            "pond/a.wav\t20\t25.2\trandom\t",
            "b.flac\t0\t150\tlong\t1"
        );
        Assert.Equal(
            [
                ("b.flac", 100, 110),
                ("pond/a.wav", 0, 10),
                ("pond/a.wav", 20, 25),
                ("b.flac", 0, 50),
                ("b.flac", 50, 100),
                ("b.flac", 100, 150),
            ],
            items.Select(item => (item.Recording.Name, item.Onset, item.Offset))
        );
        Assert.Equal([new("reason", "uncertain"), new("score", "0.51")], items[0].Details);
        Assert.Equal([new("score", "0.2")], items[1].Details);
    }

    [Theory]
    [InlineData("notated_path", "/x/birds/a.wav")]
    [InlineData("Begin Path", @"C:\birds\a.wav")]
    public void A_queue_names_recordings_by_the_last_part_of_a_path_on_another_machine(string column, string path) =>
        Assert.Equal("pond/a.wav", Read($"{column}\tonset\toffset", $"{path}\t0\t10").Single().Recording.Name);

    [Fact]
    public void All_problems_of_a_queue_are_reported_with_their_lines()
    {
        var path = folder.File("next.tsv");
        var problems = Assert
            .Throws<AnnotationException>(() =>
                Read(
                    "filename\tonset\toffset",
                    "c.wav\t0\t10",
                    "a.wav\t10\t5",
                    "a.wav\t20\t40",
                    "a.wav\tx\t40",
                    "a.wav"
                )
            )
            .Problems.Select(problem => problem.ToString())
            .ToArray();
        Assert.Equal(5, problems.Length);
        Assert.StartsWith(
            $"{path}, line 2: the folder contains no readable recording \"c.wav\", or several match the name",
            problems[0]
        );
        Assert.Contains("line 4: the stretch ends at 40 s, but \"a.wav\" has a length of 25 s", problems[2]);
        Assert.Contains(
            "has no column for onsets",
            Assert.Throws<AnnotationException>(() => Read("filename\toffset", "a\t1")).Message
        );
        Assert.Contains(
            "the list has no stretches",
            Assert.Throws<AnnotationException>(() => Read("filename\tonset\toffset")).Message
        );
    }

    private IReadOnlyList<ReviewItem> Read(params string[] lines)
    {
        var path = folder.File("next.tsv");
        File.WriteAllLines(path, lines);
        return ReviewQueue.Read(path, recordings);
    }
}
