using Sed.Core.Networks.Layers;
using static TorchSharp.torch;

namespace Sed.Core.Networks.WeakOutputs;

/// <summary>
/// How the weak output, one probability per class and clip, comes from the strong one, as data; each is a file of its own
/// beside this one. The statistics are those that Wang, Li and Metze (2019, arXiv 1810.09050) compare; p is the probability of
/// a class in a frame, sums go over the frames.
/// </summary>
public abstract partial record WeakOutput
{
    /// <summary>The output in a few words, as plans and tables have it; equal ones have the same.</summary>
    public abstract string Summary { get; }

    /// <summary>Numbers that training moves.</summary>
    /// <param name="hidden">What the layers leave.</param>
    /// <param name="classes">Classes of the outputs.</param>
    public virtual long Parameters(Shape hidden, int classes) => 0;

    /// <summary>
    /// The module. It takes the hidden vectors, (batch, frames, width), and the strong output that comes from them, (batch,
    /// frames, classes), and gives (batch, classes).
    /// </summary>
    internal abstract nn.Module<Tensor, Tensor, Tensor> Build(Shape hidden, int classes);

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;
}
