using Sed.Core.Audio;
using Sed.Core.Models;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// Computes what a review page shows of stretches, and keeps the most recent results in memory. Thread-safe.
/// </summary>
/// <param name="model">The model; null to review without one.</param>
public sealed class ReviewViews(SedModel? model) : IDisposable
{
    private const int MostKept = 8;

    private readonly Lock turn = new();
    private readonly RecordingWindow window = new();
    private readonly LinkedList<(ReviewItem Item, ReviewView View)> kept = new();

    /// <summary>Sound, spectrogram and scores of a stretch, for the review page.</summary>
    /// <exception cref="AudioFormatException">The recording is damaged.</exception>
    /// <exception cref="IOException">The recording cannot be read.</exception>
    public ReviewView Of(ReviewItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        lock (turn)
        {
            var known = kept.FirstOrDefault(one => ReferenceEquals(one.Item, item));
            if (known.View is not null)
            {
                kept.Remove(known);
                kept.AddFirst(known);
                return known.View;
            }
            var view = ReviewView.Of(item, model, window);
            kept.AddFirst((item, view));
            if (kept.Count > MostKept)
                kept.RemoveLast();
            return view;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (turn)
            window.Dispose();
    }
}
