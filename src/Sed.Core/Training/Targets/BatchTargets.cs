using static TorchSharp.torch;

namespace Sed.Core.Training.Targets;

/// <summary>Targets of a batch. Valid in the step's dispose scope.</summary>
/// <param name="Tags">Weak targets, 0 to 1, shape (batch, classes); with bags, shape (bags, classes).</param>
/// <param name="Tagged">
/// 1 for clips with weak targets and 0 for all others, shape (batch). Null if all clips have weak targets. It is always
/// null with bags.
/// </param>
/// <param name="Frames">
/// Frame targets, 0 to 1, shape (batch, frames, classes); null: the tags, repeated for every frame.
/// </param>
/// <param name="Framed">
/// 1 for clips with frame targets and 0 for all others, shape (batch). Null: all clips have frame targets.
/// </param>
/// <param name="Kinds">
/// A group number per clip; mixup combines clips of the same group only. Null: all clips form one group.
/// </param>
/// <param name="Bags">
/// The bag of each clip, from 0 and ascending. The windows of a weakly labelled recording are a bag, whose weak output
/// is the maximum over its windows (multiple instance learning). Null: every clip has its own weak output.
/// </param>
/// <param name="KnownTags">
/// Mask of the weak loss: 1 for known targets and 0 for unknown targets. Same shape as <paramref name="Tags"/>. Null if
/// all targets are known.
/// </param>
/// <param name="KnownFrames">
/// Mask of the strong loss: 1 for known targets and 0 for unknown targets. Same shape as <paramref name="Frames"/>.
/// Null if all targets are known.
/// </param>
/// <param name="Consistent">
/// 1 for clips that the consistency loss of a mean teacher uses and 0 for all others, shape (batch). Null: it uses all
/// clips.
/// </param>
/// <param name="Pseudo">
/// Pseudo-labels with a loss of their own, 0 to 1, shape (batch, frames, classes). Null: there are no such
/// pseudo-labels.
/// </param>
/// <param name="Annotated">
/// 1 for classes that the clip's corpus annotates and 0 for others, shape (batch, classes). Null if the corpora of all
/// clips annotate all classes.
/// </param>
/// <param name="Combined">
/// Whether augmentations may combine each clip with other clips of its group. Null: all clips may be combined.
/// </param>
internal sealed record BatchTargets(
    Tensor Tags,
    Tensor? Tagged = null,
    Tensor? Frames = null,
    Tensor? Framed = null,
    int[]? Kinds = null,
    int[]? Bags = null,
    Tensor? KnownTags = null,
    Tensor? KnownFrames = null,
    Tensor? Consistent = null,
    Tensor? Pseudo = null,
    bool[]? Combined = null,
    Tensor? Annotated = null
)
{
    /// <summary>
    /// Repeats the values of each bag for all clips of the bag; without bags, returns the values unchanged.
    /// </summary>
    /// <param name="ofBags">Values with the shape of <see cref="Tags"/>.</param>
    public Tensor PerClip(Tensor ofBags) =>
        Bags is { } bags ? ofBags.index_select(0, tensor(bags, device: ofBags.device)) : ofBags;

    /// <summary>
    /// Mask of the weak loss: 1 for weak targets that the loss includes and 0 for all others, in a shape that
    /// broadcasts to the tags. Null: the loss includes all weak targets.
    /// </summary>
    public Tensor? CountedTags => Product(Tagged?.unsqueeze(1), KnownTags);

    /// <summary><see cref="KnownTags"/> of each clip, shape (batch, classes).</summary>
    public Tensor? KnownTagsOfClips => KnownTags is { } known ? PerClip(known) : null;

    /// <summary>
    /// Mask of the strong loss: 1 for frame targets that the loss includes and 0 for all others, in a shape that
    /// broadcasts to (batch, frames, classes). Null: the loss includes all frame targets.
    /// </summary>
    /// <param name="sound">
    /// 1 for frames of the clip and 0 for padding, shape (batch, frames). Null: padding is not masked.
    /// </param>
    public Tensor? CountedFrames(Tensor? sound) => Product(Framed?.view(-1, 1, 1), KnownAtFrames(sound));

    /// <summary>
    /// Mask of the known labels: 1 for each frame and class with a known label outside the padding, and 0 for all
    /// others. It does not depend on whether the clip has frame targets. Null: all labels are known. Shape as in <see
    /// cref="CountedFrames"/>.
    /// </summary>
    public Tensor? KnownAtFrames(Tensor? sound) =>
        Product(sound?.unsqueeze(2), Frames is null ? KnownTagsOfClips?.unsqueeze(1) : KnownFrames);

    /// <summary>
    /// Mask of the consistency loss of the weak output, in a shape that broadcasts to (batch, classes). Null: nothing
    /// is masked.
    /// </summary>
    public Tensor? ConsistentTags => Product(Consistent?.unsqueeze(1), KnownTagsOfClips);

    /// <summary>
    /// Mask of the consistency loss of the strong output, in a shape that broadcasts to (batch, frames, classes). Null:
    /// nothing is masked.
    /// </summary>
    /// <param name="sound">As in <see cref="CountedFrames"/>.</param>
    public Tensor? ConsistentFrames(Tensor? sound) => Product(Consistent?.view(-1, 1, 1), KnownAtFrames(sound));

    /// <summary>
    /// Removes tags after frame labels have been removed, in a batch without bags. The tag of a class is removed if the
    /// class had a label above 0 in some frame before, but has none afterwards. If the label of the class is unknown in
    /// a remaining frame, the class may still be present there, so the tag becomes unknown.
    /// </summary>
    /// <param name="before">Frame labels before the removal, shape (batch, frames, classes).</param>
    /// <param name="after">Frame labels after the removal, same shape.</param>
    /// <param name="unknown">
    /// 1 for unknown labels of frames that remain and are not padding, and 0 for all others, same shape. Null: all labels
    /// are known.
    /// </param>
    public BatchTargets WithoutTags(Tensor before, Tensor after, Tensor? unknown)
    {
        var isKept = HasAny(before).logical_not().logical_or(HasAny(after));
        var left = this with { Tags = Tags.where(isKept, zeros_like(Tags)) };
        if (unknown is null)
            return left;
        var isKnown = isKept.logical_or(HasAny(unknown).logical_not());
        // Without a mask, the loss is computed by simpler operations.
        return KnownTags is null && isKnown.all().item<bool>()
            ? left
            : left with
            {
                KnownTags = (KnownTags ?? ones_like(Tags)).where(isKnown, zeros_like(Tags)),
            };

        static Tensor HasAny(Tensor labels) => labels.amax([1]).to(ScalarType.Bool);
    }

    /// <summary>Multiplies two masks. Null is a mask that includes everything.</summary>
    public static Tensor? Product(Tensor? one, Tensor? other) =>
        one is null ? other
        : other is null ? one
        : one * other;
}
