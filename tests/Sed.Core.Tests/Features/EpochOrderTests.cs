using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Tests.Corpora;

namespace Sed.Core.Tests.Features;

public sealed class EpochOrderTests
{
    [Fact]
    public void A_shuffle_depends_only_on_seed_and_epoch()
    {
        int[] clips = [.. Enumerable.Range(10, 100)];
        var order = EpochOrder.Shuffled(clips, 1, 3);
        Assert.Equal(clips, order.Order());
        Assert.Equal(order, EpochOrder.Shuffled(clips, 1, 3));
        Assert.NotEqual(order, EpochOrder.Shuffled(clips, 1, 4));
        Assert.NotEqual(order, EpochOrder.Shuffled(clips, 2, 3));
    }

    [Fact]
    public void Balanced_order_draws_classes_equally_often_and_uses_all_their_clips()
    {
        Clip[] clips =
        [
            .. Enumerable.Range(0, 90).Select(i => TinyCorpus.Clip($"a{i}", $"a{i}", ["a"])),
            .. Enumerable.Range(0, 9).Select(i => TinyCorpus.Clip($"b{i}", $"b{i}", ["b"])),
            TinyCorpus.Clip("none", "none", []),
        ];
        Manifest corpus = new("unequal", new Sed.Core.Annotations.ClassList(["a", "b"]), 44_100, 10, clips);
        var order = EpochOrder.Balanced(corpus, [.. Enumerable.Range(0, 100)], 1, 0);
        Assert.Equal(100, order.Length);
        Assert.Equal(50, order.Count(i => i < 90));
        Assert.Equal(50, order.Where(i => i < 90).Distinct().Count());
        Assert.Equal(9, order.Where(i => i is >= 90 and < 99).Distinct().Count());
        Assert.DoesNotContain(99, order);
        Assert.Equal(order, EpochOrder.Balanced(corpus, [.. Enumerable.Range(0, 100)], 1, 0));
        Assert.NotEqual(order, EpochOrder.Balanced(corpus, [.. Enumerable.Range(0, 100)], 1, 1));
    }
}
