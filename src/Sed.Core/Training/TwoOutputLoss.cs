using Sed.Core.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// The weighted sum of the binary cross-entropies of both outputs. Nothing is known about frames, so the strong output is
/// held against the weak labels, repeated for every frame (Adavanne and Virtanen 2017, section 2.2).
/// </summary>
/// <param name="strongWeight">Weight of the strong output, 0 or more.</param>
/// <param name="weakWeight">Weight of the weak output, 0 or more.</param>
public sealed class TwoOutputLoss(double strongWeight, double weakWeight)
{
    /// <param name="output">Probabilities.</param>
    /// <param name="labels">Weak labels as 0 and 1, shape (batch, classes).</param>
    /// <returns>The loss, a scalar. The caller owns it.</returns>
    public Tensor Of(NetworkOutput output, Tensor labels)
    {
        using var scope = NewDisposeScope();
        var weak = nn.functional.binary_cross_entropy(output.Weak, labels) * weakWeight;
        if (strongWeight == 0)
            return weak.MoveToOuterDisposeScope();
        var repeated = labels.unsqueeze(1).expand_as(output.Strong);
        var strong = nn.functional.binary_cross_entropy(output.Strong, repeated) * strongWeight;
        return (strong + weak).MoveToOuterDisposeScope();
    }
}
