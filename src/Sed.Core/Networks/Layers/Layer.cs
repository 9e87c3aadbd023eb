using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>Why a layer cannot stand where it stands.</summary>
/// <param name="What">What is wrong, with the value.</param>
/// <param name="Remedy">What to write instead.</param>
public readonly record struct LayerProblem(string What, string Remedy);

/// <summary>
/// A layer of a network, as data: what it makes of what it finds, or why it cannot; what it costs; and the module that
/// computes it. Each is a file of its own beside this one. Dropout at the network's rate follows every layer that makes
/// values.
/// </summary>
public abstract partial record Layer
{
    /// <summary>The layer in a few words, as plans and tables have it; equal layers have the same, others another.</summary>
    public abstract string Summary { get; }

    /// <summary>Whether it works on one vector for each frame; maps below it are then laid out as vectors. Else it works on maps.</summary>
    internal abstract bool TakesVectors { get; }

    /// <summary>Whether dropout follows. False for layers that move values and make none.</summary>
    internal virtual bool MakesValues => true;

    /// <summary>
    /// Whether it ends the layer below it, as pooling ends a convolution: the dropout of that layer then comes after this one.
    /// </summary>
    internal virtual bool EndsLayerBelow => false;

    /// <summary>What its module is called among a network's weights, behind the layer's number.</summary>
    internal abstract string ModuleName { get; }

    /// <summary>Every reason why the layer cannot work on what is below it; empty when it can.</summary>
    /// <param name="below">What it finds: vectors only where it takes vectors.</param>
    public IReadOnlyList<LayerProblem> Problems(Shape below) =>
        !TakesVectors && below.IsVectors
            ?
            [
                new(
                    "works on bands, but the layers below leave one vector per frame",
                    "put it before any layer that works on frames as a whole, as biGru, dense and context do"
                ),
            ]
            : [.. OwnProblems(below)];

    /// <summary>Problems with the layer's sizes, alone and on what is below it.</summary>
    private protected abstract IEnumerable<LayerProblem> OwnProblems(Shape below);

    /// <summary>What the layer leaves. Defined where it has no problems.</summary>
    public abstract Shape Over(Shape below);

    /// <summary>How many frames of what is below lie between two frames of what it leaves. Default 1.</summary>
    public virtual double FrameStride => 1;

    /// <summary>
    /// The same layer with so many times its filters or units, rounded to whole fours and at least four; a layer that has
    /// none of its own stays as it is.
    /// </summary>
    /// <param name="factor">Above 0.</param>
    public virtual Layer Scaled(double factor) => this;

    /// <summary>Numbers that training moves.</summary>
    public abstract long Parameters(Shape below);

    /// <summary>Multiplications, each with its addition, that one clip takes in inference; those of its matrix products and convolutions.</summary>
    public abstract long MultiplyAccumulates(Shape below);

    /// <summary>
    /// The module that computes the layer, its weights drawn from torch's generator: (batch, maps, frames, bands), or (batch,
    /// frames, bands) for the network's input, or (batch, frames, width) where it takes vectors.
    /// </summary>
    internal abstract nn.Module<Tensor, Tensor> Build(Shape below);

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    /// <summary>So many filters or units times a factor, in whole fours; none, which is a problem, where it is not above 0.</summary>
    private protected static int Scaled(int size, double factor) =>
        factor > 0 ? 4 * Math.Max(1, (int)Math.Round(size * factor / 4)) : 0;

    /// <summary>The problem of a number that has to be at least one.</summary>
    private protected static IEnumerable<LayerProblem> AtLeastOne(int count, string what)
    {
        if (count < 1)
            yield return new($"{count} {what}", "give at least one");
    }

    /// <summary>The problem of a convolution without filters, or whose kernel has no middle.</summary>
    private protected static IEnumerable<LayerProblem> OddKernel(int filters, int frames, int bands)
    {
        if (filters < 1 || frames < 1 || bands < 1 || frames % 2 != 1 || bands % 2 != 1)
            yield return new(
                "a convolution needs filters and an odd kernel",
                "for example `conv 48` with its 3x3 kernel"
            );
    }
}
