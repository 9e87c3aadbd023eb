using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features;

/// <summary>
/// Standardises features to mean 0 and standard deviation 1. The statistics are computed either for each band over all
/// frames of the training clips, or over all values of the clip itself. A third kind of standardisation leaves features
/// unchanged (<see cref="Standardisation"/>). Padding is left out of the statistics.
/// </summary>
public sealed class BandStatistics
{
    // Added to the standard deviation of a clip, as in DESED_task, so that a constant clip becomes 0.
    internal const float DeviationOffset = 1e-8f;

    // A constant band is only centred, because its standard deviation is 0.
    private const double SmallestDeviation = 1e-6;
    private const string MeansName = "means";
    private const string DeviationsName = "deviations";

    // Names of the arrays that mark per-clip standardisation and no standardisation.
    private const string OwnName = "perClip";
    private const string UnchangedName = "unchanged";

    /// <summary>Creates statistics from given values, for example from a checkpoint.</summary>
    /// <param name="means">Mean of each band.</param>
    /// <param name="deviations">Standard deviation of each band, positive.</param>
    public BandStatistics(IReadOnlyList<float> means, IReadOnlyList<float> deviations)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        if (means.Count != deviations.Count || means.Count == 0)
            throw new ArgumentException(
                $"There are {means.Count} means and {deviations.Count} deviations; each band needs one of each."
            );
        if (deviations.Any(deviation => !(deviation > 0)))
            throw new ArgumentException("Every deviation must be positive.", nameof(deviations));
        Means = means;
        Deviations = deviations;
    }

    /// <summary>Creates a per-clip standardisation, which uses each clip's own mean and standard deviation.</summary>
    /// <param name="bands">Number of bands, at least 1.</param>
    public static BandStatistics OfEachClip(int bands) => Without(bands, Standardisation.Clip);

    /// <summary>Creates the standardisation that leaves clips unchanged.</summary>
    /// <param name="bands">Number of bands, at least 1.</param>
    public static BandStatistics Unchanged(int bands) => Without(bands, Standardisation.None);

    /// <summary>A standardisation without statistics of training clips.</summary>
    private static BandStatistics Without(int bands, Standardisation kind)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bands);
        return new BandStatistics(new float[bands], Enumerable.Repeat(1f, bands).ToArray()).As(kind);
    }

    /// <summary>Mean of each band; 0 for per-clip standardisation and without standardisation.</summary>
    public IReadOnlyList<float> Means { get; }

    /// <summary>Standard deviation of each band; 1 for per-clip standardisation and without standardisation.</summary>
    public IReadOnlyList<float> Deviations { get; }

    /// <summary>How clips are standardised.</summary>
    public Standardisation Kind { get; private init; } = Standardisation.TrainingSet;

    /// <summary>Returns a copy with a different kind of standardisation.</summary>
    internal BandStatistics As(Standardisation kind) => new(Means, Deviations) { Kind = kind };

    /// <summary>Computes the statistics from clips. Pass training clips only.</summary>
    /// <param name="store">Features that are not standardised.</param>
    /// <param name="clips">Manifest indices, at least one.</param>
    /// <param name="kind">
    /// Kind of standardisation. Statistics are computed for <see cref="Standardisation.TrainingSet"/> (the default),
    /// over all readable clips. The other kinds need none.
    /// </param>
    public static BandStatistics Fit(
        IFeatureReader store,
        IReadOnlyList<int> clips,
        Standardisation kind = Standardisation.TrainingSet
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(clips);
        if (kind != Standardisation.TrainingSet)
            return Without(store.Bands, kind);
        // Uniform features share one mean and deviation, so each value counts as a frame with one band.
        var bands = store.IsUniform ? 1 : store.Bands;
        var sums = new double[bands];
        var squares = new double[bands];
        long count = 0;
        var row = new float[store.Frames * store.Bands];
        // Sums are relative to the first frame: far from 0, sum(x^2) - n mean^2 suffers from cancellation.
        float[]? origin = null;
        // The rows of unreadable clips are placeholders.
        foreach (var clip in clips.Except(store.Broken.Select(broken => broken.Index)))
        {
            var sound = store.FramesWithSound(clip);
            for (var first = 0; first < sound; first += store.Frames)
            {
                store.Read(clip, first, row);
                origin ??= row[..bands];
                var frames = Math.Min(store.Frames, sound - first) * (store.Bands / bands);
                for (var frame = 0; frame < frames * bands; frame += bands)
                for (var band = 0; band < bands; band++)
                {
                    double x = row[frame + band] - origin[band];
                    sums[band] += x;
                    squares[band] += x * x;
                }
                count += frames;
            }
        }
        if (count == 0)
            throw new ArgumentException("No readable clip has frames to compute statistics from.", nameof(clips));
        var means = new float[bands];
        var deviations = new float[bands];
        for (var band = 0; band < bands; band++)
        {
            var mean = sums[band] / count;
            means[band] = (float)(origin![band] + mean);
            var deviation = Math.Sqrt(Math.Max(0, (squares[band] / count) - (mean * mean)));
            deviations[band] = deviation < SmallestDeviation ? 1 : (float)deviation;
        }
        var copies = store.Bands / bands;
        return new BandStatistics(Repeated(means, copies), Repeated(deviations, copies));
    }

    private static float[] Repeated(float[] values, int times) =>
        [.. Enumerable.Repeat(values, times).SelectMany(all => all)];

    /// <summary>Reads a file written by <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is damaged or does not contain band statistics; the message names the file.
    /// </exception>
    public static BandStatistics Read(string path)
    {
        var arrays = NumpyArchive.Read(path);
        try
        {
            var kind =
                arrays.ContainsKey(OwnName) ? Standardisation.Clip
                : arrays.ContainsKey(UnchangedName) ? Standardisation.None
                : Standardisation.TrainingSet;
            return new BandStatistics(Floats(MeansName), Floats(DeviationsName)).As(kind);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }

        float[] Floats(string name) =>
            arrays.TryGetValue(name, out var array) && array is { Type: NumpyArray.Float32, Shape.Count: 1 }
                ? array.Floats.ToArray()
                : throw new InvalidDataException(
                    $"{path}: the array {name} is missing or is not a one-dimensional float32 array."
                );
    }

    /// <summary>
    /// Writes the statistics as an .npz file of two float32 arrays, <c>means</c> and <c>deviations</c>. A third array,
    /// <c>perClip</c> or <c>unchanged</c>, marks per-clip standardisation or no standardisation.
    /// </summary>
    public void Write(string path) =>
        NumpyArchive.Write(
            path,
            [
                new(MeansName, NumpyArray.Of([.. Means])),
                new(DeviationsName, NumpyArray.Of([.. Deviations])),
                .. Kind == Standardisation.TrainingSet
                    ? (KeyValuePair<string, NumpyArray>[])[]
                    : [new(Kind == Standardisation.Clip ? OwnName : UnchangedName, NumpyArray.Of([1f]))],
            ]
        );

    /// <summary>
    /// SHA-256 of all means and deviations, as hexadecimal digits; "clip" for per-clip standardisation, "none" without
    /// standardisation.
    /// </summary>
    public string Hash() =>
        Kind != Standardisation.TrainingSet
            ? CanonicalKey.Of(Kind)
            : Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>([.. Means, .. Deviations])));

    /// <summary>
    /// Standardises one clip in place. Padding frames become 0, the mean. Without standardisation, each band of a padding
    /// frame gets the smallest value that the band has in the clip.
    /// </summary>
    /// <param name="clip">Features, shape (frames, bands).</param>
    /// <param name="framesWithSound">Number of frames before the padding. Default: all frames.</param>
    public void Apply(Span<float> clip, int framesWithSound = int.MaxValue)
    {
        var bands = Means.Count;
        if (clip.Length % bands != 0)
            throw new ArgumentException(
                $"{clip.Length} values are not a whole number of frames of {bands} bands.",
                nameof(clip)
            );
        var inside = (int)Math.Min(clip.Length, (long)framesWithSound * bands);
        if (Kind == Standardisation.None)
        {
            FillWithSmallest(clip, inside, bands);
            return;
        }
        clip[inside..].Clear();
        if (Kind == Standardisation.Clip)
        {
            ApplyOwn(clip[..inside]);
            return;
        }
        // Arrays avoid an interface call per value in the inner loop.
        float[] means = [.. Means];
        float[] deviations = [.. Deviations];
        for (var at = 0; at < inside; at += bands)
        {
            Span<float> frame = clip.Slice(at, bands);
            for (var band = 0; band < frame.Length; band++)
                frame[band] = (frame[band] - means[band]) / deviations[band];
        }
    }

    private static void FillWithSmallest(Span<float> clip, int inside, int bands)
    {
        if (inside == clip.Length)
            return;
        var smallest = new float[bands];
        if (inside > 0)
            clip[..bands].CopyTo(smallest);
        for (var at = bands; at < inside; at++)
            smallest[at % bands] = Math.Min(smallest[at % bands], clip[at]);
        for (var at = inside; at < clip.Length; at += bands)
            smallest.CopyTo(clip[at..]);
    }

    /// <summary>
    /// Standardises values with their own mean and sample standard deviation (denominator n - 1, as in torch.std).
    /// </summary>
    private static void ApplyOwn(Span<float> values)
    {
        var (mean, deviation) = OwnOf(values);
        foreach (ref var value in values)
            value = (float)((value - mean) / deviation);
    }

    /// <summary>
    /// The mean that per-clip standardisation subtracts from a clip, and the standard deviation by which it divides.
    /// They are 0 and 1 if <paramref name="values"/> is empty.
    /// </summary>
    /// <param name="values">The clip's values before the padding, not standardised.</param>
    internal static (double Mean, double Deviation) OwnOf(ReadOnlySpan<float> values)
    {
        if (values.Length == 0)
            return (0, 1);
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        var mean = sum / values.Length;
        var squares = 0.0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return (mean, Math.Sqrt(squares / Math.Max(1, values.Length - 1)) + DeviationOffset);
    }

    /// <summary>
    /// Exports the standardisation as ONNX operators, for clips of shape (batch, frames, bands) without padding.
    /// </summary>
    /// <param name="clips">Features, not standardised.</param>
    /// <param name="frames">Number of frames per clip.</param>
    internal OnnxValue Apply(OnnxValue clips, int frames)
    {
        using var scope = torch.NewDisposeScope();
        var graph = clips.Graph;
        graph.Part = "standardisation";
        if (Kind == Standardisation.None)
            return clips;
        if (Kind == Standardisation.TrainingSet)
            return (clips - graph.Weight(torch.tensor(Means.ToArray())))
                / graph.Weight(torch.tensor(Deviations.ToArray()));
        long values = (long)frames * Means.Count;
        var flat = clips.Reshape(0, values); // (batch, frames * bands)
        var centred = flat - flat.Mean(1).Unsqueeze(1);
        var deviations = (centred * centred).Mean(1).Times((double)values / Math.Max(1, values - 1)).Sqrt();
        var scaled = centred / (deviations + graph.Single(DeviationOffset)).Unsqueeze(1);
        return scaled.Reshape(0, frames, Means.Count);
    }
}
