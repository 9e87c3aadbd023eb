using System.Globalization;
using NAudio.Dsp;
using Sed.Core.Audio;

namespace Sed.Bench;

/// <summary>Stop-band attenuation, pass-band ripple and speed of our resampler and of NAudio's.</summary>
internal static class ResamplerBench
{
    private const int Seconds = 5;
    private const int Rounds = 2;

    // Pass-band and stop-band edges as fractions of the lower of the two Nyquist frequencies.
    private const double PassBand = 0.90;
    private const double StopBand = 1.06;

    /// <summary>Prints a row for each pair of rates and each resampler.</summary>
    internal static void Run()
    {
        Console.WriteLine();
        Console.WriteLine(
            $"{"resampling", -20}{"by", -26}{"stop band dB", 13}{"ripple dB", 11}{"times real time", 17}"
        );
        foreach (
            var (from, to) in ((int, int)[])[(48_000, 44_100), (44_100, 16_000), (22_050, 44_100), (96_000, 44_100)]
        )
        {
            Report("ours", from, to, samples => Resampler.Resample(samples, from, to));
            Report("WDL, as NAudio uses it", from, to, samples => Wdl(samples, from, to, sinc: false, 0));
            Report("WDL, sinc of 64", from, to, samples => Wdl(samples, from, to, sinc: true, 64));
            Report("WDL, sinc of 512", from, to, samples => Wdl(samples, from, to, sinc: true, 512));
        }
    }

    private static void Report(string name, int from, int to, Func<float[], float[]> resample)
    {
        var nyquist = Math.Min(from, to) / 2.0;
        var (least, most) = (double.MaxValue, double.MinValue);
        for (var share = 0.02; share <= PassBand + 1e-9; share += 0.08)
        {
            var decibels = 20 * Math.Log10(Amplitude(resample(Tone(share * nyquist, from)), share * nyquist, to));
            (least, most) = (Math.Min(least, decibels), Math.Max(most, decibels));
        }
        var stop = from > to ? Aliases(from, nyquist, resample) : Images(from, to, resample);
        var noise = new float[Seconds * from];
        var draw = new Random(1);
        for (var i = 0; i < noise.Length; i++)
            noise[i] = draw.NextSingle() - 0.5f;
        var time = new Fastest();
        for (var round = 0; round < Rounds; round++)
            time.Add(() => resample(noise));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{$"{from} to {to} Hz", -20}{name, -26}{-stop, 13:F1}{most - least, 11:F4}{Seconds / time.Seconds, 17:F0}"
            )
        );
    }

    /// <summary>Highest level (dB) of the aliases of tones above the new Nyquist frequency.</summary>
    private static double Aliases(int from, double nyquist, Func<float[], float[]> resample)
    {
        var worst = double.MinValue;
        for (var hz = StopBand * nyquist; hz < 0.49 * from; hz += 0.06 * nyquist)
            worst = Math.Max(worst, Level(resample(Tone(hz, from))));
        return worst;
    }

    /// <summary>Highest level (dB) of the images of tones below the old Nyquist frequency.</summary>
    private static double Images(int from, int to, Func<float[], float[]> resample)
    {
        var worst = double.MinValue;
        for (var share = 0.1; share <= 2 - StopBand; share += 0.08)
        {
            var hz = share * from / 2;
            worst = Math.Max(worst, 20 * Math.Log10(Amplitude(resample(Tone(hz, from)), from - hz, to)));
        }
        return worst;
    }

    private static float[] Tone(double hz, int rate) =>
        [.. Enumerable.Range(0, rate).Select(i => (float)Math.Sin(2 * Math.PI * hz * i / rate))];

    /// <summary>Level (dB) of the middle of a signal, relative to a tone of amplitude 1.</summary>
    private static double Level(float[] samples)
    {
        var middle = samples.AsSpan(samples.Length / 4, samples.Length / 2);
        double sum = 0;
        foreach (var sample in middle)
            sum += 2.0 * sample * sample;
        return 10 * Math.Log10(Math.Max(sum / middle.Length, 1e-30));
    }

    /// <summary>Amplitude of a frequency in the middle of a signal, under a Hann window.</summary>
    private static double Amplitude(float[] samples, double hz, int rate)
    {
        var (start, count) = (samples.Length / 4, samples.Length / 2);
        double real = 0,
            imaginary = 0,
            weight = 0;
        for (var i = 0; i < count; i++)
        {
            var window = 0.5 - (0.5 * Math.Cos(2 * Math.PI * i / count));
            var phase = 2 * Math.PI * hz * (start + i) / rate;
            real += window * samples[start + i] * Math.Cos(phase);
            imaginary += window * samples[start + i] * Math.Sin(phase);
            weight += window;
        }
        return Math.Max(2 * Math.Sqrt((real * real) + (imaginary * imaginary)) / weight, 1e-15);
    }

    private static float[] Wdl(float[] samples, int from, int to, bool sinc, int size)
    {
        var resampler = new WdlResampler();
        if (sinc)
            resampler.SetMode(true, 0, true, size, 32);
        else
            resampler.SetMode(true, 2, false);
        resampler.SetFilterParms();
        resampler.SetFeedMode(true);
        resampler.SetRates(from, to);
        var output = new List<float>();
        var block = new float[8192];
        const int Input = 4096;
        for (var at = 0; at < samples.Length; at += Input)
        {
            var count = Math.Min(Input, samples.Length - at);
            resampler.ResamplePrepare(count, 1, out var buffer);
            samples.AsSpan(at, count).CopyTo(buffer);
            var wanted = (int)((long)count * to / from) + 64;
            if (block.Length < wanted)
                block = new float[wanted];
            var made = resampler.ResampleOut(block, count, wanted, 1);
            output.AddRange(block.AsSpan(0, made));
        }
        return [.. output];
    }
}
