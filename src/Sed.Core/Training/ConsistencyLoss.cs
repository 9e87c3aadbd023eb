using Sed.Core.Networks;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>Consistency loss between the outputs of a network and its mean teacher.</summary>
internal static class ConsistencyLoss
{
    /// <summary>The mean squared error of the strong outputs plus the mean squared error of the weak outputs.</summary>
    /// <param name="student">Output of the trained network. Only the student receives gradients.</param>
    /// <param name="teacher">Output of the teacher for the same clips.</param>
    /// <param name="frames">
    /// Mask of the strong outputs: 1 for frames that count and 0 for others, shape (batch, frames); null: all count.
    /// </param>
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
