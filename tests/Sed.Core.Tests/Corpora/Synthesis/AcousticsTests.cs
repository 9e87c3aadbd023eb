using Sed.Core.Corpora.Synthesis;

namespace Sed.Core.Tests.Corpora.Synthesis;

public sealed class AcousticsTests
{
    // ffmpeg 5.1, filter loudnorm, "input_i". EBU Tech 3341 allows 0.1 LU.
    [Theory]
    [InlineData(44_100)]
    [InlineData(16_000)]
    [InlineData(48_000)]
    public void Loudness_equals_that_of_ffmpeg(int rate)
    {
        Assert.Equal(-23.05, Loudness.Of(Signal(t => 0.1 * Tone(t, 1000), rate), rate), 0.1);
        Assert.Equal(-18.15, Loudness.Of(Signal(t => 0.3 * Tone(t, 50), rate), rate), 0.1);
        // Two of three seconds are below the relative gate.
        Assert.Equal(
            -18.73,
            Loudness.Of(Signal(t => ((int)t % 3 == 0 ? 0.2 : 0.001) * Tone(t, 300) + 0.02 * Tone(t, 6000), rate), rate),
            0.1
        );
    }

    [Fact]
    public void Sounds_are_scaled_to_a_loudness_and_short_ones_are_repeated()
    {
        const int rate = 44_100;
        var sound = Signal(t => 0.1 * Tone(t, 440), rate).WithLoudness(rate, -31);
        Assert.Equal(-31, Loudness.Of(sound, rate), 1e-3);
        Assert.Equal(Loudness.Of(sound, rate), Loudness.Of(sound.AsSpan(0, rate / 10), rate), 0.1);
        Assert.All(new float[rate].WithLoudness(rate, -31), value => Assert.Equal(0, value));
        var quiet = Signal(t => 1e-5 * Tone(t, 440), rate); // below -70 LUFS
        Assert.Equal(quiet, quiet.ToArray().WithLoudness(rate, -31));
    }

    // SoX 14.4.2, `reverb AMOUNT 50 100 0`, 16 bits.
    [Theory]
    [InlineData(0, 0.078857421875, 0.21044921875, 0.00128173828125, 0, 93.23265899624676)]
    [InlineData(0.1, 0.079864501953125, 0.20941162109375, 0.001220703125, 0, 93.75932276528329)]
    [InlineData(0.5, 0.081695556640625, 0.207550048828125, -0.000885009765625, -0.006439208984375, 97.38734279759228)]
    [InlineData(1, 0.0821533203125, 0.20703125, -0.003692626953125, -0.022735595703125, 104.35272866114974)]
    public void Reverberation_equals_that_of_SoX(
        double amount,
        double at2232,
        double at3000,
        double at10000,
        double at20000,
        double energy
    )
    {
        const double rounding = 4e-5;
        var sound = new float[44_100];
        sound[0] = 0.5f;
        for (var i = 0; i < 4000; i++)
            sound[i] += (float)(0.3 * Math.Sin(0.37 * i) * Math.Sin(0.0011 * i * i));
        Room.Apply(sound, 44_100, amount);
        Assert.Equal(at2232, sound[2232], rounding);
        Assert.Equal(at3000, sound[3000], rounding);
        Assert.Equal(at10000, sound[10_000], rounding);
        Assert.Equal(at20000, sound[20_000], rounding);
        Assert.Equal(energy, sound.Skip(1).Sum(value => (double)value * value), 0.01);
    }

    private static double Tone(double t, double hz) => Math.Sin(2 * Math.PI * hz * t);

    private static float[] Signal(Func<double, double> value, int rate) =>
        [.. Enumerable.Range(0, (int)(9.6 * rate)).Select(i => (float)value((double)i / rate))];
}
