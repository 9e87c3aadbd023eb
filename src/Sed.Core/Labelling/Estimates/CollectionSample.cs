namespace Sed.Core.Labelling.Estimates;

/// <summary>
/// The data from which prevalence, precision and recall of each class are estimated: all stretches of a collection with
/// their scores, the labels of some of them, and the stretches that were drawn at random.
/// </summary>
public sealed class CollectionSample
{
    private readonly IReadOnlyList<(Stretch Stretch, float[] Scores)> stretches;
    private readonly IReadOnlyList<string> classes;
    private readonly StretchLabels labels;
    private readonly RandomSample sample;
    private readonly double[] inclusions;
    private readonly Dictionary<string, int> ofRecording;

    /// <param name="stretches">All stretches, with the scores of all classes.</param>
    /// <param name="classes">The classes, in the order of the scores.</param>
    /// <param name="labels">The labels of the stretches.</param>
    /// <param name="sample">The random sample.</param>
    public CollectionSample(
        IReadOnlyList<(Stretch Stretch, float[] Scores)> stretches,
        IReadOnlyList<string> classes,
        StretchLabels labels,
        RandomSample sample
    )
    {
        (this.stretches, this.classes, this.labels, this.sample) = (stretches, classes, labels, sample);
        inclusions = [.. stretches.Select(one => sample.InclusionOf(one.Stretch))];
        ofRecording = stretches.CountBy(one => one.Stretch.Recording).ToDictionary(StringComparer.Ordinal);
        Drawn = stretches.Count(one => sample.IsDrawn(one.Stretch));
        Reviewed = stretches.Count(one =>
            sample.IsDrawn(one.Stretch) && classes.Any(label => LabelOf(one.Stretch, label) is not null)
        );
        Missing = sample.Drawn.Count() - Drawn;
    }

    /// <summary>Number of all stretches.</summary>
    public int Count => stretches.Count;

    /// <summary>Number of drawn stretches among the stretches of the collection.</summary>
    public int Drawn { get; }

    /// <summary>Number of drawn stretches with a label of at least one class.</summary>
    public int Reviewed { get; }

    /// <summary>
    /// Number of drawn stretches that are not in the collection, for example because a recording was removed.
    /// </summary>
    public int Missing { get; }

    /// <summary>Collects the scores and labels of one class.</summary>
    /// <remarks>
    /// A drawn stretch without a label of the class counts as not drawn. A labelled stretch that is in no queue was
    /// annotated for another reason and counts as one that could not be drawn.
    /// </remarks>
    /// <param name="classIndex">Position of the class.</param>
    /// <returns>
    /// The sample of the class, and the number of stretches that the sample does not represent: those that could not be
    /// drawn and have no label, for example in recordings that were added after the last draw.
    /// </returns>
    public (ClassSample Sample, int NotRepresented) Of(int classIndex)
    {
        List<ReviewedStretch> drawn = [];
        List<ScoredStretch> others = [];
        var (known, present, rest) = (0, 0, 0);
        for (var k = 0; k < stretches.Count; k++)
        {
            var (stretch, scores) = stretches[k];
            var label = LabelOf(stretch, classes[classIndex]);
            if (inclusions[k] > 0 && (label is null || sample.IsProposed(stretch)))
                if (label is { } reviewed && sample.IsDrawn(stretch))
                    drawn.Add(new(scores[classIndex], reviewed, inclusions[k]));
                else
                    others.Add(new(scores[classIndex], inclusions[k], label));
            else if (label is { } isPresent)
                (known, present) = (known + 1, present + (isPresent ? 1 : 0));
            else
                rest++;
        }
        return (new ClassSample(drawn, others, known, present), rest);
    }

    private bool? LabelOf(Stretch stretch, string label) =>
        labels.Of(stretch, label, isWhole: ofRecording[stretch.Recording] == 1);
}
