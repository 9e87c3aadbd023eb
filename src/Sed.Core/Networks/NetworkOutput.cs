using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>What a network says about a batch of clips. The caller owns the tensors.</summary>
/// <param name="Strong">Probability of each class in each frame, shape (batch, frames, classes).</param>
/// <param name="Weak">Probability of each class in each clip, shape (batch, classes).</param>
/// <param name="Segments">
/// In training, probability of each class in each segment, shape (batch, segments, classes), where segments inherit the labels
/// of their clip; else null.
/// </param>
public readonly record struct NetworkOutput(Tensor Strong, Tensor Weak, Tensor? Segments = null);
