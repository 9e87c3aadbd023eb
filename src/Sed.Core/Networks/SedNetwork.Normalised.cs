using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

// Training that augments the output of the first layer, a normalisation of bands.
public sealed partial class SedNetwork
{
    private bool isNormalised; // whether the input is the output of the first layer

    /// <summary>Reasons why the first layer's output cannot be augmented; empty if it can.</summary>
    /// <param name="description">A valid description.</param>
    internal static IEnumerable<Problem> NormalisationProblems(NetworkDescription description)
    {
        if (description.Layers.FirstOrDefault() is not Layer.BandNormalisation)
            yield return Problem.Of(
                "`augmentNormalised` needs a network whose first layer normalises bands",
                "put `normBands` first, or leave out `augmentNormalised`"
            );
        if (description.Segments is not null || description.Layers.Any(layer => layer is Layer.Fusion))
            yield return Problem.Of(
                "`augmentNormalised` is not possible for networks with segments or several feature sources",
                "leave out `augmentNormalised`"
            );
    }

    /// <summary>
    /// Computes the output of the first layer, a normalisation of bands. In training, updates the layer's running
    /// statistics.
    /// </summary>
    /// <param name="input">Features, shape (batch, frames, bands).</param>
    /// <returns>Shape (batch, frames, bands). The caller owns it.</returns>
    internal Tensor NormalisedBands(Tensor input)
    {
        using var scope = NewDisposeScope();
        return stack[0].Module.call(input).squeeze(1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the outputs of the network from the output of <see cref="NormalisedBands"/>, which the caller may have
    /// augmented.
    /// </summary>
    /// <param name="bands">Shape (batch, frames, bands).</param>
    /// <param name="mask">The mask of <see cref="forward"/>.</param>
    internal NetworkOutput CallAfterNormalisation(Tensor bands, OutputMask? mask)
    {
        isNormalised = true;
        try
        {
            return call(bands, mask);
        }
        finally
        {
            isNormalised = false;
        }
    }

    /// <summary>Computes the output of the last layer from the output of the first layer.</summary>
    private Tensor HiddenAfterNormalisation(Tensor bands)
    {
        using var scope = NewDisposeScope();
        var hidden =
            UseKernels && fast is not null && fast.Takes(bands, training, withGradient: true)
                ? fast.Call(bands.unsqueeze(1), bands, training, firstStep: 1)
                : stack[1..].Aggregate(bands.unsqueeze(1), (values, module) => module.Module.call(values));
        return hidden.MoveToOuterDisposeScope();
    }
}
