using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>Padding masks of clips that are shorter than a network's input.</summary>
internal static class PaddingMask
{
    // Rounding errors of a fractional step must not add a frame.
    private const double Tolerance = 1e-9;

    /// <summary>
    /// Creates a mask of shape (batch, output frames): 1 for frames of the clip and 0 for padding. With pooling over
    /// time, an output frame that is only partly padding counts as a frame of the clip. The caller owns the tensor.
    /// </summary>
    /// <param name="framesWithSound">The number of input frames of each clip before the padding.</param>
    /// <param name="outputFrames">Number of output frames per clip.</param>
    /// <param name="frameStep">Number of input frames per output frame.</param>
    /// <param name="device">Device of the mask.</param>
    public static Tensor Of(ReadOnlySpan<int> framesWithSound, int outputFrames, double frameStep, Device device)
    {
        var mask = new float[framesWithSound.Length * outputFrames];
        for (var i = 0; i < framesWithSound.Length; i++)
            mask.AsSpan(i * outputFrames, OutputFrames(framesWithSound[i], outputFrames, frameStep)).Fill(1);
        return tensor(mask, [framesWithSound.Length, outputFrames], device: device);
    }

    /// <summary>Returns the number of output frames of a clip without those that consist of padding alone.</summary>
    /// <param name="framesWithSound">The number of input frames before the padding.</param>
    /// <param name="outputFrames">Number of output frames per clip.</param>
    /// <param name="frameStep">Number of input frames per output frame.</param>
    public static int OutputFrames(int framesWithSound, int outputFrames, double frameStep) =>
        (int)Math.Clamp(Math.Ceiling((framesWithSound / frameStep) - Tolerance), 0, outputFrames);

    /// <summary>
    /// Creates the mask for the outputs of a network; returns null if no clip is padded, or if the weak output includes
    /// padding (<see cref="NetworkDescription.LeavesOutPadding"/>). The caller owns the tensor.
    /// </summary>
    /// <param name="framesWithSound">The number of input frames of each clip before the padding.</param>
    /// <param name="network">The network.</param>
    /// <param name="device">Device of the mask.</param>
    public static Tensor? For(ReadOnlySpan<int> framesWithSound, NetworkDescription network, Device device) =>
        network.LeavesOutPadding && framesWithSound.ContainsAnyExceptInRange(network.Frames, int.MaxValue)
            ? Of(framesWithSound, network.OutputFrames, network.FrameStride, device)
            : null;
}
