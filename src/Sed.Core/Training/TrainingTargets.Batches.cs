using Sed.Core.Runtime;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Targets;

namespace Sed.Core.Training;

/// <content>The composition of the batches.</content>
public sealed partial class TrainingTargets
{
    /// <summary>
    /// Divides the clips of an epoch, in the order of <see cref="Order"/>, into batches. All windows of a recording are
    /// in the same batch.
    /// </summary>
    internal int[][] Batches(TrainingOptions options, int epoch)
    {
        var order = Order(options, epoch);
        return bags is null
            ? [.. order.Chunk(options.BatchSize)]
            : bags.Batches(order, IsOfUnits(options), options.BatchSize, options.Seed, epoch);
    }

    /// <summary>
    /// The clips of an epoch in batch order. Without <see cref="Labels.Mixed"/>, the clips follow
    /// <see cref="TrainingOptions.Order"/>. In class-balanced order, one window stands for all windows of a weakly
    /// labelled recording. With mixed labels, every batch has a fixed number of clips of each share,
    /// and each share cycles through its own clips. The number of batches is then the number of used clips divided by
    /// the batch size, rounded up. With <see cref="Labels.Mixed.EndsWithFirst"/>, the number of batches is the largest
    /// one for which no share repeats a clip, but at least 1.
    /// </summary>
    internal int[] Order(TrainingOptions options, int epoch)
    {
        if (labels is not Labels.Mixed mixed)
            return IsOfUnits(options)
                ? Clips.Order(options.Order, options.Seed, epoch, bags!.Units(assignment.Used), bags.LabelledBy)
                : Clips.Order(options.Order, options.Seed, epoch, assignment.Used);
        var counts = mixed.Counts(options.BatchSize);
        // There is at least one batch. A share with too few clips for one batch repeats its clips.
        var steps = mixed.EndsWithFirst
            ? Math.Max(1, counts.Select((count, share) => assignment.OfShare(share).Length / count).Min())
            : (assignment.Used.Length + options.BatchSize - 1) / options.BatchSize;
        int[][] kinds = [.. mixed.Shares.Select((_, i) => Repeated(mixed, i, steps * counts[i], options, epoch))];
        return
        [
            .. Enumerable
                .Range(0, steps)
                .SelectMany(step => kinds.SelectMany((own, i) => own.Skip(step * counts[i]).Take(counts[i]))),
        ];
    }

    // Classes are balanced over recordings, because the windows of a recording share its labels.
    private bool IsOfUnits(TrainingOptions options) => bags is not null && options.Order == ClipOrder.Balanced;

    private int[] Repeated(Labels.Mixed mixed, int share, int count, TrainingOptions options, int epoch)
    {
        var own = assignment.OfShare(share);
        var kind = LabelAssignment.KindOf(mixed.Shares[share].Kind);
        var name = mixed.Shares[share].Part is { } part ? $"{DrawName(kind)} of {part}" : DrawName(kind);
        // The labels of unlabelled clips are withheld, so they must not affect the order.
        var order = kind == LabelKind.Unlabelled ? ClipOrder.Shuffled : options.Order;
        return
        [
            .. Enumerable
                .Range(0, (count + own.Length - 1) / own.Length)
                .SelectMany(round =>
                    Clips.Order(order, RandomSource.SeedFor(options.Seed, "kind", name, round), epoch, own)
                )
                .Take(count),
        ];
    }

    // The names must not change, because the random seed depends on them.
    private static string DrawName(LabelKind kind) =>
        kind switch
        {
            LabelKind.Unlabelled => "Unlabelled",
            LabelKind.Weak => "Weak",
            LabelKind.Strong => "Strong",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
}
