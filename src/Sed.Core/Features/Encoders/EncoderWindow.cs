namespace Sed.Core.Features.Encoders;

/// <summary>
/// A window of a recording: frames <paramref name="First"/> to <paramref name="First"/> + <paramref name="Count"/> - 1
/// are computed from <paramref name="Length"/> samples, the first of which is sample <paramref name="Start"/> of the
/// recording. Samples before and after the recording are 0.
/// </summary>
/// <param name="First">First frame.</param>
/// <param name="Count">Number of frames.</param>
/// <param name="Start">First sample; can be negative.</param>
/// <param name="Length">Number of samples.</param>
internal readonly record struct EncoderWindow(long First, int Count, long Start, int Length)
{
    /// <summary>The windows of a recording, in order.</summary>
    /// <param name="form">Properties of the encoder.</param>
    /// <param name="samples">Length of the recording in samples.</param>
    public static IEnumerable<EncoderWindow> Of(EncoderForm form, long samples)
    {
        long next = 0;
        for (; IsBeforeLast(form, next, samples); next += form.WindowStride)
            yield return Regular(form, next, samples);
        yield return Last(form, samples);
    }

    /// <summary>
    /// Whether another window follows the one that starts at frame <paramref name="first"/>, in a recording of at least
    /// <paramref name="samples"/> samples.
    /// </summary>
    public static bool IsBeforeLast(EncoderForm form, long first, long samples) =>
        form.FramesOf(samples) > first + form.WindowFrames;

    /// <summary>A window that is not the last one of a recording.</summary>
    /// <param name="form">Properties of the encoder.</param>
    /// <param name="first">First frame.</param>
    /// <param name="samples">
    /// Length of the recording in samples; <see cref="long.MaxValue"/> if it is not known yet.
    /// </param>
    public static EncoderWindow Regular(EncoderForm form, long first, long samples)
    {
        var start = first * form.HopSamples + Lead(form);
        if (form.IsVector)
            start = form.EndsWithRecording ? Inside(form, start, samples) : Math.Max(0, start);
        return new(first, form.WindowFrames, start, LengthFor(form, form.WindowFrames, form.WindowSamples));
    }

    /// <summary>
    /// The last window of a recording, which ends with the recording. Its overlap with the preceding window can be
    /// longer than the overlap of other windows.
    /// </summary>
    public static EncoderWindow Last(EncoderForm form, long samples)
    {
        var frames = form.FramesOf(samples);
        var count = Math.Min(frames, form.WindowFrames);
        long first = frames - count;
        var start = first * form.HopSamples + Lead(form);
        if (form.IsVector)
            return new(first, 1, Inside(form, start, samples), form.WindowSamples);
        return new(first, count, start, LengthFor(form, count, (int)Math.Min(samples, form.WindowSamples)));
    }

    /// <summary>The start of a window after it was moved into the recording.</summary>
    private static long Inside(EncoderForm form, long start, long samples) =>
        Math.Clamp(start, 0, Math.Max(0, samples - form.WindowSamples));

    /// <summary>
    /// Number of samples by which the audio is advanced so that each vector is centred in its frame: frame k is the time
    /// from k to k + 1 hops. Negative: the audio is delayed.
    /// </summary>
    private static int Lead(EncoderForm form) => (form.HopSamples - form.FieldSamples) / 2;

    private static int LengthFor(EncoderForm form, int count, int samples) =>
        form.IsFixed || form.IsVector
            ? form.WindowSamples
            : Math.Max(
                form.LeastSamples,
                Math.Max(form.FieldSamples + (count - 1) * form.HopSamples, samples - 2 * Math.Max(0, Lead(form)))
            );
}
