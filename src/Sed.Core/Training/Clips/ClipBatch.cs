using TorchSharp;

namespace Sed.Core.Training.Clips;

/// <summary>Clips that a network takes in one step. Valid until the next batch is asked for.</summary>
/// <param name="Clips">Positions in their set.</param>
/// <param name="Features">
/// Makes the tensor of their standardised features, shape (batch, frames, bands), on the device; call it once, in the step's
/// own dispose scope.
/// </param>
public sealed record ClipBatch(int[] Clips, Func<torch.Tensor> Features);
