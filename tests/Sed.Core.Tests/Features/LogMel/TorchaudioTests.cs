using System.Globalization;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Features.LogMel;

/// <summary>
/// Comparisons with torchaudio's MelSpectrogram and AmplitudeToDB, and with TorchScaler of DESED_task.
/// <c>tools/reference/log_mel.py</c> wrote the expected values.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class TorchaudioTests
{
    private const double Tolerance = 1e-4;

    [Theory]
    [InlineData("desed")]
    [InlineData("8000 Hz")]
    [InlineData("16000 Hz")]
    [InlineData("48000 Hz")]
    public void Decibels_equal_those_of_torchaudio(string definition)
    {
        var options = OptionsOf(definition);
        var samples = Noise(options.SampleRate);
        using LogMelExtractor extractor = new(options);
        using var scope = NewDisposeScope();
        var waveforms = tensor(samples, [1, samples.Length]);
        Assert.True(extractor.HasKernel);
        foreach (var features in (Tensor[])[extractor.Extract(waveforms), extractor.ExtractWithTorch(waveforms)])
        {
            Assert.Equal([1, samples.Length / options.HopSamples, options.Bands], features.shape);
            AssertRows("torchaudio-rows.tsv", definition, features.data<float>().ToArray(), options.Bands);
        }
    }

    [Fact]
    public void A_clip_that_is_standardised_with_its_own_statistics_equals_that_of_TorchScaler()
    {
        var options = LogMelOptions.Desed;
        var samples = Noise(options.SampleRate);
        using LogMelExtractor extractor = new(options);
        var features = new float[options.FramesOf(samples.Length) * options.Bands];
        extractor.Extract(samples, features);
        BandStatistics.OfEachClip(options.Bands).Apply(features);
        AssertRows("clip-rows.tsv", null, features, options.Bands);
    }

    [Theory]
    [InlineData(8_000)]
    [InlineData(16_000)]
    [InlineData(22_050)]
    [InlineData(44_100)]
    [InlineData(48_000)]
    public void No_band_is_empty_with_the_default_window_and_bands_at_any_rate(int rate) =>
        Assert.Empty((new LogMelOptions { MaxHz = rate / 2.0 }.At(rate)).ProblemsInPlans());

    [Fact]
    public void No_band_of_the_compared_definitions_is_empty()
    {
        foreach (var definition in (string[])["desed", "8000 Hz", "16000 Hz", "48000 Hz"])
        {
            Assert.Empty(OptionsOf(definition).ProblemsInPlans());
            AssertHasNoEmptyRow(OptionsOf(definition));
        }
    }

    [Fact]
    public void Empty_bands_are_a_problem_in_plans_with_a_remedy()
    {
        LogMelOptions narrow = new()
        {
            Rate = 8000,
            WindowSeconds = 0.025,
            BandCount = 128,
            MaxHz = 4000,
            MelScale = MelScale.Htk,
        };
        Assert.Empty(narrow.Problems());
        Assert.Equal(
            "6 of 128 mel bands are empty: band 1 from 0 to 21 Hz lies between two bins of the FFT of 256 samples at 8000 Hz; give `fft 512` or `bands 86`",
            narrow.ProblemsInPlans().Single().ToString()
        );
        Assert.Empty((narrow with { FftSamples = 512 }).ProblemsInPlans());
        Assert.Empty((narrow with { BandCount = 86 }).ProblemsInPlans());
        // The number of columns of torchaudio's melscale_fbanks that are all 0.
        Assert.Equal(6, EmptyRows(narrow));
    }

    [Fact]
    public void The_keys_of_earlier_definitions_do_not_change()
    {
        Assert.DoesNotContain("logarithm", CanonicalKey.Text(LogMelOptions.Dcase2017));
        Assert.DoesNotContain("est\"", CanonicalKey.Text(LogMelOptions.Dcase2017));
        Assert.DoesNotContain("standardisation", CanonicalKey.Text(LogMelOptions.Dcase2017));
        foreach (var later in (string[])["preEmphasis", "shift", "divisor"])
            Assert.DoesNotContain(later, CanonicalKey.Text(LogMelOptions.Dcase2017));
        Assert.Contains("\"logarithm\":\"decibel\"", CanonicalKey.Text(LogMelOptions.Desed));
        Assert.Contains(
            "\"standardisation\":\"clip\"",
            CanonicalKey.Text(LogMelOptions.Desed.WithStandardisation(Standardisation.Clip))
        );
    }

    private static LogMelOptions OptionsOf(string definition) =>
        definition switch
        {
            "desed" => LogMelOptions.Desed,
            "8000 Hz" => Power(8000, 256, 128) with { FftSamples = 512, BandCount = 40 },
            "16000 Hz" => Power(16_000, 640, 256) with
            {
                MinHz = 50,
                MelScale = MelScale.Slaney,
                Normalization = MelNormalization.Area,
            },
            _ => Power(48_000, 1920, 768),
        };

    private static LogMelOptions Power(int rate, int window, int hop) =>
        new LogMelOptions
        {
            Rate = rate,
            WindowSeconds = (double)window / rate,
            StepSeconds = (double)hop / rate,
            Window = WindowShape.HannPeriodic,
            BandCount = 64,
            MaxHz = rate / 2.0,
            MelScale = MelScale.Htk,
            Normalization = MelNormalization.None,
            Logarithm = LogarithmKind.Decibel,
        }.WithSpectrum(SpectrumKind.Power);

    private static float[] Noise(int rate)
    {
        uint state = 12_345;
        var samples = new float[rate];
        for (var index = 0; index < rate; index++)
        {
            state = unchecked((1_664_525 * state) + 1_013_904_223);
            var fifth = 5 * index / rate;
            samples[index] = fifth < 4 ? (((int)(state >> 16) - 32_768) >> (1 + (3 * fifth))) / 32_768f : 0;
        }
        return samples;
    }

    private static void AssertRows(string file, string? definition, float[] features, int bands)
    {
        string[][] rows =
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Features", "LogMel", file))
                .Select(line => line.Split('\t'))
                .Where(fields => definition is null || fields[0] == definition)
                .Select(fields => definition is null ? fields : fields[1..]),
        ];
        Assert.Equal(6, rows.Length);
        foreach (var row in rows)
        {
            var frame = int.Parse(row[0], CultureInfo.InvariantCulture);
            Assert.Equal(bands, row.Length - 1);
            for (var band = 0; band < bands; band++)
                Assert.Equal(
                    double.Parse(row[1 + band], CultureInfo.InvariantCulture),
                    features[(frame * bands) + band],
                    Tolerance
                );
        }
    }

    private static void AssertHasNoEmptyRow(LogMelOptions options) => Assert.Equal(0, EmptyRows(options));

    private static int EmptyRows(LogMelOptions options)
    {
        var weights = MelFilters.Weights(options);
        return Enumerable
            .Range(0, options.Bands)
            .Count(band => Enumerable.Range(0, weights.GetLength(1)).All(bin => weights[band, bin] == 0));
    }
}
