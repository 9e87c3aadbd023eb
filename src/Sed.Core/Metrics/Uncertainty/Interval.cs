using Sed.Core.Metrics.Counts;

namespace Sed.Core.Metrics.Uncertainty;

/// <summary>A number with its uncertainty over the choice of clips (bootstrap percentiles).</summary>
/// <param name="Name">The number's name.</param>
/// <param name="Value">Its value on all clips.</param>
/// <param name="Low">The lower end of the interval; undefined when no resample has a value.</param>
/// <param name="High">The upper end.</param>
/// <param name="StandardError">The standard deviation over resamples; undefined with fewer than two of them.</param>
/// <param name="Undefined">Resamples without a value, which are left out of the interval.</param>
public sealed record Interval(string Name, Rate Value, Rate Low, Rate High, Rate StandardError, int Undefined);
