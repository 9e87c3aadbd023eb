namespace Sed.Core.Metrics.Counts;

/// <summary>One number of a result under its stable name, for tables, resampling and machine-readable output.</summary>
/// <param name="Name">"overall.f_measure", "class_average.recall", "class.Car.error_rate".</param>
/// <param name="Value">The value, or why there is none.</param>
public readonly record struct Measure(string Name, Rate Value);
