using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Layers;

/// <summary>
/// Description of a network layer, with its output shape, problems, computational cost and torch module. Each kind of
/// layer has its own file in this folder. Shapes exclude the batch axis.
/// </summary>
public abstract partial record Layer
{
    /// <summary>A short human-readable description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>
    /// Whether the layer's input is one vector per frame; false if it is feature maps. Feature maps of the preceding layer
    /// are flattened for a layer that takes vectors.
    /// </summary>
    internal abstract bool TakesVectors { get; }

    /// <summary>Whether the layer accepts both feature maps and vectors.</summary>
    internal virtual bool TakesBoth => false;

    /// <summary>
    /// Whether the network's dropout follows the layer. False for layers that only rearrange or rescale values.
    /// </summary>
    internal virtual bool HasDropout => true;

    /// <summary>
    /// Whether the dropout of the preceding layer is applied after this layer instead, as for the pooling after a
    /// convolution.
    /// </summary>
    internal virtual bool TakesOverDropout => false;

    /// <summary>
    /// Module name of the layer. It follows the layer's number in the names of weights (state-dict keys), for example
    /// "1-convolution", and must never change, because saved models contain it.
    /// </summary>
    internal abstract string ModuleName { get; }

    /// <summary>
    /// Returns every reason why the layer cannot be applied to an input; an empty list if it can. The problems have no
    /// <see cref="Problem.Place"/>; the caller adds it.
    /// </summary>
    /// <param name="input">Shape of the layer's input, flattened to vectors if the layer takes vectors.</param>
    public IReadOnlyList<Problem> Problems(Shape input) =>
        !TakesVectors && !TakesBoth && input.IsVectors
            ?
            [
                Problem.Of(
                    "it works on bands, but the layers before it output one vector per frame",
                    "put it before all layers that work on vectors, such as biGru, dense and context"
                ),
            ]
            : [.. SizeProblems(input)];

    /// <summary>
    /// Returns all problems with the layer's sizes: sizes that are always invalid, and sizes that do not fit the given
    /// input.
    /// </summary>
    private protected abstract IEnumerable<Problem> SizeProblems(Shape input);

    /// <summary>Shape of the layer's output. Defined only if there are no problems.</summary>
    public abstract Shape OutputShape(Shape input);

    /// <summary>Number of input frames per output frame. Default 1.</summary>
    /// <param name="input">Shape of the layer's input, flattened to vectors if the layer takes vectors.</param>
    public virtual double FrameStride(Shape input) => 1;

    /// <summary>
    /// Scales the number of filters or units, rounded to a multiple of 4 and at least 4. Layers without such a number
    /// are returned unchanged.
    /// </summary>
    /// <param name="factor">Factor by which the number of filters or units is multiplied, above 0.</param>
    public virtual Layer Scaled(double factor) => this;

    /// <summary>
    /// Replaces the number of filters of a convolution. Strided convolutions, inverted residual blocks and layers that are
    /// not convolutions are returned unchanged.
    /// </summary>
    public virtual Layer WithFilters(int filters) => this;

    /// <summary>Number of trainable parameters.</summary>
    public abstract long Parameters(Shape input);

    /// <summary>
    /// Multiply-accumulate operations for one clip at inference, counting matrix products and convolutions.
    /// </summary>
    public abstract long MultiplyAccumulates(Shape input);

    /// <summary>
    /// Builds the module and draws its weights from torch's generator. The module's input has shape (batch, frames, width)
    /// if the layer takes vectors, (batch, frames, bands) if the layer takes maps and is the first of a network, and (batch,
    /// maps, frames, bands) otherwise.
    /// </summary>
    internal abstract nn.Module<Tensor, Tensor> Build(Shape input);

    /// <summary><see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    /// <summary>
    /// Scales a number of filters or units. A factor of 0 or less gives 0, which <see cref="Problems"/> reports.
    /// </summary>
    private protected static int Scaled(int size, double factor) =>
        factor > 0 ? 4 * Math.Max(1, (int)Math.Round(size * factor / 4)) : 0;

    private protected static IEnumerable<Problem> AtLeastOne(int count, string what)
    {
        if (count < 1)
            yield return Problem.Of($"{count} {what}", "at least one is needed");
    }

    private protected static IEnumerable<Problem> OddKernel(int filters, int frames, int bands)
    {
        if (filters < 1 || frames < 1 || bands < 1 || frames % 2 != 1 || bands % 2 != 1)
            yield return Problem.Of(
                $"{filters} filters with a kernel of {frames}x{bands}",
                "a convolution needs at least one filter and a kernel of odd size, for example `conv 48` (3x3)"
            );
    }
}

/// <summary>
/// The shape of a layer's input or output for one clip: feature maps over frames and bands, or one vector per frame.
/// </summary>
/// <param name="Frames">Number of frames.</param>
/// <param name="Maps">Number of feature maps (channels); 0 if there is one vector per frame.</param>
/// <param name="Bands">Bands per map, or the length of a vector.</param>
public readonly record struct Shape(int Frames, int Maps, int Bands)
{
    /// <summary>One vector per frame.</summary>
    public static Shape Vectors(int frames, int width) => new(frames, 0, width);

    /// <summary>Whether there is one vector per frame.</summary>
    public bool IsVectors => Maps == 0;

    /// <summary>Values per frame.</summary>
    public int Width => IsVectors ? Bands : Maps * Bands;

    /// <summary>Values per clip.</summary>
    public long Values => (long)Frames * Width;
}
