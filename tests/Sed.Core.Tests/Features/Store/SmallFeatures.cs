using Sed.Core.Features.LogMel;

namespace Sed.Core.Tests.Features.Store;

/// <summary>Features that are computed in no time.</summary>
internal static class SmallFeatures
{
    public const int SampleRate = 8000;

    public static LogMelOptions Options { get; } =
        new()
        {
            Rate = SampleRate,
            FftSamples = 512,
            MaxHz = 4000,
            BandCount = 10,
        };
}
