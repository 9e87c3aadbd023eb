using Sed.Core.Features;
using Sed.Core.Features.Combined;
using Sed.Core.Features.LogMel;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training.Augmentations;

/// <summary>Augmentations that change the sound: their effect on the powers of bands.</summary>
[Collection(TorchCollection.Name)]
public sealed class SoundTests
{
    private const int Clips = 4;
    private const int Frames = 300;
    private const int Bands = 10;

    private static readonly Dictionary<string, LogMelOptions> definitions = new()
    {
        ["magnitudes, ln"] = new()
        {
            Rate = 8000,
            BandCount = Bands,
            MaxHz = 4000,
        },
        ["powers, ln"] = new LogMelOptions
        {
            Rate = 8000,
            BandCount = Bands,
            MaxHz = 4000,
        }.WithSpectrum(SpectrumKind.Power),
        ["magnitudes, dB, limited"] = LogMelOptions.Desed with { BandCount = Bands },
        ["powers, shifted and divided"] = LogMelOptions.EfficientAt with { BandCount = Bands },
    };

    public static TheoryData<string> Definitions => [.. definitions.Keys];

    public SoundTests() => Sed.Core.Runtime.Torch.Initialize();

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Powers_are_the_inverse_of_the_logarithm(string definition)
    {
        using var scope = NewDisposeScope();
        var energies = definitions[definition].Energies!;
        var powers = Powers();
        Assert.True(energies.ToPowers(energies.FromPowers(powers)).allclose(powers, 1e-4));
    }

    [Fact]
    public void The_floor_and_the_limits_of_the_logarithm_are_kept()
    {
        using var scope = NewDisposeScope();
        var quiet = tensor(new float[] { 0, 1e-20f, 1e-9f, 1e12f }, [1, 1, 4]);
        // 20 log10 of magnitudes of at least 1e-5, from -50 to 80 dB.
        Assert.Equal([-50, -50, -50, 80], Values(definitions["magnitudes, dB, limited"].Energies!.FromPowers(quiet)));
        var floor = (float)((Math.Log(1e-5) + 4.5) / 5);
        var found = Values(definitions["powers, shifted and divided"].Energies!.FromPowers(quiet));
        Assert.Equal(floor, found[0], 1e-6);
        Assert.Equal(floor, found[1], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void A_gain_changes_the_power_by_its_decibels_for_every_definition_of_the_features(string definition)
    {
        using var scope = NewDisposeScope();
        foreach (var kind in (Standardisation[])[Standardisation.None, Standardisation.TrainingSet])
        {
            var batch = Batch(definition, kind);
            var louder = Gain.Apply(batch, [10, -10, 0, 3]);
            var before = batch.Scale!.Powers(batch.Features);
            var ratios = (louder.Scale!.Powers(louder.Features) / before).mean([1, 2]);
            Assert.True(ratios.allclose(tensor(new[] { 10, 0.1f, 1, 1.99526f }), 1e-3));
        }
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Silence_stays_silent_with_any_gain(string definition)
    {
        using var scope = NewDisposeScope();
        foreach (var kind in (Standardisation[])[Standardisation.None, Standardisation.TrainingSet])
        {
            var batch = Batch(definition, kind);
            var scale = batch.Scale!;
            var (silent, _) = scale.WithPowers(batch.Features, zeros(Clips, Frames, Bands));
            var louder = Gain.Apply(batch with { Features = silent }, [20, 6, -6, 0]);
            Assert.True(louder.Features.allclose(silent, 1e-5, 1e-5));
        }
    }

    [Fact]
    public void A_clip_that_is_standardised_on_its_own_does_not_depend_on_the_gain()
    {
        using var scope = NewDisposeScope();
        var batch = Batch("magnitudes, ln", Standardisation.Clip);
        var louder = Gain.Apply(batch, [10, -10, 0, 3]);
        Assert.True(louder.Features.allclose(batch.Features, 1e-4, 1e-4));
        Assert.False(louder.Scale!.Means.allclose(batch.Scale!.Means));
        // The scale follows, so that the sound is known after several changes.
        var back = Gain.Apply(louder, [-10, 10, 0, -3]);
        Assert.True(back.Scale!.Powers(back.Features).allclose(batch.Scale.Powers(batch.Features), 1e-3));
    }

    [Theory]
    [MemberData(nameof(Definitions))]
    public void Noise_has_the_signal_to_noise_ratio_and_the_spectrum_of_white_noise(string definition)
    {
        using var scope = NewDisposeScope();
        var batch = Batch(definition, Standardisation.TrainingSet);
        double[] ratios = [-5, 0, 5, 10];
        var noisy = Noise.Apply(batch, ratios, new Random(1).Normals([2, Clips, Frames, Bands], CPU));
        var powers = batch.Scale!.Powers(batch.Features);
        var added = noisy.Scale!.Powers(noisy.Features) - powers;
        for (var clip = 0; clip < Clips; clip++)
        {
            var found = 10 * Math.Log10(powers[clip].sum().item<float>() / added[clip].sum().item<float>());
            Assert.Equal(ratios[clip], found, 1.0);
        }
        // Where the noise is as strong as the sound, its share of each band is that of white noise.
        var spectrum = added[0].mean([0]);
        var expected = tensor(batch.Scale.Energies!.WhiteNoise.Value);
        Assert.True((spectrum / spectrum.sum()).allclose(expected, 0.5, 0.02));
    }

    [Fact]
    public void White_noise_has_equal_power_in_filters_of_equal_area_and_more_in_wide_filters_with_a_peak_of_1()
    {
        var equal = definitions["magnitudes, ln"].Energies!.WhiteNoise.Value;
        Assert.All(equal, share => Assert.Equal(1.0 / Bands, share, 0.02));
        var wide = (LogMelOptions.Desed with { BandCount = Bands }).Energies!.WhiteNoise.Value;
        Assert.True(wide[^1] > 4 * wide[0]);
        Assert.Equal(1, wide.Sum(), 1e-5);
    }

    [Fact]
    public void Overlaid_powers_are_added_at_the_level_and_the_labels_are_those_of_both_clips()
    {
        using var scope = NewDisposeScope();
        var batch = Batch("powers, ln", Standardisation.TrainingSet) with
        {
            Targets = new BatchTargets(
                tensor(new float[] { 1, 0, 0, 1, 0, 0, 1, 1 }, [Clips, 2]),
                Frames: rand(Clips, Frames, 2).gt(rand(1)).to(float32)
            ),
        };
        var powers = batch.Scale!.Powers(batch.Features);
        var both = Overlay.Apply(batch, [0, 10, -10, 5], [1, 0, 2, 3]);
        var found = both.Scale!.Powers(both.Features);
        for (var clip = 0; clip < 2; clip++)
        {
            var added = found[clip] - powers[clip];
            var other = powers[1 - clip];
            var level = 10 * Math.Log10(powers[clip].mean().item<float>() / added.mean().item<float>());
            Assert.Equal(10 * clip, level, 0.01);
            Assert.True((added / added.mean()).allclose(other / other.mean(), 1e-2, 1e-3));
        }
        // Clips that are their own partners stay unchanged.
        Assert.True(both.Features.narrow(0, 2, 2).allclose(batch.Features.narrow(0, 2, 2), 1e-4, 1e-4));
        Assert.Equal([1, 1, 1, 1, 0, 0, 1, 1], Values(both.Targets.Tags));
        var labels = batch.Targets.Frames!;
        Assert.True(both.Targets.Frames![0].equal(labels[0].maximum(labels[1])).all().item<bool>());
        Assert.True(both.Targets.Frames[2].equal(labels[2]).all().item<bool>());
    }

    [Fact]
    public void A_silent_clip_adds_nothing_and_gets_the_other_clip_at_its_own_level()
    {
        using var scope = NewDisposeScope();
        foreach (var definition in definitions.Keys)
        {
            var batch = Batch(definition, Standardisation.None);
            var features = batch.Features.clone();
            features[1] = batch.Scale!.Energies!.FromPowers(zeros(Frames, Bands));
            var both = Overlay.Apply(batch with { Features = features }, [0, 0, 0, 0], [1, 0, 3, 2]);
            Assert.True(both.Features[0].allclose(features[0], 1e-4, 1e-4));
            Assert.True(both.Features[1].allclose(features[0], 1e-3, 1e-3));
        }
    }

    [Fact]
    public void A_warp_of_all_bands_changes_nothing_and_a_warp_moves_a_tone()
    {
        using var scope = NewDisposeScope();
        var batch = Batch("magnitudes, ln", Standardisation.None);
        var all = FrequencyWarp.Apply(batch, [.. Enumerable.Repeat((0, Bands), Clips)]);
        Assert.True(all.Features.allclose(batch.Features, 1e-5, 1e-5));
        var tone = zeros(Clips, Frames, Bands);
        tone.narrow(2, 4, 1).fill_(1);
        var higher = FrequencyWarp.Apply(batch with { Features = tone }, [.. Enumerable.Repeat((2, 6), Clips)]);
        // Band 4 is the third of six bands, which become ten: 2 * 9 / 5 = 3.6.
        Assert.Equal(4, higher.Features[0, 0].argmax().item<long>());
    }

    [Fact]
    public void Ranges_of_FilterAugment_have_the_minimum_width_and_the_gain_is_within_its_limits()
    {
        using var scope = NewDisposeScope();
        var batch = Batch("powers, ln", Standardisation.None);
        HashSet<int> counts = [];
        for (var seed = 0; seed < 40; seed++)
        {
            var step = new FilterAugment(-6, 6, FilterShape.Step, 2, 3, 3).Apply(batch, new Random(seed));
            var gains = (step.Features - batch.Features)[0, 0];
            Assert.True((gains.abs() <= 0.6 * Math.Log(10) + 1e-4).all().item<bool>());
            int[] widths =
            [
                .. Values(gains)
                    .Select(gain => Math.Round(gain, 3))
                    .Aggregate(
                        new List<(double Gain, int Width)>(),
                        (ranges, gain) =>
                        {
                            if (ranges.Count > 0 && ranges[^1].Gain == gain)
                                ranges[^1] = (gain, ranges[^1].Width + 1);
                            else
                                ranges.Add((gain, 1));
                            return ranges;
                        }
                    )
                    .Select(range => range.Width),
            ];
            Assert.All(widths, width => Assert.True(width >= 3));
            counts.Add(widths.Length);
        }
        Assert.Equal([2, 3], counts.Order());
    }

    [Fact]
    public void Only_the_energies_of_combined_features_are_changed()
    {
        using var scope = NewDisposeScope();
        CombinedFeatures both = new([
            new("samples", new SampleFrames(8000, 160)),
            new("mel", definitions["magnitudes, ln"]),
        ]);
        var energies = both.Energies!;
        Assert.Equal((160, Bands), (energies.First, energies.Count));
        foreach (var kind in (Standardisation[])[Standardisation.TrainingSet, Standardisation.Clip])
        {
            var means = kind == Standardisation.Clip ? zeros(Clips, 1, 1) : randn(1, 1, 160 + Bands);
            FeatureScale scale = new(kind, means, ones_like(means), null, energies);
            AugmentedBatch batch = new(randn(Clips, 20, 160 + Bands), new BatchTargets(zeros(Clips, 2)), Scale: scale);
            var louder = Gain.Apply(batch, [6, 6, 6, 6]);
            Tensor Restored(AugmentedBatch of) => (of.Features * of.Scale!.Deviations) + of.Scale.Means;
            var change = Restored(louder) - Restored(batch);
            Assert.True(change.narrow(2, 0, 160).abs().max().item<float>() < 1e-5);
            Assert.True(change.narrow(2, 160, Bands).allclose(tensor(0.3f * MathF.Log(10)), 1e-3));
        }
        Assert.Null(new CombinedFeatures([.. both.Parts, new("fine", definitions["powers, ln"])]).Energies);
    }

    [Fact]
    public void Frequency_masks_of_combined_features_are_masks_of_the_energies()
    {
        using var scope = NewDisposeScope();
        CombinedFeatures both = new([
            new("samples", new SampleFrames(8000, 160)),
            new("mel", definitions["magnitudes, ln"]),
        ]);
        AugmentedBatch batch = new(ones(50, 20, 160 + Bands), new BatchTargets(zeros(50, 2)), Energies: both.Energies);
        foreach (var augmentation in (Augmentation[])[new SpecAugment(0, 8), new Stripes(0, 0, 1, 8)])
        {
            var masked = augmentation.Apply(batch, new Random(1)).Features;
            Assert.True(masked.narrow(2, 0, 160).eq(1).all().item<bool>());
            // Widths are drawn from 0 to 7 or 8, so at least half of the clips have a mask.
            var clips = masked.narrow(2, 160, Bands).amin([1, 2]).eq(0).sum().item<long>();
            Assert.InRange(clips, 25, 50);
        }
    }

    private static Tensor Powers()
    {
        random.manual_seed(4);
        return randn(Clips, Frames, Bands).exp();
    }

    /// <summary>Standardised features of random powers.</summary>
    private static AugmentedBatch Batch(string definition, Standardisation kind)
    {
        var energies = definitions[definition].Energies!;
        var values = energies.FromPowers(Powers());
        long[] axes = kind == Standardisation.Clip ? [1, 2] : [0, 1];
        var means = values.mean(axes, keepdim: true);
        var deviations = values.std(axes, keepdim: true);
        if (kind == Standardisation.None)
            (means, deviations) = (zeros(1, 1, Bands), ones(1, 1, Bands));
        return new(
            (values - means) / deviations,
            new BatchTargets(zeros(Clips, 2)),
            Scale: new FeatureScale(kind, means, deviations, null, energies)
        );
    }

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
