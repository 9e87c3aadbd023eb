using MathNet.Numerics.Distributions;
using Sed.Core.Features;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>
/// Time shift: moves the features and the frame labels of each clip by the same random time. The shift is drawn from a
/// normal distribution around 0 and truncated to whole frames of the strong output, so that labels move exactly with
/// the sound. Frames that leave the clip re-enter at the other end (as in the function frame_shift of DESED_task and of
/// FDY-SED). If they are dropped instead, the other end is filled with frames whose features are 0 (the mean) and which
/// have no labels.
/// </summary>
/// <param name="Deviation">
/// Standard deviation of the shift in feature frames, greater than 0. FDY-SED (Nam et al. 2022) uses 90 frames of 16
/// ms. So does the function frame_shift of DESED_task, which no recipe of DESED_task calls.
/// </param>
/// <param name="IsPadded">
/// Whether frames that leave the clip are dropped. Default false: they re-enter at the other end. If all frames with
/// the class of a tag are dropped, the tag is removed, or becomes unknown if the label of the class is unknown in other
/// frames. The tags of weakly labelled recordings with several windows are always kept.
/// </param>
[Key("timeShift")]
public sealed record TimeShift(
    [property: Key("deviation")] double Deviation,
    [property: Key("padded", OmitWhen = false)] bool IsPadded = false
) : Augmentation
{
    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant($"time shift by {Deviation:R} frames, {(IsPadded ? "padded" : "circular")}");

    /// <inheritdoc/>
    public override IEnumerable<Problem> Problems()
    {
        if (!(Deviation > 0 && double.IsFinite(Deviation)))
            yield return Problem.Of(
                FormattableString.Invariant($"the standard deviation of the time shift is {Deviation:R} frames"),
                "it must be greater than 0; leave out `timeShift` to disable it"
            );
    }

    /// <inheritdoc/>
    public override bool ChangesLabels => true;

    internal override AugmentedBatch Apply(AugmentedBatch batch, Random draw)
    {
        var (clips, frames) = ((int)batch.Features.shape[0], (int)batch.Features.shape[1]);
        var outputs = (int)(batch.Targets.Frames?.shape[1] ?? batch.Sound?.shape[1] ?? frames);
        var step = batch.StepOf(outputs);
        // Shifts in output frames.
        var shifts = new long[clips];
        for (var clip = 0; clip < clips; clip++)
            shifts[clip] = (long)Math.Clamp(Normal.Sample(draw, 0, Deviation) / step, -outputs, outputs);
        Shift ofOutputs = new(shifts, outputs, outputs, this);
        // Feature frames after the last whole output frame are not moved, because they have no labels. A circular shift
        // keeps them; a padded shift drops them.
        var ofFeatures =
            outputs == frames
                ? ofOutputs
                : new Shift(
                    [.. shifts.Select(shift => (long)batch.FeatureFrame(shift, outputs))],
                    frames,
                    Math.Min(frames, batch.FeatureFrame(outputs, outputs)),
                    this
                );
        var targets = batch.Targets;
        var sound = batch.Sound is { } mask ? ofOutputs.Of(mask.unsqueeze(2)) : null;
        if (targets.Frames is { } labels)
        {
            var moved = ofOutputs.Of(labels);
            targets = targets with
            {
                Frames = moved,
                Pseudo = targets.Pseudo is { } pseudo ? ofOutputs.Of(pseudo) : null,
                // Frames that fill the end of a clip contain no sound, so all classes are known to be absent there.
                KnownFrames = targets.KnownFrames is { } known ? ofOutputs.Of(known.From(1)).From(1) : null,
            };
            if (IsPadded && targets.Bags is null)
                targets = targets.WithoutTags(
                    labels,
                    moved,
                    batch.Targets.KnownFrames is { } before
                        ? BatchTargets.Product(ofOutputs.Of(before.From(1)), sound)
                        : null
                );
        }
        return batch with
        {
            Features = ofFeatures.Of(batch.Features),
            Targets = targets,
            Sound = sound?.squeeze(2),
            Scale = batch.Scale is { } scale ? Moved(scale) : null,
        };

        // Frames that fill the end of a clip are marked as padding.
        FeatureScale Moved(FeatureScale scale) =>
            scale.Kept is { } kept ? scale with { Kept = ofFeatures.Of(kept) }
            : IsPadded ? scale with { Kept = ofFeatures.Of(ones(clips, frames, 1, device: batch.Features.device)) }
            : scale;
    }

    /// <summary>Shifts the frames of each clip of a batch.</summary>
    private sealed class Shift
    {
        private readonly long[] sources; // for each clip and frame, the frame that moves there, or 0
        private readonly float[]? kept; // 0 for frames without a source
        private readonly int clips;
        private readonly int frames;

        /// <param name="shifts">The shift of each clip, in frames.</param>
        /// <param name="frames">Frames per clip.</param>
        /// <param name="period">
        /// Number of frames that move: all frames that belong to whole output frames. A circular shift keeps the frames
        /// after them in their place. A padded shift drops them, and moved or filled frames take their place.
        /// </param>
        /// <param name="kind">The augmentation.</param>
        public Shift(long[] shifts, int frames, int period, TimeShift kind)
        {
            (clips, this.frames) = (shifts.Length, frames);
            sources = new long[clips * frames];
            kept = kind.IsPadded ? new float[sources.Length] : null;
            for (var clip = 0; clip < clips; clip++)
            for (var frame = 0; frame < frames; frame++)
            {
                var source = frame - shifts[clip];
                if (kept is not null)
                {
                    var isInside = shifts[clip] == 0 || (source >= 0 && source < period);
                    kept[(clip * frames) + frame] = isInside ? 1 : 0;
                    sources[(clip * frames) + frame] = isInside ? source : 0;
                }
                else
                    sources[(clip * frames) + frame] = frame < period ? ((source % period) + period) % period : frame;
            }
        }

        /// <summary>Shifts the frames of a tensor of shape (clips, frames, any).</summary>
        public Tensor Of(Tensor values)
        {
            var index = tensor(sources, [clips, frames, 1], device: values.device).expand(-1, -1, values.shape[2]);
            var moved = values.gather(1, index);
            return kept is null ? moved : moved * tensor(kept, [clips, frames, 1], device: values.device);
        }
    }
}
