using Sed.Core.Runtime;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;

namespace Sed.Core.Training;

/// <content>The composition of the batches.</content>
public sealed partial class TrainingTargets
{
    /// <summary>
    /// The batches of an epoch: the clips of <see cref="Order"/>; the windows of a recording stay together.
    /// </summary>
    internal int[][] Batches(TrainingOptions options, int epoch)
    {
        var order = Order(options, epoch);
        return bags is null
            ? [.. order.Chunk(options.BatchSize)]
            : bags.Batches(order, options.BatchSize, options.Seed, epoch);
    }

    /// <summary>
    /// The clips of an epoch in batch order. Without <see cref="Labels.Mixed"/>, the clips follow
    /// <see cref="TrainingOptions.Order"/>. With it, every batch has a fixed number of clips of each kind: the number
    /// of batches is the number of used clips divided by the batch size, rounded up, and each kind cycles through its
    /// own clips.
    /// </summary>
    internal int[] Order(TrainingOptions options, int epoch)
    {
        if (labels is not Labels.Mixed mixed)
            return Clips.Order(options.Order, options.Seed, epoch, assignment.Used);
        var steps = (assignment.Used.Length + options.BatchSize - 1) / options.BatchSize;
        var counts = mixed.Counts(options.BatchSize);
        int[][] kinds =
        [
            .. mixed.Shares.Select(
                (share, i) => Repeated(LabelAssignment.KindOf(share.Kind), steps * counts[i], options, epoch)
            ),
        ];
        return
        [
            .. Enumerable
                .Range(0, steps)
                .SelectMany(step => kinds.SelectMany((own, i) => own.Skip(step * counts[i]).Take(counts[i]))),
        ];
    }

    private int[] Repeated(LabelKind kind, int count, TrainingOptions options, int epoch)
    {
        var own = assignment.Of(kind);
        // The labels of unlabelled clips are withheld, so they must not affect the order.
        var order = kind == LabelKind.Unlabelled ? ClipOrder.Shuffled : options.Order;
        return
        [
            .. Enumerable
                .Range(0, (count + own.Length - 1) / own.Length)
                .SelectMany(round =>
                    Clips.Order(order, RandomSource.SeedFor(options.Seed, "kind", DrawName(kind), round), epoch, own)
                )
                .Take(count),
        ];
    }

    // Part of the seed, so the names must not change.
    private static string DrawName(LabelKind kind) =>
        kind switch
        {
            LabelKind.Unlabelled => "Unlabelled",
            LabelKind.Weak => "Weak",
            LabelKind.Strong => "Strong",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
}
