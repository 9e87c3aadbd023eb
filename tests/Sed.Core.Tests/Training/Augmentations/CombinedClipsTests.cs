using Sed.Core.Runtime;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training.Augmentations;

/// <summary>Which clips augmentations combine with each other, and with which weights.</summary>
[Collection(TorchCollection.Name)]
public sealed class CombinedClipsTests
{
    private const int Frames = 6;
    private static readonly int[] kinds = [2, 2, 2, 2, 5, 5, 5, 5, 9, 9, 9];

    public CombinedClipsTests() => Torch.Initialize();

    public static TheoryData<Augmentation> Combining() =>
        [new Mixup(1), new Mixup(1, true), new Mixup(1, IsPerKind: true), new MixupPairs(1)];

    [Theory]
    [MemberData(nameof(Combining))]
    public void Clips_that_must_not_be_combined_keep_their_features_and_labels_exactly(Augmentation augmentation)
    {
        using var scope = NewDisposeScope();
        var batch = Batch([.. kinds.Select(kind => kind != 9)]);
        for (var seed = 0; seed < 5; seed++)
        {
            var changed = augmentation.Apply(batch, new Random(seed));
            foreach (
                var (before, after) in new[]
                {
                    (batch.Features, changed.Features),
                    (batch.Targets.Tags, changed.Targets.Tags),
                    (batch.Targets.Frames!, changed.Targets.Frames!),
                }
            )
            {
                Assert.Equal(Values(before[8..]), Values(after[^3..]));
                Assert.NotEqual(Values(before[..4]), Values(after[..4]));
            }
            Assert.Equal([false, false, false], changed.Targets.Combined![^3..]);
            Assert.Equal(changed.Targets.Kinds!.Length, changed.Targets.Combined!.Length);
        }
    }

    [Fact]
    public void Clips_that_must_not_be_combined_are_not_overlaid()
    {
        var batch = Batch([true, true, true, true, false, false, false, false, true, true, true]);
        var orders = Enumerable
            .Range(0, 10)
            .Select(seed => Partners.Of(Partners.Groups(kinds.Length, batch.Targets), kinds.Length, new Random(seed)))
            .ToArray();
        foreach (var partners in orders)
        {
            Assert.Equal([4, 5, 6, 7], partners[4..8]);
            Assert.Equal([0, 1, 2, 3], partners[..4].Order());
            Assert.Equal([8, 9, 10], partners[8..].Order());
        }
        Assert.Contains(orders, partners => partners[0] != 0);
    }

    [Fact]
    public void One_weight_of_the_batch_or_one_weight_of_each_kind_of_labels_is_drawn()
    {
        using var scope = NewDisposeScope();
        var batch = Batch(null);
        var differing = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            foreach (var group in Shares(new Mixup(1), batch, seed).Concat(Shares(new Mixup(1, true), batch, seed)))
                Assert.Equal(Shares(new Mixup(1), batch, seed).First(), group, 1e-4);
            var own = Shares(new Mixup(1, IsPerKind: true), batch, seed).ToArray();
            if (own.Length > 1 && own.Max() - own.Min() > 0.01)
                differing++;
            Assert.All(own, share => Assert.InRange(share, 0, 1));
        }
        Assert.InRange(differing, 8, 10);
    }

    [Fact]
    public void One_weight_of_the_batch_has_the_draws_and_the_values_of_a_single_factor()
    {
        using var scope = NewDisposeScope();
        var batch = Batch(null);
        Random draw = new(7);
        var share = MathNet.Numerics.Distributions.Beta.Sample(draw, 0.2, 0.2);
        long[] partners = [.. kinds.Select((_, clip) => (long)clip)];
        foreach (var kind in new[] { 2, 5, 9 })
        {
            long[] own = [.. partners.Where(clip => kinds[clip] == kind)];
            long[] shuffled = [.. own];
            draw.Shuffle(shuffled);
            foreach (var (clip, partner) in own.Zip(shuffled))
                partners[clip] = partner;
        }
        var others = batch.Features.index_select(0, tensor(partners));
        var expected = batch.Features.Times(share).Plus(others.Times(1 - share));
        var mixed = new Mixup(0.2).Apply(batch, new Random(7));
        Assert.Equal(Values(expected), Values(mixed.Features));
    }

    /// <summary>Random features and labels of clips of three kinds.</summary>
    private static AugmentedBatch Batch(bool[]? combined)
    {
        random.manual_seed(1);
        return new(
            randn(kinds.Length, Frames, 5),
            new BatchTargets(rand(kinds.Length, 3), Frames: rand(kinds.Length, Frames, 3))
            {
                Kinds = kinds,
                Combined = combined,
            }
        );
    }

    /// <summary>
    /// The weight that gives the mixed features, for each kind in which clips have partners other than themselves.
    /// </summary>
    private static IEnumerable<double> Shares(Mixup mixup, AugmentedBatch batch, int seed)
    {
        var mixed = mixup.Apply(batch, new Random(seed)).Features;
        foreach (var kind in new[] { 2, 5, 9 })
        {
            int[] own = [.. Enumerable.Range(0, kinds.Length).Where(clip => kinds[clip] == kind)];
            var found = own.SelectMany(clip =>
                    own.Where(other => other != clip)
                        .Select(other => ShareOf(mixed[clip], batch.Features[clip], batch.Features[other]))
                )
                .OfType<double>()
                .ToArray();
            if (found.Length > 0)
                yield return found[0];
        }
    }

    /// <summary>The weight of the first clip in a mixture; null if it is no mixture of the two clips.</summary>
    private static double? ShareOf(Tensor mixed, Tensor first, Tensor second)
    {
        var (found, own, other) = (Values(mixed), Values(first), Values(second));
        var difference = own.Zip(other, (one, two) => (double)one - two).ToArray();
        var along = found.Zip(other, (one, two) => (double)one - two).ToArray();
        var share = along.Zip(difference, (one, two) => one * two).Sum() / difference.Sum(value => value * value);
        var rest = along.Zip(difference, (one, two) => Math.Abs(one - (share * two))).Max();
        // A weight of 1 means that the clip is its own partner.
        return rest < 1e-5 && Math.Abs(share - 1) > 1e-6 ? share : null;
    }

    private static float[] Values(Tensor tensor) => tensor.contiguous().data<float>().ToArray();
}
