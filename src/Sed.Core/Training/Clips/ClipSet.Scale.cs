using Sed.Core.Features;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <content>The scale of the standardised features.</content>
public sealed partial class ClipSet
{
    private readonly EnergyBands? energies;
    private readonly Dictionary<int, (double Mean, double Deviation)> ownStatistics = [];

    /// <summary>
    /// The definition of the features. Augmentations of the sound, for example <see cref="Augmentations.Gain"/>, need it.
    /// Default null.
    /// </summary>
    public FeatureSource? Source
    {
        get;
        init
        {
            field = value;
            energies = value?.Energies;
        }
    }

    /// <summary>
    /// Returns the means and standard deviations by which the features of a batch were standardised, with the padding
    /// mask and the energy bands. The tensors belong to the current dispose scope.
    /// </summary>
    /// <param name="clips">Positions in this set.</param>
    /// <param name="device">Device of the tensors.</param>
    internal FeatureScale ScaleOf(int[] clips, Device device)
    {
        var kept = HasPadding(clips) ? FramesWithSound(clips, Frames, 1, device).unsqueeze(2) : null;
        if (Statistics.Kind != Standardisation.Clip)
            return new(Statistics.Kind, OfBands(Statistics.Means), OfBands(Statistics.Deviations), kept, energies);
        var own = Array.ConvertAll(clips, OwnStatistics);
        return new(
            Statistics.Kind,
            OfClips([.. own.Select(clip => (float)clip.Mean)]),
            OfClips([.. own.Select(clip => (float)clip.Deviation)]),
            kept,
            energies
        );

        Tensor OfBands(IReadOnlyList<float> values) => tensor(values.ToArray(), [1, 1, values.Count], device: device);

        Tensor OfClips(float[] values) => tensor(values, [values.Length, 1, 1], device: device);
    }

    /// <summary>
    /// Mean and standard deviation of a clip for per-clip standardisation. They are computed once and then kept.
    /// </summary>
    private (double Mean, double Deviation) OwnStatistics(int clip)
    {
        if (ownStatistics.TryGetValue(clip, out var known))
            return known;
        var values = new float[features.Frames * features.Bands];
        features.Read([rows[clip]], values);
        var inside = Math.Clamp(FramesWithSound(clip), 0, features.Frames) * features.Bands;
        return ownStatistics[clip] = BandStatistics.OwnOf(values.AsSpan(0, inside));
    }
}
