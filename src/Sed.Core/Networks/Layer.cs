using System.Text;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>A layer of a network, as data. Dropout at the network's rate follows every layer.</summary>
public abstract record Layer
{
    private Layer() { }

    /// <summary>Each frame together with its neighbours as one vector; at the edges the outermost frame is repeated.</summary>
    /// <param name="Frames">Frames in the vector, odd; the middle one is the frame itself.</param>
    public sealed record Context(int Frames) : Layer;

    /// <summary>Convolution over frames and bands with zero padding, then batch normalisation and ReLU.</summary>
    /// <param name="Filters">Maps that come out.</param>
    /// <param name="KernelFrames">Frames that a kernel covers, odd.</param>
    /// <param name="KernelBands">Bands that a kernel covers, odd.</param>
    public sealed record Convolution(int Filters, int KernelFrames = 3, int KernelBands = 3) : Layer;

    /// <summary>The largest of neighbouring bands; frames stay as they are.</summary>
    /// <param name="Bands">Bands that become one; divides the bands below.</param>
    public sealed record BandPooling(int Bands) : Layer;

    /// <summary>Bidirectional gated recurrent units: sigmoid gates, tanh, reset after the projection (as in PyTorch).</summary>
    /// <param name="Units">Units of one direction.</param>
    /// <param name="Merge">How the two directions become one.</param>
    public sealed record BidirectionalGru(int Units, Merge Merge) : Layer;

    /// <summary>The same dense layer for each frame.</summary>
    /// <param name="Units">Values that come out for each frame.</param>
    /// <param name="Activation">What follows the weights.</param>
    public sealed record Dense(int Units, Activation Activation) : Layer;

    /// <summary>
    /// A layer that somebody brings as a torch module. What it computes cannot be seen from outside, so it is known by its
    /// name and version: equality, text and everything kept on disk go by these, never by the function. Raise the version
    /// whenever the module computes something else.
    /// </summary>
    /// <param name="Name">What it is called, not blank.</param>
    /// <param name="Version">Which state of it, from 1.</param>
    /// <param name="Units">Values that come out for each frame.</param>
    /// <param name="Build">
    /// Makes the module, its weights drawn from torch's generator, for so many values per frame below it: (batch, frames,
    /// width) to (batch, frames, <paramref name="Units"/>). The network registers it, so its parameters are trained, kept and
    /// exported like all others, and disposes it.
    /// </param>
    public sealed record Own(string Name, int Version, int Units, Func<int, nn.Module<Tensor, Tensor>> Build) : Layer
    {
        /// <inheritdoc/>
        public bool Equals(Own? other) =>
            other is not null && (Name, Version, Units) == (other.Name, other.Version, other.Units);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Name, Version, Units);

        /// <inheritdoc/>
        protected override bool PrintMembers(StringBuilder builder)
        {
            builder.Append(FormattableString.Invariant($"Name = {Name}, Version = {Version}, Units = {Units}"));
            return true;
        }
    }
}

/// <summary>How the two directions of a recurrent layer become one.</summary>
public enum Merge
{
    /// <summary>Forward times backward, unit by unit: as many values as units.</summary>
    Multiply,

    /// <summary>Forward beside backward: twice as many values as units.</summary>
    Concatenate,
}

/// <summary>What follows the weights of a dense layer.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    Linear,

    /// <summary>max(x, 0).</summary>
    Relu,
}

/// <summary>
/// How the weak output, one probability per class and clip, comes from the strong one. The statistics are those that Wang,
/// Li and Metze (2019, arXiv 1810.09050) compare; p is the probability of a class in a frame, sums go over the frames.
/// </summary>
public enum WeakOutput
{
    /// <summary>A dense sigmoid layer over all frames and classes (Adavanne and Virtanen 2017).</summary>
    DenseOverFrames,

    /// <summary>The largest probability of any frame; no parameters.</summary>
    LargestFrame,

    /// <summary>The mean probability over the frames; no parameters.</summary>
    MeanOfFrames,

    /// <summary>Each frame weighs as much as its probability: sum p^2 / sum p; no parameters.</summary>
    LinearSoftmax,

    /// <summary>Each frame weighs exp p: sum p exp p / sum exp p; no parameters.</summary>
    ExponentialSoftmax,

    /// <summary>
    /// Frames weigh as the network learns: sum w p, where the w of a class are the softmax over the frames of a linear layer
    /// on the vectors that the strong output sees too; width x classes parameters (a bias would cancel in the softmax).
    /// </summary>
    Attention,
}
