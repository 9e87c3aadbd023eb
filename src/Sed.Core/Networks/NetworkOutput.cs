using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>What a network says about a batch of clips. The caller owns both tensors.</summary>
/// <param name="Strong">Probability of each class in each frame, shape (batch, frames, classes).</param>
/// <param name="Weak">Probability of each class in each clip, shape (batch, classes).</param>
public readonly record struct NetworkOutput(Tensor Strong, Tensor Weak);
