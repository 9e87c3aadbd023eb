using TorchSharp;

namespace Sed.Core.Training.Clips;

/// <summary>The clips of one step. Valid until the enumeration advances to the next batch.</summary>
/// <param name="Clips">Positions in the <see cref="ClipSet"/>.</param>
/// <param name="Features">
/// Creates the tensor of standardised features, shape (batch, frames, bands), on the device. Call it once, in the
/// step's dispose scope.
/// </param>
public sealed record ClipBatch(int[] Clips, Func<torch.Tensor> Features);
