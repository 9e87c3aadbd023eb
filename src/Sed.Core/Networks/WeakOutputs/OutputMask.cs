using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

/// <summary>
/// The frames and classes that a weak output is computed from. If <paramref name="Sound"/> is null, no frames are left
/// out; if <paramref name="Classes"/> is null, no classes are left out.
/// </summary>
/// <param name="Sound">
/// The padding mask: 1 for frames that belong to the clip and 0 for padding, shape (batch, output frames).
/// </param>
/// <param name="Classes">
/// 1 for classes that the clip's corpus annotates and 0 for all other classes, shape (batch, classes). Only weak
/// outputs with <see cref="WeakOutput.MasksClasses"/> use it.
/// </param>
public sealed record OutputMask(Tensor? Sound, Tensor? Classes = null)
{
    /// <summary>Creates a mask; returns null if both arguments are null.</summary>
    internal static OutputMask? Of(Tensor? sound, Tensor? classes = null) =>
        sound is null && classes is null ? null : new(sound, classes);
}
