using static TorchSharp.torch;

namespace Sed.Core.Training.Targets;

/// <summary>What the outputs of a batch are held against. Valid in the step's dispose scope.</summary>
/// <param name="Tags">Weak labels, 0 to 1, shape (batch, classes).</param>
/// <param name="Tagged">1 for each clip whose tags are told and 0 for others, shape (batch); null: those of all are.</param>
/// <param name="Frames">What frames are held against, 0 to 1, shape (batch, frames, classes); null: the tags, repeated.</param>
/// <param name="Framed">1 for each clip whose frames are held against something, shape (batch); null: those of all are.</param>
/// <param name="Kinds">A number for each clip, the same where as much is told; null: of all as much is.</param>
internal sealed record BatchTargets(
    Tensor Tags,
    Tensor? Tagged = null,
    Tensor? Frames = null,
    Tensor? Framed = null,
    int[]? Kinds = null
);
