using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis.SoundModels;

namespace Sed.Core.Tests.Corpora.Synthesis.SoundModels;

/// <summary>Sound models of the built-in corpus, and the filters they use.</summary>
public sealed class SmartCarModelsTests
{
    private const int SampleRate = 44_100;

    [Fact]
    public void The_models_have_the_order_of_the_classes() =>
        Assert.Equal(Dcase2017.Classes.Select(entry => entry.Label), SmartCarModels.All.Select(model => model.Label));

    [Fact]
    public void Every_sound_model_renders_audible_sound_of_any_length()
    {
        foreach (var model in SmartCarModels.All)
        foreach (var seconds in (double[])[0.3, 1.7, 10])
        foreach (var seed in Enumerable.Range(0, 3))
        {
            var sound = model.Render(new Random(seed), (int)(seconds * SampleRate), SampleRate);
            Assert.Equal((int)(seconds * SampleRate), sound.Length);
            Assert.All(sound.Chunk(1000), part => Assert.All(part, x => Assert.True(float.IsFinite(x))));
            var start = Signal.Rms(sound.AsSpan(0, (int)(0.3 * SampleRate)));
            Assert.True(start > 0.01 * Signal.Rms(sound), $"{model.Label}, {seconds} s, seed {seed}: silent start");
        }
    }

    [Fact]
    public void Durations_have_the_mean_of_the_model_and_stay_within_the_clip()
    {
        Random random = new(1);
        foreach (var model in SmartCarModels.All)
        {
            double[] seconds = [.. Enumerable.Range(0, 4000).Select(_ => model.Seconds(random, 10))];
            Assert.All(seconds, length => Assert.InRange(length, 0.3, 10));
            Assert.Equal(model.MeanSeconds, seconds.Average(), 0.25);
        }
    }

    [Theory]
    [InlineData("peak", 1000, 6)]
    [InlineData("peak", 1000, -9)]
    [InlineData("peak", 40, 0)]
    [InlineData("shelf", 12_000, 8)]
    [InlineData("shelf", 40, 0)]
    public void Filters_have_the_requested_gain_at_the_centre_and_far_from_it(string kind, double hz, double decibels)
    {
        var requested = decibels == 0 ? 8 : decibels;
        Biquad filter =
            kind == "peak"
                ? Biquad.Peak(1000, SampleRate, 1, requested)
                : Biquad.HighShelf(1000, SampleRate, 0.7, requested);
        var tone = Tone(hz);
        var before = Signal.Rms(tone.AsSpan(SampleRate / 2));
        var after = Signal.Rms(filter.Run(tone).AsSpan(SampleRate / 2));
        Assert.Equal(decibels, 20 * Math.Log10(after / before), 0.15);
    }

    [Fact]
    public void Two_filters_in_one_pass_equal_two_passes()
    {
        var noise = Noise.White(new Random(3), 1000);
        var first = Biquad.HighPass(300, SampleRate);
        var second = Biquad.Peak(2000, SampleRate, 1, 6);
        var separate = second.Run(first.Run([.. noise]));
        var together = first.Run([.. noise], second);
        Assert.All(separate.Zip(together), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    private static float[] Tone(double hz) =>
        [.. Enumerable.Range(0, SampleRate).Select(i => (float)Math.Sin(2 * Math.PI * hz * i / SampleRate))];
}
