using Sed.Core.Audio;

namespace Sed.Core.Tests.Audio;

public sealed class ResamplerTests
{
    [Theory]
    [InlineData(48_000, 44_100)]
    [InlineData(22_050, 44_100)]
    [InlineData(96_000, 44_100)]
    [InlineData(44_100, 16_000)]
    [InlineData(44_101, 44_100)]
    public void A_tone_keeps_its_pitch_and_level(int from, int to)
    {
        const double Hz = 1000;
        var tone = Tone(Hz, from, from);
        var result = Resampler.Resample(tone, from, to);
        Assert.Equal(to, result.Length);
        for (var i = to / 10; i < to * 9 / 10; i++)
            Assert.Equal(0.5 * Math.Sin(2 * Math.PI * Hz * i / to), result[i], 5e-4);
    }

    [Fact]
    public void A_tone_above_the_new_Nyquist_frequency_is_removed_and_not_aliased()
    {
        var result = Resampler.Resample(Tone(15_000, 44_100, 44_100), 44_100, 16_000);
        Assert.True(result[1600..14_400].Max(Math.Abs) < 1e-4);
    }

    [Fact]
    public void Equal_rates_leave_the_signal_unchanged()
    {
        var tone = Tone(440, 8000, 100);
        Assert.Equal(tone, Resampler.Resample(tone, 8000, 8000));
    }

    private static float[] Tone(double hz, int sampleRate, int samples) =>
        [.. Enumerable.Range(0, samples).Select(i => (float)(0.5 * Math.Sin(2 * Math.PI * hz * i / sampleRate)))];
}
