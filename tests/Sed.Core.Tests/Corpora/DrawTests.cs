using System.Globalization;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis;

namespace Sed.Core.Tests.Corpora;

/// <summary>Recorded draws, which recorded results of experiments depend on.</summary>
public sealed class DrawTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(
        Split.Training,
        "1.999-5.112 Air horn, truck horn; 4.804-5.105 Bicycle; 5.966-7.954 Bicycle; 0-10 Car; 0-10 Train"
    )]
    [InlineData(Split.Testing, "3.932-5.162 Car; 0-10 Ambulance (siren); 0-1.918 Screaming")]
    [InlineData(
        Split.Evaluation,
        "2.007-10 Reversing beeps; 1.268-6.055 Train horn; 2.512-9.411 Train; 8.76-9.115 Train horn; 5.422-7.084 Skateboard"
    )]
    public void Soundscapes_are_planned_as_recorded(Split split, string events)
    {
        var source = new SynthesisedSounds(Dcase2017.SampleRate);
        var plans = Enumerable
            .Range(20, 3)
            .SelectMany(index => SoundscapePlan.Draw(source, new SoundscapeOptions(), split, index))
            .Select(planned => planned.Event)
            .Select(e => string.Create(CultureInfo.InvariantCulture, $"{e.Onset}-{e.Offset} {e.Label}"));
        Assert.Equal(events, string.Join("; ", plans));
    }

    [Fact]
    public void Soundscapes_are_mixed_as_recorded()
    {
        var source = new SynthesisedSounds(Dcase2017.SampleRate);
        var samples = Soundscape.Mix(source, new SoundscapeOptions(), Split.Testing, 20).Samples;
        var shown = Enumerable
            .Range(1, 6)
            .Select(i => samples[i * 70_000].ToString("F4", CultureInfo.InvariantCulture));
        Assert.Equal("0.0086 -0.0219 -0.0095 0.0110 0.0067 -0.0161", string.Join(' ', shown));
    }

    [Fact]
    public void Clips_are_divided_as_recorded()
    {
        var corpus = TinyCorpus.Random(40, 1);
        Assert.Equal("1 7 19 21 23 26 30 31 34 35", string.Join(' ', Stratification.Folds(corpus, 4, 1)[0]));
        Assert.Equal(
            "4 6 8 13 25 26 28 29",
            string.Join(' ', Stratification.CarveValidation(corpus, 0.2, 1).IndicesOf(Split.Validation))
        );
    }

    [Fact]
    public void Recordings_are_divided_as_recorded()
    {
        foreach (var source in Enumerable.Range(100, 15))
            File.WriteAllText(folder.File("dog", $"{source}-A.wav"), "");
        var folders = RecordingFolders.Open(folder.Path, new SoundscapeOptions());
        var parts = folders.Parts.Select(split =>
            string.Join(' ', folders.Recordings("dog", split).Select(path => Path.GetFileName(path)[..3]))
        );
        Assert.Equal("100 101 102 104 106 109 110 111 114; 103 105 112; 107 108 113", string.Join("; ", parts));
    }
}
