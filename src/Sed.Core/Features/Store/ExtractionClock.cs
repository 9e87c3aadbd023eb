using System.Diagnostics;

namespace Sed.Core.Features.Store;

/// <summary>Counts clips as they are made and tells the progress a few times per second. Safe from several threads.</summary>
internal sealed class ExtractionClock(int all, int missing, IProgress<ExtractionProgress>? progress)
{
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(0.2);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private int made;
    private TimeSpan told = -pause;

    /// <summary>So many clips more are in the store.</summary>
    internal void Made(int clips)
    {
        lock (gate)
        {
            made += clips;
            TimeSpan now = clock.Elapsed;
            if (made < missing && now - told < pause)
                return;
            told = now;
            var rate = made / Math.Max(now.TotalSeconds, 1e-3);
            TimeSpan left = TimeSpan.FromSeconds((missing - made) / rate);
            progress?.Report(new ExtractionProgress(all - missing + made, all, rate, left));
        }
    }
}

/// <summary>How far the extraction of features is.</summary>
/// <param name="Done">Clips that are in the store.</param>
/// <param name="All">Clips of the corpus.</param>
/// <param name="ClipsPerSecond">Clips per second since this extraction started; 0 before the first one.</param>
/// <param name="Left">Time left at that rate; zero where it is not known yet.</param>
public readonly record struct ExtractionProgress(int Done, int All, double ClipsPerSecond, TimeSpan Left);
