using Sed.Core.Annotations;
using Sed.Core.Metrics.Pairs;
using Sed.Core.Metrics.Segments;

namespace Sed.Core.Tests.Metrics.Segments;

/// <summary>Expected values were computed by the authors' published code (sed-crnn, metrics.py) on rolls of the same events.</summary>
public class AuthorsVariantTests
{
    private static readonly EventPairs Pairs = EventPairs.Of(
        new ClassList(["Bus", "Car"]),
        [
            [new(0.5, 2.99, "Car"), new(3.0, 4.0, "Bus")],
            [new(1.98, 2.0, "Car"), new(6.2, 9.99, "Bus")],
        ],
        [
            [new(0.98, 3.0, "Car"), new(3.5, 5.2, "Car")],
            [new(6.9, 9.0, "Bus"), new(1.5, 1.99, "Car")],
        ]
    );

    [Fact]
    public void The_last_frame_of_every_second_is_ignored()
    {
        var variant = AuthorsVariant.Score(Pairs);
        Assert.Equal(0.588235294117647, variant.FMeasure.F.Value, 1e-12);
        Assert.Equal(0.75, variant.ErrorRates.ErrorRate.Value, 1e-12);
        // sed_eval includes that frame.
        Assert.NotEqual(0.75, SegmentBased.Count(Pairs).Scores().Overall.ErrorRates.ErrorRate.Value, 1e-3);
    }

    [Fact]
    public void Blocks_continue_across_clips_and_the_last_partial_block_counts_for_F1_only()
    {
        var variant = AuthorsVariant.Score(Pairs, clipSeconds: 9.5);
        Assert.Equal(0.6666666666666665, variant.FMeasure.F.Value, 1e-12);
        Assert.Equal(0.5555555555555556, variant.ErrorRates.ErrorRate.Value, 1e-12);
    }

    [Fact]
    public void The_error_rate_of_a_silent_reference_is_undefined_with_a_reason()
    {
        var silent = EventPairs.Of(
            new ClassList(["Car"]),
            [
                [],
            ],
            [
                [new(0, 1, "Car")],
            ]
        );
        Assert.Equal(
            "no whole block of the reference has an event",
            AuthorsVariant.Score(silent).ErrorRates.ErrorRate.Why
        );
    }
}
