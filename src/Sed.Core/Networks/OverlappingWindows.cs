using Sed.Core.Runtime;

namespace Sed.Core.Networks;

/// <summary>
/// Positions the windows of a long recording and cross-fades their frame probabilities. A window has the length of a
/// clip and by default starts about 0.8 clips after the previous window. The last window ends with the recording, so
/// its overlap with the previous window can be longer than usual. Windows start at output-frame boundaries, so that the
/// output frames of all windows are aligned.
/// </summary>
internal sealed class OverlappingWindows
{
    private const double StrideInClips = 0.8;

    private readonly int unit; // smallest number of input frames with a whole number of output frames
    private readonly int outputFramesPerUnit;
    private readonly CrossFade joined;

    /// <param name="network">
    /// Network applied to each window. Its pooling can drop the last input frames of a window.
    /// </param>
    /// <param name="hopFrames">
    /// Number of input frames between the starts of windows, at most the length of a window. It is rounded down to whole
    /// output frames, at least one. Default: 0.8 clips.
    /// </param>
    public OverlappingWindows(NetworkDescription network, int? hopFrames = null)
    {
        joined = new CrossFade(network.Classes);
        outputFramesPerUnit = Enumerable.Range(1, network.Frames).First(count => IsWhole(count * network.FrameStride));
        unit = (int)Math.Round(outputFramesPerUnit * network.FrameStride);
        CoveredFrames = network.OutputFrames / outputFramesPerUnit * unit;
        // CoveredFrames can exceed the window: a strided convolution rounds the number of frames up, so the last output
        // frame can extend beyond the end of the window.
        var hop = Math.Min(hopFrames ?? (int)(StrideInClips * network.Frames), Math.Min(CoveredFrames, network.Frames));
        Stride = Math.Max(1, hop / unit) * unit;
    }

    /// <summary>Number of input frames that the output of a window covers.</summary>
    public int CoveredFrames { get; }

    /// <summary>Number of input frames between the starts of two consecutive windows.</summary>
    public int Stride { get; }

    /// <summary>
    /// First input frame of the last window of a recording. The window's output ends with the recording or shortly
    /// after it: by less than one unit, the smallest number of input frames that gives a whole number of output frames.
    /// </summary>
    /// <param name="inputFrames">Length of the recording in input frames.</param>
    public long LastStart(long inputFrames) => Math.Max(0, (inputFrames - CoveredFrames + unit - 1) / unit * unit);

    /// <summary>First input frames of all windows of a recording, ascending.</summary>
    /// <param name="inputFrames">Length of the recording in input frames.</param>
    public IEnumerable<long> StartsIn(long inputFrames)
    {
        var last = LastStart(inputFrames);
        for (long start = 0; start < last; start += Stride)
            yield return start;
        yield return last;
    }

    /// <summary>
    /// Number of output frames that end within the first <paramref name="inputFrames"/> input frames.
    /// </summary>
    public long OutputFramesEndedIn(long inputFrames) => inputFrames * outputFramesPerUnit / unit;

    /// <summary>
    /// Number of output frames that start within the first <paramref name="inputFrames"/> input frames.
    /// </summary>
    public long OutputFramesStartedIn(long inputFrames) => (inputFrames * outputFramesPerUnit + unit - 1) / unit;

    /// <summary>Latest possible start, as an input frame, of a window that contains the given output frame.</summary>
    public long LatestStartWith(long outputFrame) => outputFrame / outputFramesPerUnit * unit;

    /// <summary>
    /// Rounds a number of input frames to a positive multiple of the unit, the smallest number of input frames that
    /// gives a whole number of output frames.
    /// </summary>
    public int RoundToUnits(double inputFrames) => Math.Max(1, (int)Math.Round(inputFrames / unit)) * unit;

    /// <summary>Adds the output of the next window and cross-fades it linearly with the previous windows.</summary>
    /// <param name="from">The window's first input frame; increases from window to window.</param>
    /// <param name="strong">Frame probabilities, shape (frames, classes).</param>
    /// <returns>The probabilities that later windows cannot change, shape (frames, classes).</returns>
    public float[] Add(long from, ReadOnlySpan<float> strong) => joined.Add(OutputFramesEndedIn(from), strong);

    /// <summary>Returns the remaining probabilities at the end of the recording, shape (frames, classes).</summary>
    /// <param name="inputFrames">Length of the recording in input frames.</param>
    public float[] Finish(long inputFrames) => joined.Finish(OutputFramesStartedIn(inputFrames));

    private static bool IsWhole(double value) => Math.Abs(value - Math.Round(value)) < 1e-9;
}
