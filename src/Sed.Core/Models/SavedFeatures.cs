using Sed.Core.Features;
using Sed.Core.Features.LogMel;

namespace Sed.Core.Models;

/// <summary>A definition of features as model files have it: data alone, one kind in each nested record.</summary>
internal abstract record SavedFeatures
{
    /// <summary>The definition.</summary>
    internal abstract IFeatureDefinition Definition { get; }

    /// <exception cref="NotSupportedException">It is of a kind that model files do not hold.</exception>
    public static SavedFeatures Of(IFeatureDefinition definition) =>
        definition switch
        {
            LogMelOptions options => new LogMel(options),
            SampleFrames frames => new Samples(frames.SampleRate, frames.FrameSamples),
            _ => throw new NotSupportedException($"No model file holds the features {definition.Describe()}."),
        };

    /// <summary>Log-mel energies.</summary>
    /// <param name="Options">Their definition.</param>
    public sealed record LogMel(LogMelOptions Options) : SavedFeatures
    {
        internal override IFeatureDefinition Definition => Options;
    }

    /// <summary>The samples themselves, in frames that follow each other.</summary>
    /// <param name="Rate">Samples per second (Hz).</param>
    /// <param name="Frame">Samples of a frame.</param>
    public sealed record Samples(int Rate, int Frame) : SavedFeatures
    {
        internal override IFeatureDefinition Definition => new SampleFrames(Rate, Frame);
    }
}
