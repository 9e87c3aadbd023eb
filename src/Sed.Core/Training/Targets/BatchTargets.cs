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
/// <param name="KnownTags">
/// Mask of the weak loss: 1 for known targets and 0 for unknown targets. Same shape as <paramref name="Tags"/>. Null if all
/// targets are known.
/// </param>
/// <param name="KnownFrames">
/// Mask of the strong loss: 1 for known targets and 0 for unknown targets. Same shape as <paramref name="Frames"/>. Null if all
/// targets are known.
/// </param>
internal sealed record BatchTargets(
    Tensor Tags,
    Tensor? Tagged = null,
    Tensor? Frames = null,
    Tensor? Framed = null,
    int[]? Kinds = null,
    int[]? Bags = null,
    Tensor? KnownTags = null,
    Tensor? KnownFrames = null
)
{
    /// <summary>Values of the bags, repeated for each clip of the bag; the same values without bags.</summary>
    /// <param name="ofBags">Values with the shape of <see cref="Tags"/>.</param>
    public Tensor PerClip(Tensor ofBags) =>
        Bags is { } bags ? ofBags.index_select(0, tensor(bags, device: ofBags.device)) : ofBags;

    /// <summary>The weak targets that count, 1 or 0, in a shape that broadcasts to the tags; null: all count.</summary>
    public Tensor? CountedTags => Product(Tagged?.unsqueeze(1), KnownTags);

    /// <summary><see cref="KnownTags"/> of each clip, shape (batch, classes).</summary>
    public Tensor? KnownTagsOfClips => KnownTags is { } known ? PerClip(known) : null;

    /// <summary>
    /// The frame targets that count, 1 or 0, in a shape that broadcasts to (batch, frames, classes); null: all count.
    /// </summary>
    /// <param name="sound">1 for frames of the clip and 0 for padding, shape (batch, frames); null: all frames count.</param>
    public Tensor? CountedFrames(Tensor? sound) => Product(Framed?.view(-1, 1, 1), KnownAtFrames(sound));

    /// <summary>
    /// The frames and classes whose labels are known, 1 or 0, whether they are targets or not; null: all. Shape as in
    /// <see cref="CountedFrames"/>.
    /// </summary>
    public Tensor? KnownAtFrames(Tensor? sound) =>
        Product(sound?.unsqueeze(2), Frames is null ? KnownTagsOfClips?.unsqueeze(1) : KnownFrames);

    private static Tensor? Product(Tensor? one, Tensor? other) =>
        one is null ? other
        : other is null ? one
        : one * other;
}
