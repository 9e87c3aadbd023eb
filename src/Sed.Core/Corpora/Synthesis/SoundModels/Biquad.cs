namespace Sed.Core.Corpora.Synthesis.SoundModels;

/// <summary>A second-order recursive filter (R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients").</summary>
internal sealed class Biquad
{
    private readonly double b0;
    private readonly double b1;
    private readonly double b2;
    private readonly double a1;
    private readonly double a2;

    private Biquad(double b0, double b1, double b2, double a0, double a1, double a2)
    {
        this.b0 = b0 / a0;
        this.b1 = b1 / a0;
        this.b2 = b2 / a0;
        this.a1 = a1 / a0;
        this.a2 = a2 / a0;
    }

    internal static Biquad LowPass(double hz, double sampleRate, double q = 0.7071)
    {
        (var cos, var alpha) = Angles(hz, sampleRate, q);
        return new Biquad((1 - cos) / 2, 1 - cos, (1 - cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
    }

    internal static Biquad HighPass(double hz, double sampleRate, double q = 0.7071)
    {
        (var cos, var alpha) = Angles(hz, sampleRate, q);
        return new Biquad((1 + cos) / 2, -(1 + cos), (1 + cos) / 2, 1 + alpha, -2 * cos, 1 - alpha);
    }

    /// <summary>A band-pass filter with gain 1 at its centre.</summary>
    internal static Biquad BandPass(double hz, double sampleRate, double q)
    {
        (var cos, var alpha) = Angles(hz, sampleRate, q);
        return new Biquad(alpha, 0, -alpha, 1 + alpha, -2 * cos, 1 - alpha);
    }

    /// <summary>A peaking filter: <paramref name="decibels"/> of gain at the centre, 0 dB far from it.</summary>
    internal static Biquad Peak(double hz, double sampleRate, double q, double decibels)
    {
        (var cos, var alpha) = Angles(hz, sampleRate, q);
        var root = Math.Pow(10, decibels / 40);
        return new Biquad(
            1 + (alpha * root),
            -2 * cos,
            1 - (alpha * root),
            1 + (alpha / root),
            -2 * cos,
            1 - (alpha / root)
        );
    }

    /// <summary>A high shelf: <paramref name="decibels"/> of gain well above the corner frequency, 0 dB well below it.</summary>
    internal static Biquad HighShelf(double hz, double sampleRate, double q, double decibels)
    {
        (var cos, var alpha) = Angles(hz, sampleRate, q);
        var a = Math.Pow(10, decibels / 40);
        var side = 2 * Math.Sqrt(a) * alpha;
        return new Biquad(
            a * (a + 1 + ((a - 1) * cos) + side),
            -2 * a * (a - 1 + ((a + 1) * cos)),
            a * (a + 1 + ((a - 1) * cos) - side),
            a + 1 - ((a - 1) * cos) + side,
            2 * (a - 1 - ((a + 1) * cos)),
            a + 1 - ((a - 1) * cos) - side
        );
    }

    /// <summary>The first filter of ITU-R BS.1770-4, which models the head: a shelf of 4 dB above 1.7 kHz.</summary>
    /// <remarks>
    /// The recommendation lists coefficients for 48 kHz. These parameters of an analogue prototype reproduce them
    /// (B. De Man, "Evaluation of implementations of the EBU R128 loudness measurement", 2018).
    /// </remarks>
    internal static Biquad LoudnessShelf(double sampleRate)
    {
        const double q = 0.7071752369554196;
        var k = Math.Tan(Math.PI * 1681.974450955533 / sampleRate);
        var high = Math.Pow(10, 3.999843853973347 / 20);
        var middle = Math.Pow(high, 0.4996667741545416);
        return new Biquad(
            high + (middle * k / q) + (k * k),
            2 * ((k * k) - high),
            high - (middle * k / q) + (k * k),
            1 + (k / q) + (k * k),
            2 * ((k * k) - 1),
            1 - (k / q) + (k * k)
        );
    }

    /// <summary>The second filter of ITU-R BS.1770-4: a high-pass at 38 Hz.</summary>
    internal static Biquad LoudnessHighPass(double sampleRate)
    {
        const double q = 0.5003270373238773;
        var k = Warped(sampleRate);
        // The recommendation's numerator is 1, -2, 1 at 48 kHz, which is a gain slightly above 1.
        var gain = 1 + (Warped(48_000) / q) + (Warped(48_000) * Warped(48_000));
        return new Biquad(gain, -2 * gain, gain, 1 + (k / q) + (k * k), 2 * ((k * k) - 1), 1 - (k / q) + (k * k));

        static double Warped(double rate) => Math.Tan(Math.PI * 38.13547087602444 / rate);
    }

    /// <summary>Filters a buffer in place, from zero initial state, and returns it.</summary>
    internal float[] Run(float[] buffer)
    {
        // Direct form II transposed; locals keep the state in registers.
        double s1 = 0;
        double s2 = 0;
        for (var i = 0; i < buffer.Length; i++)
        {
            double x = buffer[i];
            var y = (b0 * x) + s1;
            s1 = (b1 * x) - (a1 * y) + s2;
            s2 = (b2 * x) - (a2 * y);
            buffer[i] = (float)y;
        }
        return buffer;
    }

    /// <summary>Applies this filter and then another in one pass, in place. The two recursions overlap in the processor's pipeline.</summary>
    internal float[] Run(float[] buffer, Biquad next)
    {
        double s1 = 0;
        double s2 = 0;
        double t1 = 0;
        double t2 = 0;
        for (var i = 0; i < buffer.Length; i++)
        {
            double x = buffer[i];
            var y = (b0 * x) + s1;
            s1 = (b1 * x) - (a1 * y) + s2;
            s2 = (b2 * x) - (a2 * y);
            var z = (next.b0 * y) + t1;
            t1 = (next.b1 * y) - (next.a1 * z) + t2;
            t2 = (next.b2 * y) - (next.a2 * z);
            buffer[i] = (float)z;
        }
        return buffer;
    }

    private static (double Cos, double Alpha) Angles(double hz, double sampleRate, double q)
    {
        var w = 2 * Math.PI * Math.Min(hz, 0.49 * sampleRate) / sampleRate;
        return (Math.Cos(w), Math.Sin(w) / (2 * q));
    }
}
