using Sed.Core.Annotations;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis;
using Sed.Core.Corpora.Synthesis.Voices;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Corpora.Synthesis;

/// <summary>The built-in corpus has events like the real one's testing split, rows "0 0" of its labels left out.</summary>
public sealed class SoundscapesCalibrationTests
{
    private const int Clips = 4000;

    // 652 events in 477 clips, 571 of them distinct labels of their clips.
    private const double RealEvents = 1.37;
    private const double RealLabels = 1.20;

    // Mean length of the real events (s), in the classes' order.
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
    public void A_clip_has_as_many_events_and_labels_as_a_real_one()
    {
        Assert.Equal(RealEvents, Drawn.Value.Average(clip => clip.Count), 0.05);
        Assert.Equal(RealLabels, Drawn.Value.Average(clip => clip.Select(e => e.Label).Distinct().Count()), 0.1);
        Assert.Equal(0.73, Drawn.Value.Average(clip => clip.Count == 1 ? 1 : 0), 0.03);
        Assert.All(Drawn.Value, clip => Assert.InRange(clip.Count, 1, 4));
    }

    [Fact]
    public void Events_last_as_long_as_the_real_ones_of_their_class()
    {
        ILookup<string, double> seconds = Drawn
            .Value.SelectMany(clip => clip)
            .ToLookup(e => e.Label, e => e.Offset - e.Onset);
        Assert.Equal(6.4, seconds.SelectMany(length => length).Average(), 0.3);
        Assert.Equal(0.44, seconds.SelectMany(length => length).Average(length => length > 9 ? 1 : 0), 0.05);
        foreach ((Voice voice, var real) in SmartCarVoices.All.Zip(RealSeconds))
            Assert.Equal(real, seconds[voice.Label].Average(), 0.8);
    }

    [Fact]
    public void Some_events_begin_with_the_clip_and_some_end_with_it()
    {
        SoundEvent[] partial = [.. Drawn.Value.SelectMany(clip => clip).Where(e => e.Offset - e.Onset < 9.9)];
        Assert.InRange(partial.Average(e => e.Onset == 0 ? 1 : 0), 0.15, 0.35);
        Assert.InRange(partial.Average(e => e.Offset == 10 ? 1 : 0), 0.15, 0.35);
    }

    [Fact]
    public void The_numbers_of_events_asked_for_hold()
    {
        IReadOnlyList<IReadOnlyList<SoundEvent>> drawn = Draw(
            new SoundscapeOptions { MinEvents = 2, MaxEvents = 3 },
            300
        );
        Assert.All(drawn, clip => Assert.InRange(clip.Count, 2, 3));
    }

    [Fact]
    public void Labels_need_no_sound_and_agree_with_the_clip_that_is_made()
    {
        SynthesisedSounds sounds = new(Dcase2017.SampleRate);
        SoundscapeOptions options = new();
        foreach (var index in Enumerable.Range(0, 3))
            Assert.Equal(
                Score.Draw(sounds, options, Split.Testing, index).Select(entry => entry.Event),
                Soundscape.Make(sounds, options, Split.Testing, index).Events
            );
    }

    [Fact]
    public void The_real_figures_are_those_of_the_strong_labels()
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
        ILookup<string, double> seconds = rows.ToLookup(row => row.Label, row => row.Seconds);
        foreach ((Voice voice, var real) in SmartCarVoices.All.Zip(RealSeconds))
            Assert.Equal(real, seconds[voice.Label].Average(), 0.06);
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
                    Score.Draw(sounds, options, Split.Training, index).Select(entry => entry.Event).ToArray()
                ),
        ];
    }
}
