using Sed.Core.Networks;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>How far a network's outputs are from those of its mean teacher.</summary>
internal static class ConsistencyLoss
{
    /// <summary>The mean squared difference of the strong outputs and that of the weak ones, added up.</summary>
    /// <param name="student">What the network says; gradients go there alone.</param>
    /// <param name="teacher">What its teacher says of the same clips.</param>
    /// <param name="frames">1 for each frame that counts and 0 for others, shape (batch, frames); null: all count.</param>
    /// <returns>A scalar. The caller owns it.</returns>
    public static Tensor Of(NetworkOutput student, NetworkOutput teacher, Tensor? frames)
    {
        using var scope = NewDisposeScope();
        var strong = Squares(student.Strong, teacher.Strong);
        var weak = Squares(student.Weak, teacher.Weak).mean();
        var mean = frames is null
            ? strong.mean()
            : (strong * frames.unsqueeze(2)).sum() / frames.sum().Times(strong.shape[2]).AtLeast(1);
        return mean.Plus(weak).MoveToOuterDisposeScope();
    }

    private static Tensor Squares(Tensor one, Tensor other)
    {
        using var scope = NewDisposeScope();
        var difference = one.Plus(other.detach().neg());
        return (difference * difference).MoveToOuterDisposeScope();
    }
}
