using System.Diagnostics;

namespace Sed.Core.Features.Store;

/// <summary>Counts extracted rows and reports the progress at most five times per second. Thread-safe.</summary>
internal sealed class ExtractionClock(int all, int missing, IProgress<ExtractionProgress>? progress)
{
    private static readonly TimeSpan pause = TimeSpan.FromSeconds(0.2);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly Lock gate = new();
    private int made;
    private TimeSpan told = -pause;

    /// <summary>Adds rows that have been written to the store.</summary>
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

/// <summary>
/// Progress of a feature extraction. If the corpus has recordings of any length, their segments of about 10 s are counted
/// instead of clips.
/// </summary>
/// <param name="Done">Number of clips in the store.</param>
/// <param name="All">Number of clips in the corpus.</param>
/// <param name="ClipsPerSecond">Mean rate since this extraction started.</param>
/// <param name="Left">Estimated remaining time at that rate.</param>
public readonly record struct ExtractionProgress(int Done, int All, double ClipsPerSecond, TimeSpan Left);
