namespace Sed.Core.Labelling;

/// <summary>A stretch that was drawn at random in one of the annotation rounds of a folder.</summary>
/// <param name="Stretch">The stretch.</param>
/// <param name="Round">The round of the draw, from 1.</param>
/// <param name="Inclusion">
/// The probability that the stretch is drawn in any of the rounds so far, greater than 0, at most 1. This is its
/// inclusion probability in the sample that the draws of all rounds form together (<see cref="QueueHistory"/>). The
/// Horvitz-Thompson estimate of a total over all stretches is the sum of the values of the sampled stretches, each
/// divided by its inclusion probability.
/// </param>
public sealed record SampledStretch(Stretch Stretch, int Round, double Inclusion);
