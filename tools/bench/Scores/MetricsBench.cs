using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Metrics.Segments;
using Sed.Core.Metrics.Uncertainty;

namespace Sed.Bench;

/// <summary>Measures the time to read and score lists, compared with the field's tools.</summary>
internal static class MetricsBench
{
    /// <param name="lists">The paths of a reference and an estimate; empty for a random corpus.</param>
    public static int Run(string[] lists)
    {
        var folder = Directory.CreateTempSubdirectory("sed-bench-");
        try
        {
            var made = EventCorpus.Reference(488, seed: 1);
            var (referencePath, estimatePath) = lists is [var r, var e] ? (r, e) : Write(folder, made);
            Console.WriteLine(
                $".NET {Environment.Version}, {Environment.ProcessorCount} processors; lists: {referencePath}, {estimatePath}"
            );
            Timing.Header();

            Timing.Report(
                "read two lists of 488 files; segment-based (1 s, 0.1 s) and event-based metrics",
                20,
                "sed_eval 2,310 ms",
                () =>
                {
                    var pairs = Read();
                    SegmentBased.Count(pairs).Scores();
                    SegmentBased.Count(pairs, new SegmentOptions { ResolutionSeconds = 0.1 }).Scores();
                    EventBased.Count(pairs).Scores();
                }
            );
            var all = Read();
            Timing.Report(
                "  segment-based metrics (1 s) only, in memory",
                20,
                "sed_eval 600 ms",
                () => SegmentBased.Count(all).Scores()
            );
            Timing.Report("  event-based metrics only, in memory", 20, "", () => EventBased.Count(all).Scores());

            var thousand = EventCorpus.Reference(1000, seed: 3);
            var (truth, guess) = (InMemory(thousand), InMemory(EventCorpus.Estimate(thousand, seed: 4)));
            Timing.Report(
                "1,000 clips in memory, as after an epoch: segment-based metrics (1 s)",
                20,
                "",
                () => SegmentBased.Count(EventPairs.Of(EventCorpus.Classes, truth, guess)).Scores()
            );

            var first = SegmentBased.CountEach(
                EventPairs.Of(EventCorpus.Classes, made, EventCorpus.Estimate(made, seed: 2))
            );
            var second = SegmentBased.CountEach(
                EventPairs.Of(EventCorpus.Classes, made, EventCorpus.Estimate(made, seed: 5))
            );
            Timing.Report(
                "1,000 paired resamples of 488 files, all segment-based metrics",
                1000,
                "",
                () => Bootstrap.Differences(first, second, counts => counts.Scores().All()),
                5
            );

            var scored = EventCorpus.Reference(477, seed: 6);
            foreach (var smooth in new[] { true, false })
            {
                var pairs = ScorePairs.Of(EventCorpus.Scores(scored, smooth, seed: 7), scored);
                var kind = smooth ? "smooth scores" : "white noise";
                foreach (
                    var (name, options) in new[]
                    {
                        ("scenario 1", PsdsOptions.Scenario1),
                        ("scenario 2", PsdsOptions.Scenario2),
                    }
                )
                    Timing.Report(
                        $"exact PSDS, 477 files x 500 frames x 17 classes, {kind}, {name}",
                        200,
                        "sed_scores_eval 7,100 ms",
                        () => Intersection.Psds(pairs, options),
                        7
                    );
                if (smooth)
                {
                    Timing.Report(
                        "  1,000 resamples, scenario 1",
                        5000,
                        "",
                        () => ExactPsds.PrepareForResampling(pairs, PsdsOptions.Scenario1).Intervals(),
                        1
                    );
                    Timing.Report(
                        "  best segment-based F1 over all thresholds",
                        2000,
                        "",
                        () => SegmentBased.Curves(pairs).BestF(),
                        3
                    );
                    Timing.Report(
                        "  best event-based F1 over all thresholds",
                        2000,
                        "",
                        () => EventBased.Curves(pairs).BestF(),
                        3
                    );
                }
            }
            Console.WriteLine($"peak memory {Environment.WorkingSet / 1e6:F0} MB");

            EventPairs Read()
            {
                var reference = EventListFile.Read(referencePath);
                return EventPairs.Of(ClassList.Of(reference), reference, EventListFile.Read(estimatePath));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return 0;
    }

    private static (string, string) Write(DirectoryInfo folder, EventList reference)
    {
        var (truth, guess) = (
            Path.Combine(folder.FullName, "reference.tsv"),
            Path.Combine(folder.FullName, "estimate.tsv")
        );
        EventListFile.Write(truth, reference);
        EventListFile.Write(guess, EventCorpus.Estimate(reference, seed: 2));
        return (truth, guess);
    }

    private static IReadOnlyList<SoundEvent>[] InMemory(EventList list) =>
        [
            .. Enumerable
                .Range(0, list.Files.Length)
                .Select(file => (IReadOnlyList<SoundEvent>)list.EventsAt(file).ToArray()),
        ];
}
