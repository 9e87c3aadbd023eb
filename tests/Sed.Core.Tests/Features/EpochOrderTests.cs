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
    public void Balanced_order_draws_classes_and_clips_without_events_equally_often_and_uses_all_their_clips()
    {
        Clip[] clips =
        [
            .. Enumerable.Range(0, 90).Select(i => TinyCorpus.Clip($"a{i}", $"a{i}", ["a"])),
            .. Enumerable.Range(0, 9).Select(i => TinyCorpus.Clip($"b{i}", $"b{i}", ["b"])),
            .. Enumerable.Range(0, 2).Select(i => TinyCorpus.Clip($"none{i}", $"none{i}", [])),
            TinyCorpus.Clip("unknown", "unknown", []) with
            {
                UnknownLabels = ["a", "b"],
            },
        ];
        Manifest corpus = new("unequal", new Sed.Core.Annotations.ClassList(["a", "b"]), 44_100, 10, clips);
        int[] all = [.. Enumerable.Range(0, 102)];
        var order = EpochOrder.Balanced(corpus, all, 1, 0);
        Assert.Equal(102, order.Length);
        Assert.Equal(34, order.Count(i => i < 90));
        Assert.Equal(34, order.Where(i => i < 90).Distinct().Count());
        Assert.Equal(34, order.Count(i => i is >= 90 and < 99));
        Assert.Equal(9, order.Where(i => i is >= 90 and < 99).Distinct().Count());
        Assert.Equal([17, 17], new[] { 99, 100 }.Select(empty => order.Count(i => i == empty)));
        Assert.Equal(order, EpochOrder.Balanced(corpus, all, 1, 0));
        Assert.NotEqual(order, EpochOrder.Balanced(corpus, all, 1, 1));
    }

    [Fact]
    public void Clips_without_any_class_cannot_be_balanced()
    {
        Manifest corpus = new(
            "silent",
            new Sed.Core.Annotations.ClassList(["a"]),
            44_100,
            10,
            [TinyCorpus.Clip("none", "none", [])]
        );
        Assert.Throws<ArgumentException>(() => EpochOrder.Balanced(corpus, [0], 1, 0));
    }
}
