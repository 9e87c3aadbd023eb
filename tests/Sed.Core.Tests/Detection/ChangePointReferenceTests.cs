using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;
using Sed.Core.Metrics.Events;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Psds;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Detection;

/// <summary>
/// Comparisons with the boxes of the authors' code (merlresearch/sebbs, release 1.0.1), for the 18 settings that the authors tune
/// over and 31 more. <c>tools/reference/csebbs.py</c> wrote the expected values.
/// </summary>
public sealed class ChangePointReferenceTests
{
    private const double Hop = 0.064;

    [Fact]
    public void Boxes_of_random_scores_equal_those_of_the_authors_code() =>
        CompareBoxes(Path.Combine(AppContext.BaseDirectory, "Detection", "Reference"), atLeast: 3_000);

    [Fact]
    public void Boxes_of_20_real_clips_equal_those_of_the_authors_code() =>
        CompareBoxes(SharedFolder.Require("reference", "csebbs"), atLeast: 90_000);

    [Fact]
    public void PSDS1_and_collar_based_F1_of_20_real_clips_equal_those_of_the_authors_code()
    {
        var folder = SharedFolder.Require("reference", "csebbs");
        Expect expect = new("cSEBBs");
        var (classes, clips) = Clips(folder);
        var reference = EventListFile.Read(Path.Combine(folder, "ground_truth.tsv"));
        var durations = Durations.Read(Path.Combine(folder, "durations.tsv"));
        foreach (var row in Rows(Path.Combine(folder, "metrics.tsv")))
        {
            EventDecoder decoder = new(classes, Hop, new() { Steps = [Step(row)] });
            ScoreList scores = new(
                classes,
                clips.Select(clip => ($"{clip.Name}.wav", decoder.ScoresOverTime(clip.Probabilities)))
            );
            var pairs = ScorePairs.Of(scores, reference, durations);
            var here = expect.At(string.Join(' ', row[..3]));
            here.Close("PSDS1", Number(row[3]), Intersection.Psds(pairs, PsdsOptions.Scenario1).Value.Value);
            var curves = EventBased.Curves(pairs, new EventOptions { PercentageOfLength = 0.2 });
            here.Close("F1", Number(row[4]), curves.MacroAverage(curve => curve.BestF()!.Value.Threshold).F.Value);
        }
        expect.Finish(atLeast: 2 * 49);
    }

    private static void CompareBoxes(string folder, int atLeast)
    {
        Expect expect = new("cSEBBs");
        var (classes, clips) = Clips(folder);
        var probabilities = clips.ToDictionary(clip => clip.Name, clip => clip.Probabilities);
        foreach (var row in Rows(Path.Combine(folder, "boxes.tsv")))
        {
            var k = classes.IndexOf(row[4]);
            float[] ofClass = [.. probabilities[row[3]].Where((_, at) => at % classes.Count == k)];
            var found = Step(row).Boxes(ofClass, 1 / Hop);
            var expected = row[5].Split(';').Select(box => box.Split(' ').Select(Number).ToArray()).ToArray();
            var here = expect.At(string.Join(' ', row[..5]));
            here.Equal("number of boxes", expected.Length, found.Count);
            foreach (var (want, got) in expected.Zip(found))
            {
                here.Close("onset", want[0], got.Onset, 1e-6);
                here.Close("offset", want[1], got.Offset, 1e-6);
                // The authors add 1e-6 s to the length of boxes in the mean, when there are several.
                here.Close("confidence", want[2], got.Confidence, 1e-6 / (got.Offset - got.Onset) + 1e-6);
            }
        }
        expect.Finish(atLeast);
    }

    private static DecodingStep.ChangePoints Step(string[] row) =>
        new(
            Number(row[0]),
            row[1] == "inf" ? 0 : Number(row[1]), // not used
            row[2] == "inf" ? 1 : Number(row[2])
        );

    private static (ClassList Classes, List<(string Name, float[] Probabilities)> Clips) Clips(string folder)
    {
        var scores = ScoreList.Read(Path.Combine(folder, "scores"));
        List<(string, float[])> clips = [];
        for (var clip = 0; clip < scores.Files.Length; clip++)
        {
            var (own, classes) = (scores[clip], scores.Classes.Count);
            var probabilities = new float[own.Frames * classes];
            for (var k = 0; k < classes; k++)
            for (var frame = 0; frame < own.Frames; frame++)
                probabilities[frame * classes + k] = (float)own.Of(k)[frame];
            clips.Add((scores.Files[clip], probabilities));
        }
        return (scores.Classes, clips);
    }

    private static IEnumerable<string[]> Rows(string path) =>
        File.ReadLines(path).Skip(1).Select(line => line.Split('\t'));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
