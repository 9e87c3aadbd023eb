using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training.Losses;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>Consistency loss between the outputs of a network and its mean teacher.</summary>
internal static class ConsistencyLoss
{
    /// <summary>Computes the mean loss of the strong outputs plus the mean loss of the weak outputs.</summary>
    /// <param name="student">Output of the trained network. Only the student receives gradients.</param>
    /// <param name="teacher">Output of the teacher for the same clips.</param>
    /// <param name="strongCounted">
    /// Mask that broadcasts to the strong outputs: 1 for outputs that the loss includes and 0 for all others. Null: all
    /// outputs are included.
    /// </param>
    /// <param name="weakCounted">As <paramref name="strongCounted"/>, but for the weak outputs.</param>
    /// <param name="consistency">The loss of each element; null: the squared difference.</param>
    /// <returns>A scalar. The caller owns it.</returns>
    public static Tensor Of(
        NetworkOutput student,
        NetworkOutput teacher,
        Tensor? strongCounted = null,
        Tensor? weakCounted = null,
        Consistency? consistency = null
    )
    {
        using var scope = NewDisposeScope();
        var (strong, weak) = (consistency ?? new Consistency.MeanSquare()).Each(
            new(student.Strong, student.Weak),
            new(teacher.Strong.detach(), teacher.Weak.detach())
        );
        return strong.MeanOf(strongCounted).Plus(weak.MeanOf(weakCounted)).MoveToOuterDisposeScope();
    }
}
