using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Networks;

namespace Sed.Core.Models;

/// <summary>
/// Detects events in a stream of samples and reports each event after its end. Every 0.1 s, the network processes the
/// most recent window of a clip's length, and the frames up to 0.2 s before the end of the window are decoded. The events
/// do not depend on how the samples are split into calls. They can differ slightly from the events for a file. Not
/// thread-safe.
/// </summary>
public sealed class StreamingDetector
{
    private const string StreamName = "the stream";
    private const double HopSeconds = 0.1;
    private const double LookaheadSeconds = 0.2;

    private readonly SedModel model;
    private readonly ModelEnsemble networks;
    private readonly StreamResampler resampler;
    private readonly RecentFrames features;
    private readonly StreamingDecoder decoder;
    private readonly int sampleRate;
    private readonly OverlappingWindows windows;
    private readonly int hop; // input frames between two windows
    private readonly int lookahead; // minimum number of input frames after a decided frame
    private long received; // samples, before resampling
    private long added; // samples, after resampling
    private long check; // number of resampled samples at which the next window may be due
    private long processed; // input frames at the time of the last window
    private long decided; // output frames that have been decoded

    internal StreamingDetector(SedModel model, ModelEnsemble networks, IFeatureExtractor extractor, int sampleRate)
    {
        this.model = model;
        this.networks = networks;
        windows = new OverlappingWindows(model.Saved.Network);
        this.sampleRate = sampleRate;
        var definition = model.Saved.Features;
        resampler = new StreamResampler(sampleRate, definition.SampleRate);
        features = new RecentFrames(definition, extractor);
        decoder = new StreamingDecoder(model.Classes, model.HopSeconds, model.Detection);
        if (
            StreamingDecoder.WholeRecordingSteps(model.Classes, model.Detection).ToArray() is
            { Length: > 0 } wholeRecording
        )
            throw new NotSupportedException(
                "The decoding needs the whole recording: "
                    + string.Join(
                        "; ",
                        wholeRecording
                            .GroupBy(found => found.Step, found => found.Label)
                            .Select(step => $"{step.Key} ({string.Join(", ", step)})")
                    )
                    + ". "
                    + "For a stream, use steps with a bounded delay: median filter, minimum duration, minimum gap or hysteresis."
            );
        var frameSeconds = (double)definition.HopSamples / definition.SampleRate;
        hop = windows.RoundToUnits(HopSeconds / frameSeconds);
        lookahead = Math.Min(
            windows.RoundToUnits(LookaheadSeconds / frameSeconds),
            Math.Max(0, windows.CoveredFrames - hop)
        );
        check = NextCheck();
        DelaySeconds = (hop + lookahead + features.Context) * frameSeconds + decoder.DelaySeconds;
    }

    /// <summary>
    /// Maximum delay from the end of an event to its report, in seconds. Does not include computation time.
    /// </summary>
    public double DelaySeconds { get; }

    /// <summary>Processes the next samples.</summary>
    /// <param name="samples">Samples; full scale is -1 to 1.</param>
    /// <returns>The events that have ended. Times are in seconds from the first sample.</returns>
    public IReadOnlyList<SoundEvent> Push(ReadOnlySpan<float> samples)
    {
        List<SoundEvent> events = [];
        received += samples.Length;
        ReadOnlySpan<float> rest = resampler.Push(samples, isLast: false);
        while (rest.Length > 0)
        {
            // A piece ends at the next check at the latest. Therefore the windows do not depend on how the stream is split
            // into calls.
            var length = (int)Math.Min(rest.Length, check - added);
            features.Push(rest[..length], isLast: false);
            added += length;
            rest = rest[length..];
            if (added < check)
                continue;
            if (features.Count - processed >= hop)
                Process(windows.OutputFramesEndedIn(features.Count - lookahead), events);
            check = NextCheck();
        }
        return events;
    }

    /// <summary>Ends the stream.</summary>
    /// <returns>The remaining events, truncated at the end of the stream.</returns>
    public IReadOnlyList<SoundEvent> Finish()
    {
        List<SoundEvent> events = [];
        features.Push(resampler.Push([], isLast: true), isLast: true);
        if (features.Count > 0)
            Process(windows.OutputFramesStartedIn(features.Count), events);
        events.AddRange(decoder.Finish());
        var end = (double)received / sampleRate;
        return
        [
            .. events
                .Where(sound => sound.Onset < end)
                .Select(sound => sound with { Offset = Math.Min(sound.Offset, end) }),
        ];
    }

    /// <summary>
    /// The number of resampled samples at which one hop of input frames follows the last window or, if the frames are not
    /// available by then, one frame after the previous check.
    /// </summary>
    private long NextCheck() =>
        Math.Max(
            check + model.Saved.Features.HopSamples,
            (processed + hop + features.Context) * model.Saved.Features.HopSamples
        );

    /// <summary>Processes the most recent window and decodes its output.</summary>
    /// <param name="until">
    /// Number of output frames, counted from the start of the stream, up to which the output is decoded.
    /// </param>
    /// <param name="events">Receives the events that have ended.</param>
    private void Process(long until, List<SoundEvent> events)
    {
        var classes = model.Classes.Count;
        processed = features.Count;
        // The window must contain the first output frame that has not been decoded yet.
        var from = Math.Min(windows.LastStart(features.Count), windows.LatestStartWith(decided));
        var (window, available) = features.Window(from, model.Saved.Network.Frames);
        var strong = networks.Predict([new Window(window, available)], StreamName)[0].Strong;
        ModelOutputException.RequireFinite(model.Saved.Name, StreamName, strong);
        var first = windows.OutputFramesEndedIn(from);
        var end = Math.Min(until, first + strong.Length / classes);
        if (end <= decided)
            return;
        events.AddRange(decoder.Push(strong.AsSpan((int)(decided - first) * classes, (int)(end - decided) * classes)));
        decided = end;
    }
}
