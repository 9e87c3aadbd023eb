using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>How much a number differs between two systems on the same clips (paired bootstrap).</summary>
/// <param name="Name">The number's name.</param>
/// <param name="First">Its value for the first system.</param>
/// <param name="Second">Its value for the second system.</param>
/// <param name="Difference">Second minus first.</param>
/// <param name="Low">The lower end of the interval of the difference; undefined when no resample has one.</param>
/// <param name="High">The upper end.</param>
/// <param name="PValue">
/// Two-sided: twice the part of the resamples on the rarer side of no difference, each side counted with one more, at most 1.
/// </param>
/// <param name="Undefined">Resamples in which either system has no value; they are left out.</param>
public sealed record PairedDifference(
    string Name,
    Rate First,
    Rate Second,
    Rate Difference,
    Rate Low,
    Rate High,
    Rate PValue,
    int Undefined
);
