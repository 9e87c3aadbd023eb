using static TorchSharp.torch;

namespace Sed.Core.Training.Targets;

/// <summary>Targets of a batch. Valid in the step's dispose scope.</summary>
/// <param name="Tags">Weak targets, 0 to 1, shape (batch, classes); with bags, shape (bags, classes).</param>
/// <param name="Tagged">
/// 1 for clips with weak targets and 0 for others, shape (batch); null, as always with bags: all clips have them.
/// </param>
/// <param name="Frames">
/// Frame targets, 0 to 1, shape (batch, frames, classes); null: the tags, repeated for every frame.
/// </param>
/// <param name="Framed">
/// 1 for clips with frame targets and 0 for others, shape (batch); null: all clips have them.
/// </param>
/// <param name="Kinds">
/// A group number per clip; mixup combines clips of the same group only. Null: all clips form one group.
/// </param>
/// <param name="Bags">
/// The bag of each clip, from 0 and ascending. The windows of a weakly labelled recording are a bag, whose weak output is the
/// maximum over its windows (multiple instance learning). Null: every clip has its own weak output.
/// </param>
internal sealed record BatchTargets(
    Tensor Tags,
    Tensor? Tagged = null,
    Tensor? Frames = null,
    Tensor? Framed = null,
    int[]? Kinds = null,
    int[]? Bags = null
);
