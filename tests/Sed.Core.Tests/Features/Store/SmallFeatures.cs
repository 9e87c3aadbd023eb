using Sed.Core.Features.LogMel;

namespace Sed.Core.Tests.Features.Store;

/// <summary>Features that are computed in no time.</summary>
internal static class SmallFeatures
{
    public const int SampleRate = 8000;

    public static LogMelOptions Options { get; } =
        new()
        {
            SampleRate = SampleRate,
            FftSize = 512,
            MaxHz = 4000,
            Bands = 10,
        };
}
