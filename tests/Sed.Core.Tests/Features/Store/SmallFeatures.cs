using Sed.Core.Features.LogMel;

namespace Sed.Core.Tests.Features.Store;

/// <summary>Small log-mel features that are fast to compute.</summary>
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
