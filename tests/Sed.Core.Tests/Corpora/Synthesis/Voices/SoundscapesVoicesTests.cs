using Sed.Core.Corpora.Synthesis.Voices;

namespace Sed.Core.Tests.Corpora.Synthesis.Voices;

/// <summary>The sounds of the built-in corpus, one by one.</summary>
public sealed class SoundscapesVoicesTests
{
    private const int SampleRate = 44_100;

    [Fact]
    public void Every_voice_sounds_however_short_or_long_it_is()
    {
        foreach (Voice voice in SmartCarVoices.All)
        foreach (var seconds in (double[])[0.3, 1.7, 10])
        foreach (var seed in Enumerable.Range(0, 3))
        {
            var sound = voice.Play(new Random(seed), (int)(seconds * SampleRate), SampleRate);
            Assert.Equal((int)(seconds * SampleRate), sound.Length);
            Assert.All(sound.Chunk(1000), part => Assert.All(part, x => Assert.True(float.IsFinite(x))));
            var start = Signal.Rms(sound.AsSpan(0, (int)(0.3 * SampleRate)));
            Assert.True(start > 0.01 * Signal.Rms(sound), $"{voice.Label}, {seconds} s, seed {seed}: silent at first");
        }
    }

    [Fact]
    public void Lengths_of_a_voice_have_its_mean_and_stay_within_the_clip()
    {
        Random random = new(1);
        foreach (Voice voice in SmartCarVoices.All)
        {
            double[] seconds = [.. Enumerable.Range(0, 4000).Select(_ => voice.Seconds(random, 10))];
            Assert.All(seconds, length => Assert.InRange(length, 0.3, 10));
            Assert.Equal(voice.MeanSeconds, seconds.Average(), 0.25);
        }
    }

    // The gain of the cookbook's filters at their centre or beyond their corner is known without them.
    [Theory]
    [InlineData("peak", 1000, 6)]
    [InlineData("peak", 1000, -9)]
    [InlineData("peak", 40, 0)]
    [InlineData("shelf", 12_000, 8)]
    [InlineData("shelf", 40, 0)]
    public void Filters_of_the_microphone_have_the_gain_they_are_asked_for(string kind, double hz, double decibels)
    {
        var asked = decibels == 0 ? 8 : decibels;
        Biquad filter =
            kind == "peak" ? Biquad.Peak(1000, SampleRate, 1, asked) : Biquad.HighShelf(1000, SampleRate, 0.7, asked);
        var tone = Tone(hz);
        var before = Signal.Rms(tone.AsSpan(SampleRate / 2));
        var after = Signal.Rms(filter.Run(tone).AsSpan(SampleRate / 2));
        Assert.Equal(decibels, 20 * Math.Log10(after / before), 0.15);
    }

    [Fact]
    public void Two_filters_in_one_pass_are_one_after_the_other()
    {
        var noise = Noise.White(new Random(3), 1000);
        Biquad first = Biquad.HighPass(300, SampleRate);
        Biquad second = Biquad.Peak(2000, SampleRate, 1, 6);
        var apart = second.Run(first.Run([.. noise]));
        var together = first.Run([.. noise], second);
        Assert.All(apart.Zip(together), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static float[] Tone(double hz) =>
        [.. Enumerable.Range(0, SampleRate).Select(i => (float)Math.Sin(2 * Math.PI * hz * i / SampleRate))];
}
