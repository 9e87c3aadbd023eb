using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis;
using Sed.Core.Corpora.Synthesis.SoundModels;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Corpora.Synthesis;

/// <summary>The built-in corpus has the event statistics of the testing set of DCASE 2017 task 4, without unlocated events from 0 to 0.</summary>
public sealed class SoundscapesCalibrationTests
{
    private const int Clips = 4000;

    // 652 events in 477 clips, with 571 distinct pairs of clip and label.
    private const double RealEvents = 1.37;
    private const double RealLabels = 1.20;

    // Mean duration of the real events (s), in the order of the classes.
    private static readonly double[] RealSeconds =
    [
        2.6,
        3.6,
        4.0,
        5.4,
        4.2,
        5.6,
        8.0,
        9.1,
        9.3,
        7.2,
        4.6,
        6.7,
        7.2,
        8.6,
        8.8,
        7.7,
        7.5,
    ];

    private static readonly Lazy<IReadOnlyList<IReadOnlyList<SoundEvent>>> Drawn = new(() =>
        Draw(new SoundscapeOptions())
    );

    [Fact]
    public void Clips_have_as_many_events_and_labels_as_real_ones()
    {
        Assert.Equal(RealEvents, Drawn.Value.Average(clip => clip.Count), 0.05);
        Assert.Equal(RealLabels, Drawn.Value.Average(clip => clip.Select(e => e.Label).Distinct().Count()), 0.1);
        Assert.Equal(0.73, Drawn.Value.Average(clip => clip.Count == 1 ? 1 : 0), 0.03);
        Assert.All(Drawn.Value, clip => Assert.InRange(clip.Count, 1, 4));
    }

    [Fact]
    public void Events_have_the_mean_duration_of_real_ones_of_their_class()
    {
        var seconds = Drawn.Value.SelectMany(clip => clip).ToLookup(e => e.Label, e => e.Offset - e.Onset);
        Assert.Equal(6.4, seconds.SelectMany(length => length).Average(), 0.3);
        Assert.Equal(0.44, seconds.SelectMany(length => length).Average(length => length > 9 ? 1 : 0), 0.05);
        foreach ((var model, var real) in SmartCarModels.All.Zip(RealSeconds))
            Assert.Equal(real, seconds[model.Label].Average(), 0.8);
    }

    [Fact]
    public void Some_events_start_or_end_with_the_clip()
    {
        SoundEvent[] partial = [.. Drawn.Value.SelectMany(clip => clip).Where(e => e.Offset - e.Onset < 9.9)];
        Assert.InRange(partial.Average(e => e.Onset == 0 ? 1 : 0), 0.15, 0.35);
        Assert.InRange(partial.Average(e => e.Offset == 10 ? 1 : 0), 0.15, 0.35);
    }

    [Fact]
    public void The_number_of_events_stays_within_the_options()
    {
        var drawn = Draw(new SoundscapeOptions { MinEvents = 2, MaxEvents = 3 }, 300);
        Assert.All(drawn, clip => Assert.InRange(clip.Count, 2, 3));
    }

    [Fact]
    public void The_mixed_clip_has_the_events_of_its_plan()
    {
        SynthesisedSounds sounds = new(Dcase2017.SampleRate);
        SoundscapeOptions options = new();
        foreach (var index in Enumerable.Range(0, 3))
            Assert.Equal(
                SoundscapePlan.Draw(sounds, options, Split.Testing, index).Select(planned => planned.Event),
                Soundscape.Mix(sounds, options, Split.Testing, index).Events
            );
    }

    [Fact]
    public void The_real_statistics_are_those_of_the_strong_labels()
    {
        var path = Path.Combine(
            SharedFolder.Require("data", "dcase2017-task4"),
            "groundtruth_strong_label_testing_set.csv"
        );
        (string File, string Label, double Seconds)[] rows =
        [
            .. File.ReadLines(path)
                .Select(line => line.TrimEnd().Split('\t'))
                .Where(cells => cells.Length == 4)
                .Select(cells => (cells[0], cells[3], Number(cells[2]) - Number(cells[1])))
                .Where(row => row.Item3 > 0),
        ];
        double clips = rows.Select(row => row.File).Distinct().Count();
        Assert.Equal(RealEvents, rows.Length / clips, 0.005);
        Assert.Equal(RealLabels, rows.Select(row => (row.File, row.Label)).Distinct().Count() / clips, 0.005);
        var seconds = rows.ToLookup(row => row.Label, row => row.Seconds);
        foreach ((var model, var real) in SmartCarModels.All.Zip(RealSeconds))
            Assert.Equal(real, seconds[model.Label].Average(), 0.06);
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static IReadOnlyList<IReadOnlyList<SoundEvent>> Draw(SoundscapeOptions options, int clips = Clips)
    {
        SynthesisedSounds sounds = new(Dcase2017.SampleRate);
        return
        [
            .. Enumerable
                .Range(0, clips)
                .Select(index =>
                    SoundscapePlan
                        .Draw(sounds, options, Split.Training, index)
                        .Select(planned => planned.Event)
                        .ToArray()
                ),
        ];
    }
}
