using System.Globalization;
using Sed.Core.Features.LogMel;
using Sed.Core.Tests.Features.Store;
using Sed.Core.Tests.Metrics;
using TorchSharp;

namespace Sed.Core.Tests.Features.LogMel;

[Collection(TorchCollection.Name)]
public sealed class LogMelExtractorTests
{
    private static readonly string[] signals = ["noise", "chirp", "impulses"];

    public static TheoryData<string, string> Cases =>
        new(signals.SelectMany(signal => ((string[])["dcase2017", "htk"]).Select(definition => (signal, definition))));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Log_mel_equals_the_reference_rows(string signal, string definition)
    {
        var features = Extract(OptionsOf(definition), ReferenceSignals.Named(signal));
        string[][] rows =
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Features", "LogMel", "reference-rows.tsv"))
                .Select(line => line.Split('\t'))
                .Where(fields => fields[0] == signal && fields[1] == definition),
        ];
        Assert.Equal(6, rows.Length);
        foreach (var row in rows)
        {
            var frame = int.Parse(row[2], CultureInfo.InvariantCulture);
            for (var band = 0; band < 40; band++)
                Assert.Equal(
                    double.Parse(row[3 + band], CultureInfo.InvariantCulture),
                    features[(frame * 40) + band],
                    1e-3
                );
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Log_mel_equals_the_whole_reference_matrix(string signal, string definition)
    {
        var reference = Path.Combine(SharedFolder.Require("reference", "mel"), $"{signal}_{definition}.npy");
        var expected = NpyArray.Read(reference);
        var features = Extract(OptionsOf(definition), ReferenceSignals.Named(signal));
        Assert.Equal(500 * 40, features.Length);
        Assert.True(expected.Zip(features, (a, b) => Math.Abs(a - b)).Max() < 1e-3);
        Assert.Equal(expected.Average(), features.Average(x => (double)x), 1e-4);
    }

    [Theory]
    [InlineData("dcase2017")]
    [InlineData("htk")]
    public void The_filter_bank_equals_the_reference(string definition)
    {
        var reference = Path.Combine(SharedFolder.Require("reference", "mel"), $"melbank_{definition}.npy");
        double[] weights = [.. MelFilters.Weights(OptionsOf(definition)).Cast<double>()];
        Assert.True(NpyArray.Read(reference).Zip(weights, (a, b) => Math.Abs(a - b)).Max() < 1e-12);
    }

    [Fact]
    public void A_batch_equals_its_clips_one_by_one()
    {
        float[][] clips = [.. signals.Select(ReferenceSignals.Named)];
        using LogMelExtractor extractor = new(LogMelOptions.Dcase2017);
        using var scope = torch.NewDisposeScope();
        float[] batch = extractor
            .Extract(torch.tensor(clips.SelectMany(clip => clip).ToArray(), [3, clips[0].Length]))
            .data<float>()
            .ToArray();
        for (var i = 0; i < clips.Length; i++)
            Assert.Equal(Extract(LogMelOptions.Dcase2017, clips[i]), batch[(i * 20_000)..((i + 1) * 20_000)]);
    }

    [Fact]
    public void A_clip_of_ten_seconds_has_500_frames_and_a_shorter_clip_has_fewer()
    {
        Assert.Equal(500, LogMelOptions.Dcase2017.FramesOf(441_000));
        Assert.Equal(50, LogMelOptions.Dcase2017.FramesOf(44_100));
        Assert.Equal(1, (LogMelOptions.Dcase2017 with { Centred = false }).FramesOf(2048));
    }

    [Theory]
    [InlineData(44_100, 0.02, 882)]
    [InlineData(11_025, 0.02, 220)]
    [InlineData(44_100, 0.032, 1411)]
    public void The_hop_in_seconds_is_that_of_the_computed_frames(int rate, double step, int samples)
    {
        LogMelOptions options = new()
        {
            Rate = rate,
            WindowSeconds = 0.04,
            StepSeconds = step,
        };
        Assert.Equal(samples, options.HopSamples);
        Assert.Equal((double)samples / rate, options.HopSeconds);
        Assert.Equal(step, (options with { Rate = null }).HopSeconds);
    }

    [Fact]
    public void Extraction_leaks_no_tensor()
    {
        using LogMelExtractor extractor = new(LogMelOptions.Dcase2017);
        using torch.Tensor waveforms = torch.zeros(1, 44_100);
        extractor.Extract(waveforms).Dispose();
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        extractor.Extract(waveforms).Dispose();
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    [Fact]
    public void All_invalid_options_are_reported_at_once()
    {
        LogMelOptions wrong = new()
        {
            Rate = 44_100,
            WindowSeconds = 0.01,
            StepSeconds = 0.02,
            MaxHz = 30_000,
            BandCount = 0,
        };
        Assert.Equal(
            [
                "the hop of 20 ms is longer than the window of 10 ms; sound between two windows would be lost; give a hop that is not longer than the window",
                "0 bands; give at least one, for example `bands 40`",
                "the frequency range ends at 30000 Hz, but the sampling rate is 44100 Hz; end it at 22050 Hz or below",
            ],
            wrong.Problems().Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void Invalid_scaling_and_pre_emphasis_are_reported()
    {
        var wrong = LogMelOptions.EfficientAt with
        {
            PreEmphasis = 1.5,
            Shift = double.NaN,
            Divisor = 0,
            FilterPrecision = FilterPrecision.Single,
        };
        Assert.Equal(
            [
                "the coefficient of the pre-emphasis is 1.5; give 0 for no pre-emphasis, or a coefficient up to 1, for example 0.97",
                "the shift is NaN; give a finite number",
                "the divisor is 0; it must be greater than 0",
                "filters on Kaldi's mel scale cannot be computed in single precision; use double precision, because single precision is only for the scales Slaney and Htk (torchaudio)",
            ],
            wrong.Problems().Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void Definitions_of_published_networks_have_no_problems_and_their_authors_numbers_of_frames()
    {
        foreach (var options in new[] { LogMelOptions.Panns, LogMelOptions.EfficientAt, LogMelOptions.Cdur })
            Assert.Empty(options.ProblemsInPlans());
        Assert.Equal((1024, 320, 1000), Sizes(LogMelOptions.Panns));
        Assert.Equal((800, 320, 1000), Sizes(LogMelOptions.EfficientAt));
        Assert.Equal((882, 441, 500), Sizes(LogMelOptions.Cdur));

        static (int, int, int) Sizes(LogMelOptions options) =>
            (options.WindowSamples, options.HopSamples, options.FramesOf(10 * options.SampleRate));
    }

    [Fact]
    public void Filters_of_Kaldi_s_scale_are_triangles_over_mel()
    {
        var options = LogMelOptions.EfficientAt;
        var weights = MelFilters.Weights(options);
        var edges = MelFilters.Edges(options);
        const int band = 100;
        static double Mel(double hz) => 1127 * Math.Log(1 + hz / 700);
        for (var bin = 0; bin <= options.FftSize / 2; bin++)
        {
            var (mel, low, high) = (Mel(31.25 * bin), Mel(edges[band]), Mel(edges[band + 2]));
            var expected = Math.Max(0, 1 - Math.Abs(mel - (low + high) / 2) / ((high - low) / 2));
            Assert.Equal(expected, weights[band, bin], 1e-9);
        }
    }

    private static LogMelOptions OptionsOf(string definition) =>
        definition == "htk" ? LogMelOptions.Htk : LogMelOptions.Dcase2017;

    private static float[] Extract(LogMelOptions options, float[] samples)
    {
        using LogMelExtractor extractor = new(options);
        using var scope = torch.NewDisposeScope();
        return extractor.Extract(torch.tensor(samples, [1, samples.Length])).data<float>().ToArray();
    }
}
