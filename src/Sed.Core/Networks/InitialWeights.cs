using Sed.Core.Runtime.Keys;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>The distribution of a network's weights before training.</summary>
public enum InitialWeights
{
    /// <summary>
    /// Each layer's default. For most convolutions and dense layers it is PyTorch's: weights and biases are uniform
    /// between -1 / sqrt(fan-in) and 1 / sqrt(fan-in).
    /// </summary>
    [Key("own")]
    Own,

    /// <summary>
    /// All convolutions and dense layers, also those within other layers, have biases of 0 and uniform weights between
    /// -a and a with a = sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010; also called Xavier initialisation). All
    /// other weights, such as those of recurrent layers and the basis kernels of frequency dynamic convolutions, have
    /// their defaults.
    /// </summary>
    [Key("glorot")]
    Glorot,

    /// <summary>As <see cref="Glorot"/>, but with a = sqrt(6 / fan-in) (He et al. 2015).</summary>
    [Key("he")]
    He,
}

/// <summary>Draws initial weights.</summary>
internal static class InitialWeightsDraw
{
    /// <summary>
    /// Draws new weights for all convolutions and dense layers of a network. Does nothing for
    /// <see cref="InitialWeights.Own"/>.
    /// </summary>
    public static void Into(nn.Module network, InitialWeights kind)
    {
        if (kind == InitialWeights.Own)
            return;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var module in network.modules())
        {
            var (weight, bias) = module switch
            {
                Conv1d convolution => (convolution.weight, convolution.bias),
                Conv2d convolution => (convolution.weight, convolution.bias),
                Linear dense => (dense.weight, dense.bias),
                _ => (null, null),
            };
            if (weight is not null && kind == InitialWeights.Glorot)
                nn.init.xavier_uniform_(weight);
            else if (weight is not null)
                nn.init.kaiming_uniform_(weight, nonlinearity: nn.init.NonlinearityType.ReLU);
            if (bias is not null)
                nn.init.zeros_(bias);
        }
    }
}
