using System.Collections.Immutable;
using Sed.Core.Annotations;

namespace Sed.Core.Metrics.Tags;

/// <summary>Counts tags by the rules of the official scorer of DCASE 2017 Task 4, subtask A.</summary>
internal static class SubtaskA
{
    public static ImmutableArray<TaggingCounts> CountEach(ClassList classes, TagList reference, TagList estimated)
    {
        var truths = LabelsByName(reference);
        var counts = ImmutableArray.CreateBuilder<TaggingCounts>();
        foreach (var (name, labels) in LabelsByName(estimated))
        {
            var values = TaggingCounts.Zeros(classes, TaggingCounts.PerClass);
            values[4] = labels.Counted;
            if (labels.IsPredicted && truths.TryGetValue(name, out var truth) && truth.IsPredicted)
                Count(values, classes, truth.Labels, labels.Labels);
            counts.Add(new TaggingCounts(classes, TaggingRules.Dcase2017SubtaskA, values));
        }
        return counts.ToImmutable();
    }

    private static void Count(long[] values, ClassList classes, List<string> truth, List<string> guess)
    {
        for (var k = 0; k < classes.Count; k++)
        {
            var inTruth = truth.Count(label => label == classes[k]);
            var inGuess = guess.Count(label => label == classes[k]);
            var matched = Math.Min(inTruth, inGuess);
            values[0] += matched;
            values[1] += inGuess - matched;
            values[2] += inTruth - matched;
            // In the per-class counts, one row of the estimate matches all rows of the reference with its label.
            var own = values.AsSpan(TaggingCounts.Header + TaggingCounts.PerClass * k, TaggingCounts.PerClass);
            own[0] += inGuess > 0 ? inTruth : 0;
            own[1] += inTruth > 0 ? 0 : inGuess;
            own[2] += inGuess > 0 ? 0 : inTruth;
        }
    }

    private static Dictionary<string, Named> LabelsByName(TagList list)
    {
        Dictionary<string, Named> files = new(StringComparer.Ordinal);
        for (var file = 0; file < list.Files.Length; file++)
        {
            var name = NameOf(list.Files[file]);
            if (!files.TryGetValue(name, out var named))
                files.Add(name, named = new Named());
            if (list.RowsAt(file).IsEmpty)
                named.Predict();
            foreach (var row in list.RowsAt(file))
            {
                // Rows whose end is 0 are skipped. However, each such row before the file's first row with another end
                // adds 1 to the number of files.
                if (row.EndIsZero)
                {
                    named.Counted += named.IsPredicted ? 0 : 1;
                    continue;
                }
                named.Predict();
                if (row.Label != "")
                    named.Labels.Add(row.Label);
            }
        }
        return files;
    }

    private static string NameOf(string file) => file.Split(".wav")[0].Split(".flac")[0].Trim();

    /// <summary>The rows of all files that share a name.</summary>
    private sealed class Named
    {
        public List<string> Labels { get; } = [];
        public int Counted { get; set; }
        public bool IsPredicted { get; private set; }

        public void Predict()
        {
            Counted += IsPredicted ? 0 : 1;
            IsPredicted = true;
        }
    }
}
