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

/// <summary>How the weak output, one probability per class and clip, comes from the strong one.</summary>
public enum WeakOutput
{
    /// <summary>A dense sigmoid layer over all frames and classes (Adavanne and Virtanen 2017).</summary>
    DenseOverFrames,

    /// <summary>The largest probability of any frame; no parameters.</summary>
    LargestFrame,

    /// <summary>The mean probability over the frames; no parameters.</summary>
    MeanOfFrames,
}
