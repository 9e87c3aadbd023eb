using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Detection.Steps;

namespace Sed.Core.Tests.Detection;

/// <summary>Gates: events only in clips whose weak output reaches a value.</summary>
public sealed class GateTests
{
    private static readonly ClassList classes = new(["Car", "Bus", "Train"]);

    /// <summary>Three classes with the same two events, at 0.1 to 0.3 s and 0.5 to 0.7 s.</summary>
    private static readonly float[] probabilities =
    [
        .. "0880088000".SelectMany(digit => Enumerable.Repeat((digit - '0') / 10f, 3)),
    ];

    private static string Text(IEnumerable<SoundEvent> events) =>
        string.Join(
            "; ",
            events.Select(sound => FormattableString.Invariant($"{sound.Label} {sound.Onset:0.##}-{sound.Offset:0.##}"))
        );

    private static DetectionOptions Options(params DecodingStep[] steps) =>
        new()
        {
            Gate = 0.5,
            Steps = steps,
            PerClass = new Dictionary<string, ClassDetection>
            {
                ["Train"] = new()
                {
                    Threshold = 0.5,
                    Steps = steps,
                    Gate = 0.9,
                },
            },
        };

    /// <summary>
    /// Cases of random scores in hundredths, which are repeated eight times, with the events in seconds that the code of
    /// Kong et al. finds (utils/vad.py of sound_event_detection_dcase2017_task4 with the thresholds 0.5 and 0.2 and a
    /// smoothing and a salt of 10 frames).
    /// </summary>
    [Theory]
    [InlineData(
        "9495816673662528468590897761694417121441638879708361704320161940433133382615372044510704060547390911"
            + "0008243936244256828174695758433942212031140719030715404641431327172962205763296012161212701214241870"
            + "92909293462646275343090402120813434167886245090810",
        "0-1.28; 1.52-2.32; 3.04-3.36; 4.16-5.6; 6.64-7.2; 7.92-8.8; 9.28-9.76"
    )]
    [InlineData(
        "1822244154618787825308061426434929215056494014121608091307091841707362305489826733123552558173384011"
            + "0962715562341959465148184110506313160100055963949665859029445436728587855021070835282910414939874758"
            + "93666972464938090912124348401706040819422522220609",
        "0.08-0.8; 1.04-1.76; 2.48-3.92; 4.08-4.88; 5.12-5.28; 5.68-7.04; 7.52-8.56"
    )]
    [InlineData(
        "7128797322627842133541536950362334656929181305052284896215053594923121898928225550080731290308440901"
            + "1674607877091334398361387460141212528541398983743103113843070642662508183044581009312627595309050415"
            + "65432351874823928626556912445544695043551301076376",
        "0-1.6; 1.92-2.24; 2.4-3.28; 4.08-4.4; 4.56-5.12; 5.36-6; 6.48-6.72; 6.88-7.12; 7.28-7.68; 8-9.6; 9.84-10"
    )]
    public void Hysteresis_gap_and_duration_find_the_events_of_the_code_of_Kong_et_al(
        string hundredths,
        string expected
    )
    {
        float[] scores =
        [
            .. hundredths
                .Chunk(2)
                .SelectMany(digits => Enumerable.Repeat((10 * (digits[0] - '0') + digits[1] - '0') / 100f, 8)),
        ];
        EventDecoder decoder = new(
            new ClassList(["Car"]),
            0.01,
            new()
            {
                Steps =
                [
                    new DecodingStep.Hysteresis(0.2),
                    new DecodingStep.MinimumGap(0.11),
                    new DecodingStep.MinimumDuration(0.11),
                ],
                Gate = 0.5,
            }
        );
        var found = decoder.Decode(scores, [0.5f]);
        Assert.Equal(
            expected,
            string.Join(
                "; ",
                found.Select(sound => FormattableString.Invariant($"{sound.Onset:0.##}-{sound.Offset:0.##}"))
            )
        );
        Assert.Empty(decoder.Decode(scores, [0.499f]));
    }

    [Fact]
    public void Only_classes_whose_weak_output_reaches_their_gate_have_events()
    {
        EventDecoder decoder = new(classes, 0.1, Options());
        Assert.Equal("Car 0.1-0.3; Car 0.5-0.7", Text(decoder.Decode(probabilities, [0.5f, 0.49f, 0.89f])));
        Assert.Equal("Train 0.1-0.3; Train 0.5-0.7", Text(decoder.Decode(probabilities, [0, 0, 0.9f])));
        Assert.Equal(6, decoder.Decode(probabilities, [1, 1, 1]).Count);
    }

    [Fact]
    public void Scores_behind_a_closed_gate_are_zero_and_other_scores_do_not_change()
    {
        EventDecoder decoder = new(classes, 0.1, Options(new DecodingStep.MinimumGap(0.3)));
        EventDecoder open = new(classes, 0.1, new() { Steps = [new DecodingStep.MinimumGap(0.3)] });
        var scores = decoder.Scores(probabilities, [0.6f, 0.4f, 0.6f]);
        Assert.Equal(open.Scores(probabilities).Select((score, at) => at % 3 == 0 ? score : 0), scores);
    }

    [Fact]
    public void A_closed_gate_removes_boxes_between_change_points()
    {
        EventDecoder decoder = new(classes, 0.1, Options(new DecodingStep.ChangePoints(0.2)));
        Assert.NotEmpty(decoder.Decode(probabilities, [0.6f, 0.4f, 0.6f]));
        Assert.All(decoder.Decode(probabilities, [0.6f, 0.4f, 0.6f]), sound => Assert.Equal("Car", sound.Label));
        var scores = decoder.Scores(probabilities, [0.6f, 0.4f, 0.6f]);
        Assert.All(scores.Index(), score => Assert.True(score.Index % 3 == 0 || score.Item == 0));
    }

    [Fact]
    public void A_stream_of_frames_reports_events_behind_a_gate_at_its_end()
    {
        DetectionOptions options = Options(new DecodingStep.MinimumGap(0.2)) with { Gate = null };
        StreamingDecoder decoder = new(classes, 0.1, options);
        Assert.Equal(double.PositiveInfinity, decoder.DelaySeconds);
        var early = decoder.Push(probabilities);
        Assert.Equal("Car 0.1-0.3; Car 0.5-0.7; Bus 0.1-0.3; Bus 0.5-0.7", Text(early));
        Assert.Equal("Train 0.1-0.3; Train 0.5-0.7", Text(decoder.Finish([0, 0, 0.95f])));
        StreamingDecoder closed = new(classes, 0.1, options);
        closed.Push(probabilities);
        Assert.Empty(closed.Finish([1, 1, 0.85f]));
    }

    [Fact]
    public void Decoding_with_a_gate_requires_the_weak_output()
    {
        const string Expected =
            "Decoding with a gate needs one weak output for each of the 3 classes, but 0 values were given. (Parameter 'weak')";
        var whole = Assert.Throws<ArgumentException>(() =>
            new EventDecoder(classes, 0.1, Options()).Decode(probabilities)
        );
        Assert.Equal(Expected, whole.Message);
        var stream = Assert.Throws<ArgumentException>(() => new StreamingDecoder(classes, 0.1, Options()).Finish());
        Assert.Equal(Expected, stream.Message);
    }

    [Fact]
    public void Gates_outside_0_to_1_are_reported_and_summaries_name_the_gate()
    {
        DetectionOptions wrong = new()
        {
            Gate = 0,
            PerClass = new Dictionary<string, ClassDetection>
            {
                ["Bus"] = new() { Threshold = 0.5, Gate = 1 },
            },
        };
        Assert.Equal(
            ["the gate is 0; it must lie between 0 and 1", "Bus: the gate is 1; it must lie between 0 and 1"],
            wrong.Problems().Select(problem => problem.ToString())
        );
        Assert.Equal("threshold 0.5, gate 0.9", Options().Of("Train").Summary);
    }
}
