using System.Collections.Immutable;
using Sed.Core.Annotations;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Tags;

/// <summary>
/// Clip-level metrics: of all decisions (micro average), averaged over classes (macro average), and of each class.
/// </summary>
/// <param name="Classes">The classes, in the order of <paramref name="PerClass"/>.</param>
/// <param name="Rules">The rules of counting.</param>
/// <param name="Micro">Metrics of all decisions.</param>
/// <param name="Macro">
/// Averages over classes. By the plain rules, F1 is the mean of the classes' F1; by the official rules
/// (<see cref="TaggingRules.Dcase2017SubtaskA"/>), it is the harmonic mean of the mean precision and the mean recall.
/// </param>
/// <param name="PerClass">Metrics of each class.</param>
/// <param name="MicroAccuracies">
/// Accuracies of all decisions; null with <see cref="TaggingRules.Dcase2017SubtaskA"/>, which counts no true negatives.
/// </param>
/// <param name="Conventions">
/// Values that are used for metrics with a denominator of 0; null with <see cref="TaggingRules.Dcase2017SubtaskA"/>,
/// which defines 0/0 as 0.
/// </param>
public sealed record TaggingScores(
    ClassList Classes,
    TaggingRules Rules,
    FMeasure Micro,
    FMeasure Macro,
    ImmutableArray<FMeasure> PerClass,
    Accuracies? MicroAccuracies,
    ScoringConventions? Conventions
)
{
    /// <summary>All metrics with their names: micro average, macro average, and per class.</summary>
    public IReadOnlyList<Measure> All()
    {
        List<Measure> all = new(3 * (Classes.Count + 2) + 4);
        all.Add("micro.", Micro);
        if (MicroAccuracies is { } accuracies)
            all.Add("micro.", accuracies);
        all.Add("macro.", Macro);
        for (var k = 0; k < Classes.Count; k++)
            all.Add(Measures.Prefix(Classes, k), PerClass[k]);
        return all;
    }

    internal static TaggingScores Plain(TaggingCounts counts, ScoringConventions conventions)
    {
        ImmutableArray<FMeasure> perClass =
        [
            .. Enumerable.Range(0, counts.Classes.Count).Select(k => Rates.FMeasure(counts[k], conventions)),
        ];
        FMeasure macro = new(
            Rates.Average(perClass, own => own.F, conventions),
            Rates.Average(perClass, own => own.Precision, conventions),
            Rates.Average(perClass, own => own.Recall, conventions)
        );
        return new TaggingScores(
            counts.Classes,
            counts.Rules,
            Rates.FMeasure(counts.Overall, conventions),
            macro,
            perClass,
            Rates.Accuracies(counts.Overall),
            conventions
        );
    }

    internal static TaggingScores Official(TaggingCounts counts)
    {
        var perClass = ImmutableArray.CreateBuilder<FMeasure>(counts.Classes.Count);
        var (precision, recall, met) = (0.0, 0.0, 0);
        for (var k = 0; k < counts.Classes.Count; k++)
        {
            var own = ZeroOverZeroIsZero(counts[k]);
            perClass.Add(own);
            precision += own.Precision.Value;
            recall += own.Recall.Value;
            // The official scorer averages over the classes that occur in the reference or the estimate.
            met += counts[k].Reference + counts[k].Estimated > 0 ? 1 : 0;
        }
        var macro =
            met > 0
                ? Harmonic(precision / met, recall / met)
                : Undefined("no file of the estimate has a tag in the reference or the estimate");
        return new TaggingScores(
            counts.Classes,
            counts.Rules,
            ZeroOverZeroIsZero(counts.Overall),
            macro,
            perClass.MoveToImmutable(),
            null,
            null
        );
    }

    private static FMeasure ZeroOverZeroIsZero(BinaryCounts counts) =>
        Harmonic(
            counts.Estimated > 0 ? (double)counts.TruePositives / counts.Estimated : 0,
            counts.Reference > 0 ? (double)counts.TruePositives / counts.Reference : 0
        );

    private static FMeasure Harmonic(double precision, double recall) =>
        new(Rates.F(precision, recall), precision, recall);

    private static FMeasure Undefined(string why) => new(Rate.Undefined(why), Rate.Undefined(why), Rate.Undefined(why));
}
