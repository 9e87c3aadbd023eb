namespace Sed.Core.Features;

/// <summary>How far the extraction of features is.</summary>
/// <param name="Done">Clips that are in the store.</param>
/// <param name="All">Clips of the corpus.</param>
/// <param name="ClipsPerSecond">Clips per second since this extraction started; 0 before the first one.</param>
/// <param name="Left">Time left at that rate; zero where it is not known yet.</param>
public readonly record struct ExtractionProgress(int Done, int All, double ClipsPerSecond, TimeSpan Left);
