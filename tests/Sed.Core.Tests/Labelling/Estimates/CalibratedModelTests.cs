using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Calibrations;
using Sed.Core.Detection.Steps;
using Sed.Core.Labelling.Estimates;

namespace Sed.Core.Tests.Labelling.Estimates;

public class CalibratedModelTests
{
    private static readonly ProbabilityMap half = new ProbabilityMap.Isotonic([0, 1], [0, 0.5]);

    [Fact]
    public void Thresholds_of_hysteresis_are_mapped_and_other_options_are_kept()
    {
        DetectionOptions before = new()
        {
            Threshold = 0.6,
            Gate = 0.3,
            Steps = [new DecodingStep.MedianFilter(0.2), new DecodingStep.Hysteresis(0.4)],
            Tags = TagSource.WeakOutput,
        };
        var after = CalibratedModel.Of(
            before,
            new Dictionary<string, (ProbabilityMap?, double)> { ["Car"] = (half, 0.25), ["Horn"] = (null, 0.7) }
        );
        Assert.Empty(after.Problems());
        Assert.Equal(0.25, after.Of("Car").Threshold);
        Assert.Equal([new DecodingStep.MedianFilter(0.2), new DecodingStep.Hysteresis(0.2f)], after.Of("Car").Steps);
        Assert.Equal(0.3, after.Of("Car").Gate);
        // The weak output is not calibrated.
        Assert.Equal(0.6, after.Of("Car").TagThreshold);
        Assert.Equal(new DecodingStep.Hysteresis(0.4), after.Of("Horn").Steps[1]);
        Assert.Equal(["Car"], after.Calibration!.Frames.Keys);
        Assert.Equal(0.6, after.Of("Bell").Threshold);
    }

    [Fact]
    public void A_threshold_of_0_or_1_is_limited()
    {
        var after = CalibratedModel.Of(
            new DetectionOptions(),
            new Dictionary<string, (ProbabilityMap?, double)> { ["Car"] = (half, 0), ["Horn"] = (half, 1) }
        );
        Assert.Empty(after.Problems());
    }

    [Fact]
    public void Classes_with_a_calibration_or_change_points_are_not_calibrated()
    {
        DetectionOptions calibrated = new()
        {
            Calibration = new Calibration { Frames = new Dictionary<string, ProbabilityMap> { ["Car"] = half } },
        };
        Assert.Equal("the model is calibrated already", CalibratedModel.ProblemOf(calibrated, "Car"));
        Assert.Null(CalibratedModel.ProblemOf(calibrated, "Horn"));
    }
}
