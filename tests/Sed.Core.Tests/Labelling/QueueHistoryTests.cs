using Sed.Core.Annotations;
using Sed.Core.Labelling;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Labelling;

public class QueueHistoryTests
{
    private static QueuedStretch Random(string recording, double inclusion) =>
        new(new(recording, 0, 10), "random", null, inclusion);

    private static QueuedStretch Uncertain(string recording) => new(new(recording, 0, 10), "uncertain", 1, null);

    private static void Write(string folder, IEnumerable<QueuedStretch> rows, params string[] recordings) =>
        QueueHistory.Read(folder).Write(QueueList.Of(rows), recordings);

    [Fact]
    public void Each_round_keeps_its_queue()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, [Random("a", 0.5), Uncertain("b")], "a", "b");
        Write(folder.Path, [Uncertain("c")], "a", "b", "c");
        Write(folder.Path, [Random("c", 0.5)], "a", "b", "c");
        var history = QueueHistory.Read(folder.Path);
        Assert.Equal(["a", "c", "c"], history.Rounds.Select(queue => queue.Rows[0].Stretch.Recording));
        Assert.Equal(
            ["next-1.tsv", "next-2.tsv", "next.tsv", "population.tsv"],
            Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order()
        );
        Assert.True(history.HasProposed(new("b", 0, 10)));
        Assert.False(history.HasProposed(new("b", 0, 5)));
    }

    [Fact]
    public void A_queue_that_another_process_has_written_in_the_meantime_is_kept()
    {
        using TemporaryFolder folder = new();
        var (first, second) = (QueueHistory.Read(folder.Path), QueueHistory.Read(folder.Path));
        first.Write(QueueList.Of([Random("a", 0.5)]), ["a", "b"]);
        Refused(() => second.Write(QueueList.Of([Uncertain("c")]), ["c"]));
        using (FolderLock.Try(folder.Path, "next.lock"))
            Refused(() => Write(folder.Path, [Uncertain("c")], "c"));
        Assert.Equal(["next.tsv", "population.tsv"], Directory.GetFiles(folder.Path).Select(Path.GetFileName).Order());
        Assert.Equal(["a 1 0.5"], QueueHistory.Read(folder.Path).Sample.Select(Shown));
        Write(folder.Path, [Uncertain("c")], "c");
        Assert.Equal(2, QueueHistory.Read(folder.Path).Rounds.Count);

        void Refused(Action write) =>
            Assert.Equal(
                $"{folder.Path}: another run of \"seddsl next\" changed the queues of this folder at the same time; run the command again.",
                Assert.Throws<IOException>(write).Message
            );
    }

    [Fact]
    public void The_inclusion_probability_combines_the_rounds_since_a_recording_was_added()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, [Random("a", 0.25)], "a", "b", "c", "d");
        Write(folder.Path, [Uncertain("b")], "e");
        Write(folder.Path, [Random("e", 0.5), Random("c", 0.5)], "f");
        var history = QueueHistory.Read(folder.Path);
        Assert.Equal(["a 1 0.625", "e 3 0.5", "c 3 0.625"], history.Sample.Select(Shown));
        Assert.Equal("e 3 0.5", Shown(history.DrawOf(new("e", 0, 10))!));
        Assert.Null(history.DrawOf(new("b", 0, 10)));
    }

    [Fact]
    public void A_drawn_stretch_that_is_listed_again_was_drawn_in_its_first_round()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, [Random("a", 0.25)], "a", "b", "c", "d");
        Write(folder.Path, [Random("a", 0.25), Random("b", 1.0 / 3)], "a", "b", "c", "d");
        var sample = QueueHistory.Read(folder.Path).Sample;
        Assert.Equal(["a 1 0.5", "b 2 0.5"], sample.Select(Shown));
    }

    [Fact]
    public void The_sample_of_all_rounds_has_the_stated_inclusion_probabilities_whatever_else_is_chosen()
    {
        // 30 stretches, of which those with a value are chosen first; 10 stretches are added in round 3.
        const int trials = 1000;
        var counts = new int[40];
        var stated = new double[40];
        double estimates = 0;
        for (var trial = 0; trial < trials; trial++)
        {
            HashSet<int> drawn = [];
            HashSet<int> annotated = [];
            List<double> probabilities = [];
            for (var round = 1; round <= 4; round++)
            {
                int[] open = [.. Enumerable.Range(0, round < 3 ? 30 : 40).Where(k => !drawn.Contains(k))];
                Candidate[] candidates =
                [
                    .. open.Select(k => new Candidate(new($"{k}", 0, 10), new[] { Value(k) > 0 ? 1f : 0 }, default)
                    {
                        IsAnnotated = annotated.Contains(k),
                    }),
                ];
                SelectionOptions options = new()
                {
                    Count = 9,
                    RandomCount = 3 + round,
                    Round = round,
                };
                var choices = Selection.Choose(candidates, [], [0], options, trial);
                annotated.UnionWith(choices.Select(one => open[one.Candidate]));
                drawn.UnionWith(choices.Where(one => one.Reason == "random").Select(one => open[one.Candidate]));
                probabilities.Add(choices.First(one => one.Reason == "random").Inclusion!.Value);
            }
            foreach (var k in drawn)
            {
                counts[k]++;
                stated[k] = 1 - probabilities.Skip(k < 30 ? 0 : 2).Aggregate(1.0, (missed, own) => missed * (1 - own));
                estimates += Value(k) / stated[k];
            }
        }
        for (var k = 0; k < 40; k++)
            Assert.InRange((double)counts[k] / trials, stated[k] - 0.05, stated[k] + 0.05);
        Assert.InRange(estimates / trials / Enumerable.Range(0, 40).Sum(Value), 0.98, 1.02);

        static double Value(int k) => k % 3 == 0 ? k : 0;
    }

    [Fact]
    public void A_missing_queue_is_an_error()
    {
        using TemporaryFolder folder = new();
        Write(folder.Path, [Uncertain("a")], "a");
        File.Move(folder.File("next.tsv"), folder.File("next-2.tsv"));
        Assert.Equal(
            $"{folder.File("next-1.tsv")}: the queue is missing, but next-2.tsv exists; restore the missing queue; without it, the inclusion probabilities are unknown",
            Assert.Throws<AnnotationException>(() => QueueHistory.Read(folder.Path)).Message
        );
    }

    [Fact]
    public void Draws_that_do_not_fit_the_population_are_an_error()
    {
        using TemporaryFolder folder = new();
        QueueList.Of([Random("a", 0.5), Random("b", 0.25)]).Write(folder.File("next.tsv"));
        File.WriteAllText(folder.File("population.tsv"), "filename\tround\nb\t2\n");
        Assert.Equal(
            [
                $"{folder.File("next.tsv")}: the inclusion probabilities 0.5 and 0.25 differ (b, 0 s to 10 s); all stretches that are drawn in a round have the same inclusion probability; restore the queue",
                $"{folder.File("next.tsv")}: a stretch of \"a\" was drawn in this round, but {folder.File("population.tsv")} does not list the recording for this round; restore population.tsv; without its rows, the inclusion probabilities are unknown",
                $"{folder.File("next.tsv")}: a stretch of \"b\" was drawn in this round, but {folder.File("population.tsv")} does not list the recording for this round; restore population.tsv; without its rows, the inclusion probabilities are unknown",
            ],
            Assert
                .Throws<AnnotationException>(() => QueueHistory.Read(folder.Path))
                .Problems.Select(problem => problem.ToString())
        );
    }

    [Theory]
    [InlineData("", "line 1: the header does not have the columns filename and round; restore the file")]
    [InlineData("a\t1\n", "line 1: the header does not have the columns filename and round; restore the file")]
    [InlineData("filename\tround\na\t0\n", "line 2: the row needs a file name and the number of a round, at least 1")]
    [InlineData("filename\tround\na\n", "line 2: the row needs a file name and the number of a round, at least 1")]
    [InlineData("filename\tround\na\t1\na\t2\n", "line 3: the recording \"a\" is given twice; remove one of the rows")]
    public void An_invalid_population_is_an_error(string text, string message)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("population.tsv"), text);
        Assert.Equal(
            $"{folder.File("population.tsv")}, {message}",
            Assert.Throws<AnnotationException>(() => QueueHistory.Read(folder.Path)).Message
        );
    }

    private static string Shown(SampledStretch one) =>
        FormattableString.Invariant($"{one.Stretch.Recording} {one.Round} {one.Inclusion}");
}
