using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Scoring;

namespace Sed.Bench;

/// <summary>
/// Measures the time to score finished trials again from their stored outputs: each file is read, decoded at each threshold,
/// and scored.
/// </summary>
internal static class RescoreBench
{
    private const int Clips = 1000;
    private const int Trials = 10;
    private const double TargetMs = 2000;
    private static readonly double[] thresholds = [0.3, 0.4, 0.5, 0.6, 0.7];

    public static int Run()
    {
        var folder = Directory.CreateTempSubdirectory("sed-rescore-");
        try
        {
            var reference = EventCorpus.Reference(Clips, seed: 1);
            var classes = EventCorpus.Classes;
            var tags = new bool[Clips * classes.Count];
            for (var clip = 0; clip < Clips; clip++)
                foreach (var (_, _, label) in reference.EventsAt(clip))
                    tags[(clip * classes.Count) + classes.IndexOf(label)] = true;
            ClipTruth truth = new(classes, [.. reference.Files], tags, reference);
            string[] files = [.. Enumerable.Range(0, Trials).Select(trial => Write(folder.FullName, reference, trial))];
            Timing.Header();
            Timing.Report(
                $"{Trials} trials of {Clips} clips, {thresholds.Length} thresholds: weak F, strong F and ER",
                TargetMs,
                "none",
                () => Score(files, truth),
                repeats: 3
            );
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Score(string[] files, ClipTruth truth)
    {
        foreach (var file in files)
        {
            var scores = ClipScores.Read(file);
            foreach (var threshold in thresholds)
            {
                ScoredClips scored = new(truth, scores, new DetectionOptions { Threshold = threshold });
                foreach (var metric in (Metric[])[TagMetrics.F, SegmentMetrics.F, SegmentMetrics.ErrorRate])
                    metric.Of(scored);
            }
        }
    }

    private static string Write(string folder, EventList reference, int trial)
    {
        var list = EventCorpus.Scores(reference, smooth: true, seed: trial);
        var (frames, classes) = (EventCorpus.Frames, list.Classes.Count);
        var strong = new float[Clips * frames * classes];
        var weak = new float[Clips * classes];
        for (var clip = 0; clip < Clips; clip++)
        for (var k = 0; k < classes; k++)
        {
            var row = list[clip].Of(k);
            for (var frame = 0; frame < frames; frame++)
                strong[(((clip * frames) + frame) * classes) + k] = (float)Math.Clamp(row[frame], 0, 1);
            weak[(clip * classes) + k] = (float)Math.Clamp(list[clip].Largest(k), 0, 1);
        }
        var file = Path.Combine(folder, $"{trial}.npz");
        new ClipScores([.. list.Files], frames, EventCorpus.HopSeconds, strong, weak).Write(file);
        return file;
    }
}
