using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Features;

/// <summary>
/// Mean and deviation of each band over the frames with sound of some clips (the training clips), and the standardisation by
/// them: every band then has mean 0 and deviation 1 there.
/// </summary>
public sealed class BandStatistics
{
    // A band that never changes is only centred; dividing by its deviation of 0 would make it infinite.
    private const double SmallestDeviation = 1e-6;
    private const string MeansName = "means";
    private const string DeviationsName = "deviations";

    /// <summary>Statistics known from elsewhere, for example from a checkpoint.</summary>
    /// <param name="means">One for each band.</param>
    /// <param name="deviations">One for each band, positive.</param>
    public BandStatistics(IReadOnlyList<float> means, IReadOnlyList<float> deviations)
    {
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(deviations);
        if (means.Count != deviations.Count || means.Count == 0)
            throw new ArgumentException(
                $"{means.Count} means and {deviations.Count} deviations; each band has one of both."
            );
        if (deviations.Any(deviation => !(deviation > 0)))
            throw new ArgumentException("Every deviation must be positive.", nameof(deviations));
        Means = means;
        Deviations = deviations;
    }

    /// <summary>Mean of each band.</summary>
    public IReadOnlyList<float> Means { get; }

    /// <summary>Standard deviation of each band.</summary>
    public IReadOnlyList<float> Deviations { get; }

    /// <summary>Fits the statistics to clips; pass training clips and no others.</summary>
    /// <param name="store">The features.</param>
    /// <param name="clips">Positions in the manifest, at least one.</param>
    public static BandStatistics Fit(IFeatureReader store, IReadOnlyList<int> clips)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(clips);
        // Where all values of a frame are of one kind, each counts as a frame of one band.
        var bands = store.IsUniform ? 1 : store.Bands;
        var sums = new double[bands];
        var squares = new double[bands];
        long count = 0;
        var row = new float[store.Frames * store.Bands];
        // Squares are summed around the first frame met: far from 0, sum(x^2) - n mean^2 would lose its digits.
        float[]? origin = null;
        foreach (var clip in clips)
        {
            store.Read([clip], row);
            origin ??= row[..bands];
            var frames = store.FramesWithSound(clip) * (store.Bands / bands);
            for (var frame = 0; frame < frames * bands; frame += bands)
            for (var band = 0; band < bands; band++)
            {
                double x = row[frame + band] - origin[band];
                sums[band] += x;
                squares[band] += x * x;
            }
            count += frames;
        }
        if (count == 0)
            throw new ArgumentException("There is no frame with sound to fit to.", nameof(clips));
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

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or holds something else; the message names it.</exception>
    public static BandStatistics Read(string path)
    {
        var arrays = NumpyArchive.Read(path);
        try
        {
            return new BandStatistics(Floats(MeansName), Floats(DeviationsName));
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }

        float[] Floats(string name) =>
            arrays.TryGetValue(name, out var array) && array is { Type: NumpyArray.Float32, Shape.Count: 1 }
                ? array.Floats.ToArray()
                : throw new InvalidDataException($"{path}: there is no one-dimensional array {name} of float32.");
    }

    /// <summary>Writes the statistics as an .npz file of two float32 arrays, <c>means</c> and <c>deviations</c>.</summary>
    public void Write(string path) =>
        NumpyArchive.Write(
            path,
            [new(MeansName, NumpyArray.Of([.. Means])), new(DeviationsName, NumpyArray.Of([.. Deviations]))]
        );

    /// <summary>SHA-256 of all values, as hexadecimal digits.</summary>
    public string Hash() =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>([.. Means, .. Deviations])));

    /// <summary>Standardises one clip in place; frames of padding become 0, the mean.</summary>
    /// <param name="clip">Features, shape (frames, bands).</param>
    /// <param name="framesWithSound">How many frames are not padding; all of them by default.</param>
    public void Apply(Span<float> clip, int framesWithSound = int.MaxValue)
    {
        var bands = Means.Count;
        if (clip.Length % bands != 0)
            throw new ArgumentException(
                $"{clip.Length} values are no whole number of frames of {bands} bands.",
                nameof(clip)
            );
        var inside = (int)Math.Min(clip.Length, (long)framesWithSound * bands);
        // Arrays, since a list is asked by a call for each value.
        float[] means = [.. Means];
        float[] deviations = [.. Deviations];
        for (var at = 0; at < inside; at += bands)
        {
            Span<float> frame = clip.Slice(at, bands);
            for (var band = 0; band < frame.Length; band++)
                frame[band] = (frame[band] - means[band]) / deviations[band];
        }
        clip[inside..].Clear();
    }

    /// <summary>The standardisation in ONNX operators: (batch, frames, bands), all of them with sound.</summary>
    internal OnnxValue Apply(OnnxValue clips)
    {
        using var scope = torch.NewDisposeScope();
        var graph = clips.Graph;
        graph.Part = "standardisation";
        return (clips - graph.Weight(torch.tensor(Means.ToArray()))) / graph.Weight(torch.tensor(Deviations.ToArray()));
    }
}
