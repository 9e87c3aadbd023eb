using Sed.Core.Annotations;
using Sed.Core.Metrics.Tags;

namespace Sed.Core.Tests.Metrics.Tags;

public class TagScoresTests
{
    // The seven clips of sed_eval's tests of audio tagging.
    private static readonly ClassList Classes = new(["bird", "cat", "dog", "speech"]);

    private static readonly bool[] Truth =
    [
        .. new[] { "0110", "0010", "1100", "0100", "1001", "0011", "0001" }.SelectMany(clip =>
            clip.Select(c => c == '1')
        ),
    ];

    private static readonly float[] Scores =
    [
        0.2f,
        0.99f,
        0.88f,
        0.01f,
        0.1f,
        0.3f,
        0.8f,
        0.1f,
        0.7f,
        0.6f,
        0.4f,
        0.3f,
        0.323f,
        0.6f,
        0.56f,
        0.4f,
        0.8f,
        0.7f,
        0.45f,
        0.43f,
        0.9f,
        0.53f,
        0.83f,
        0.95f,
        0.2f,
        0.2f,
        0.89f,
        0.45f,
    ];

    [Fact]
    public void Equal_error_rates_equal_those_of_sed_eval()
    {
        var tags = TagScores.Of(Classes, Scores, Truth);
        Assert.Equal(0.181818181818181, tags.Pooled().EqualErrorRate().Value, 1e-12);
        Assert.Equal(0.175, tags.Curves().Mean(curve => curve.EqualErrorRate()).Value, 1e-12);
    }

    [Fact]
    public void F1_at_threshold_one_half_equals_that_of_sed_eval()
    {
        bool[] above = [.. Scores.Select(score => score > 0.5f)];
        var counts = Tagging.Count(Classes, Truth, above);
        Assert.Equal((11, 14), (counts.Overall.Reference, counts.Overall.Estimated));
        var scores = counts.Scores();
        Assert.Equal(0.72, scores.Micro.F.Value, 1e-12);
        Assert.Equal(0.6428571428571429, scores.Micro.Precision.Value, 1e-12);
        Assert.Equal(0.8181818181818182, scores.Micro.Recall.Value, 1e-12);
        Assert.Equal(0.7, scores.Macro.F.Value, 1e-12);
        Assert.Equal(0.7166666666666667, scores.Macro.Precision.Value, 1e-12);
        Assert.Equal(0.8333333333333333, scores.Macro.Recall.Value, 1e-12);
    }

    [Fact]
    public void Average_precision_and_ROC_area_follow_from_the_ranks()
    {
        // For dog, the scores by rank are 0.89 (absent), 0.88, 0.83 and 0.8 (present): precisions 1/2, 2/3, 3/4.
        var dog = TagScores.Of(Classes, Scores, Truth).Curves().PerClass[2];
        Assert.Equal((0.5 + 2.0 / 3 + 0.75) / 3, dog.AveragePrecision().Value, 1e-12);
        // Three of four negatives rank below each of the three positives.
        Assert.Equal(0.75, dog.RocArea().Value, 1e-12);
        Assert.Equal(Math.Sqrt(2) * 0.6744897501960817, dog.DPrime().Value, 1e-12);
    }

    [Fact]
    public void Lwlrap_is_the_mean_over_labels_of_the_precision_at_their_ranks()
    {
        // Precisions by clip: cat 1, dog 1; dog 1; bird 1, cat 1; cat 1; bird 1, speech 2/4; dog 2/3, speech 1; speech 1/2.
        var tags = TagScores.Of(Classes, Scores, Truth);
        Assert.Equal((8 + 2.0 / 4 + 2.0 / 3 + 1.0 / 2) / 11, tags.Lwlrap().Value, 1e-12);
        Assert.Equal((2.0 / 4 + 1 + 1.0 / 2) / 3, tags.LwlrapPerClass()[3].Value, 1e-12);
    }

    [Fact]
    public void Tied_scores_share_the_lowest_rank()
    {
        var tags = TagScores.Of(new ClassList(["a", "b", "c"]), [0.5f, 0.5f, 0.1f], [true, false, false]);
        Assert.Equal(0.5, tags.Lwlrap().Value);
        Assert.Equal("the reference has no negatives", tags.Curves().PerClass[0].RocArea().Why);
        Assert.Equal("the reference has no positives", tags.Curves().PerClass[1].AveragePrecision().Why);
    }

    [Fact]
    public void A_score_of_NaN_is_reported_with_its_class_and_clip()
    {
        var thrown = Assert.Throws<ArgumentException>(() => TagScores.Of(Classes, [0, 1, float.NaN, 0], new bool[4]));
        Assert.StartsWith("The score of dog in clip 0 must be finite, was NaN.", thrown.Message);
    }
}
