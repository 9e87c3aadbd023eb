using System.Globalization;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Runtime;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training.Augmentations;

/// <summary>
/// Augmentations with given random numbers, compared with the authors' code: FilterAugment of Nam et al., the warp,
/// MixStyle and time mask of CPJKU, noise and mixup of DESED_task. <c>tools/reference/augmentations.py</c> wrote the
/// expected values.
/// </summary>
[Collection(TorchCollection.Name)]
public sealed class AuthorsTests
{
    private const int Clips = 3;
    private const int Frames = 12;
    private const int Bands = 16;
    private const int Classes = 4;
    private const int Pooling = 2;
    private const double Tolerance = 2e-6; // relative to the largest value

    private static readonly long[] partners = [2, 0, 1];

    public AuthorsTests() => Torch.Initialize();

    [Theory]
    [InlineData(FilterShape.Step, 3, "filter step")]
    [InlineData(FilterShape.Linear, 4, "filter linear")]
    public void Filters_equal_those_of_FilterAugment(FilterShape shape, int count, string expected)
    {
        using var scope = NewDisposeScope();
        var drawn = Uniforms(3, Clips * count).Chunk(count);
        double[][] gains = [.. drawn.Select(own => own.Select(gain => (12.0 * gain) - 6).ToArray())];
        AugmentedBatch Filtered(AugmentedBatch batch) =>
            new FilterAugment(-6, 6, shape).Apply(batch, [0, 4, 9, Bands], gains);
        AssertEqual(expected, Filtered(Batch(Standardisation.None)).Features);
        AssertEqual($"{expected} of standardised clips", Filtered(Batch(Standardisation.Clip)).Features);
        // Statistics of the training clips are those of the decibels before the change.
        var changed = Filtered(Batch(Standardisation.TrainingSet));
        AssertEqual(expected, changed.Scale!.Values(changed.Features));
    }

    [Fact]
    public void The_warp_equals_that_of_CPJKU()
    {
        using var scope = NewDisposeScope();
        foreach (
            var kind in (Standardisation[])[Standardisation.None, Standardisation.TrainingSet, Standardisation.Clip]
        )
        {
            var batch = FrequencyWarp.Apply(Batch(kind), [.. Enumerable.Repeat((3, 11), Clips)]);
            AssertEqual("warp", batch.Scale!.Values(batch.Features));
        }
    }

    [Fact]
    public void MixStyle_equals_that_of_CPJKU()
    {
        using var scope = NewDisposeScope();
        double[] shares = [.. Uniforms(5, Clips).Select(share => (double)Math.Max(share, 1 - share))];
        AssertEqual("mixstyle", MixStyle.Apply(Batch(Standardisation.None), shares, partners).Features);
    }

    [Fact]
    public void Feature_noise_equals_that_of_DESED_task()
    {
        using var scope = NewDisposeScope();
        var normals = tensor(Uniforms(7, Clips * Frames * Bands), [Clips, Frames, Bands]);
        var ratios = Uniforms(6, Clips).Select(drawn => ((6 - 30) * (double)drawn) + 30);
        AssertEqual("noise", FeatureNoise.Apply(Batch(Standardisation.None), ratios, normals).Features);
    }

    [Fact]
    public void Masked_features_and_labels_equal_those_of_CPJKU()
    {
        using var scope = NewDisposeScope();
        var masked = TimeMask.Apply(Batch(Standardisation.Clip), 2, 3);
        AssertEqual("mask", masked.Features);
        AssertEqual("mask labels", masked.Targets.Frames!);
    }

    [Theory]
    [InlineData(false, "mixup soft")]
    [InlineData(true, "mixup hard")]
    public void Mixup_equals_that_of_DESED_task(bool isHard, string expected)
    {
        using var scope = NewDisposeScope();
        var mixed = new Mixup(0.2, isHard).Apply(Batch(Standardisation.None), [0.3, 0.3, 0.3], partners);
        AssertEqual(expected, mixed.Features);
        AssertEqual($"{expected} labels", mixed.Targets.Frames!);
    }

    /// <summary>Mel magnitudes in decibels, standardised, with frame labels.</summary>
    private static AugmentedBatch Batch(Standardisation kind)
    {
        float[] decibels =
        [
            .. Uniforms(1, Clips * Frames * Bands).Select(drawn => (float)(20 * (-2 + (3 * (double)drawn)))),
        ];
        var labels = Uniforms(2, Clips * Frames / Pooling * Classes).Select(drawn => drawn > 0.5f ? 1f : 0f).ToArray();
        var energies = (LogMelOptions.Desed with { BandCount = Bands }).Energies;
        var values = tensor(decibels, [Clips, Frames, Bands]);
        var (means, deviations) =
            kind == Standardisation.None ? (zeros(1, 1, Bands), ones(1, 1, Bands))
            : kind == Standardisation.TrainingSet
                ? (values.mean([0, 1], keepdim: true), values.std([0, 1], keepdim: true))
            : OfClips(decibels);
        return new(
            (values - means) / deviations,
            new BatchTargets(ones(Clips, Classes), Frames: tensor(labels, [Clips, Frames / Pooling, Classes])),
            FrameStep: Pooling,
            Scale: new FeatureScale(kind, means, deviations, null, energies)
        );
    }

    private static (Tensor Means, Tensor Deviations) OfClips(float[] decibels)
    {
        var own = decibels.Chunk(Frames * Bands).Select(clip => BandStatistics.OwnOf(clip)).ToArray();
        return (
            Draws.PerClip(own.Select(clip => clip.Mean), CPU),
            Draws.PerClip(own.Select(clip => clip.Deviation), CPU)
        );
    }

    /// <summary>Numbers from 0 to 1 of a linear congruential generator.</summary>
    private static float[] Uniforms(uint seed, int count)
    {
        var numbers = new float[count];
        foreach (ref var number in numbers.AsSpan())
        {
            seed = unchecked((1664525 * seed) + 1013904223);
            number = (seed >> 16) / 65536f;
        }
        return numbers;
    }

    private static void AssertEqual(string expected, Tensor found)
    {
        string[][] rows =
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Training", "Augmentations", "authors.tsv"))
                .Select(line => line.Split('\t'))
                .Where(fields => fields[0] == expected),
        ];
        Assert.NotEmpty(rows);
        var scale = rows.SelectMany(row => row[3..]).Max(value => Math.Abs(Number(value)));
        foreach (var row in rows)
        {
            var values = found[int.Parse(row[1], CultureInfo.InvariantCulture)][
                int.Parse(row[2], CultureInfo.InvariantCulture)
            ];
            Assert.Equal(values.shape[0], row.Length - 3);
            for (var at = 3; at < row.Length; at++)
                Assert.Equal(Number(row[at]), values[at - 3].item<float>(), Tolerance * scale);
        }
    }

    private static double Number(string value) => double.Parse(value, CultureInfo.InvariantCulture);
}
