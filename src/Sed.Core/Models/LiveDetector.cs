using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Features;

namespace Sed.Core.Models;

/// <summary>
/// Listens to sound as it comes and tells events when they have ended. Ten times a second the network is asked about the last
/// clip's length of sound, and what it says of the frames from 0.2 s before the newest back to those told before counts. So its
/// decisions are near those about a file, not the same. One thread at a time.
/// </summary>
public sealed class LiveDetector
{
    private const double HopSeconds = 0.1;
    private const double AheadSeconds = 0.2;

    private readonly SedModel model;
    private readonly ModelNetworks networks;
    private readonly StreamResampler resampler;
    private readonly FrameStream frames;
    private readonly StreamingDecoder decoder;
    private readonly List<float> held = [];
    private readonly int sampleRate;
    private readonly Seams seams;
    private readonly int hop;
    private readonly int ahead;
    private long received; // samples, as they come
    private long start; // of the frames that are held
    private long asked; // frames there were when the network was asked
    private long told; // answered frames that have been decoded

    internal LiveDetector(SedModel model, ModelNetworks networks, IFeatureExtractor extractor, int sampleRate)
    {
        this.model = model;
        this.networks = networks;
        seams = new Seams(model.Saved.Network);
        this.sampleRate = sampleRate;
        var features = model.Saved.Features;
        resampler = new StreamResampler(sampleRate, features.SampleRate);
        frames = new FrameStream(features, extractor);
        decoder = new StreamingDecoder(model.Classes, model.HopSeconds, model.Detection);
        if (StreamingDecoder.WholeRecordingSteps(model.Classes, model.Detection).ToArray() is { Length: > 0 } unending)
            throw new NotSupportedException(
                $"{unending[0].Step} ({string.Join(", ", unending.Select(one => one.Label))}) looks at the whole recording: "
                    + "where an event ends is known only when the scores rise again, whenever that is, and boxes are merged "
                    + "with all that follow. So nothing can be told of sound as it comes; choose another way of decoding."
            );
        var frameSeconds = (double)features.HopSamples / features.SampleRate;
        hop = seams.Near(HopSeconds / frameSeconds);
        ahead = Math.Min(seams.Near(AheadSeconds / frameSeconds), Math.Max(0, seams.Answered - hop));
        DelaySeconds = (hop + ahead + frames.Context) * frameSeconds + decoder.DelaySeconds;
    }

    /// <summary>Time from an event's end until it is told, at most, in seconds; what computing takes comes on top.</summary>
    public double DelaySeconds { get; }

    /// <summary>Takes the next samples.</summary>
    /// <param name="samples">Full scale is -1 to 1.</param>
    /// <returns>Events that have ended, their times from the first sample on.</returns>
    public IReadOnlyList<SoundEvent> Push(ReadOnlySpan<float> samples)
    {
        List<SoundEvent> events = [];
        // No more at once than between two questions, so that a long piece is heard as many short ones.
        var most = Math.Max(1, hop * model.Saved.Features.HopSamples);
        received += samples.Length;
        var heard = resampler.Push(samples, isLast: false).AsSpan();
        for (var from = 0; from < heard.Length; from += most)
        {
            Take(heard[from..Math.Min(heard.Length, from + most)], isLast: false);
            if (frames.Made - asked >= hop)
                Ask(seams.AnswersIn(frames.Made - ahead), events);
        }
        return events;
    }

    /// <summary>The events that had not ended, or were not told, when the sound ended.</summary>
    public IReadOnlyList<SoundEvent> Finish()
    {
        List<SoundEvent> events = [];
        Take(resampler.Push([], isLast: true), isLast: true);
        if (frames.Made > 0)
            Ask(seams.AnswersBegunIn(frames.Made), events);
        events.AddRange(decoder.Finish());
        var end = (double)received / sampleRate;
        return
        [
            .. events
                .Where(sound => sound.Onset < end)
                .Select(sound => sound with { Offset = Math.Min(sound.Offset, end) }),
        ];
    }

    private void Take(ReadOnlySpan<float> samples, bool isLast) => held.AddRange(frames.Push(samples, isLast));

    private void Ask(long answers, List<SoundEvent> events)
    {
        var (taken, bands, classes) = (model.Saved.Network.Frames, model.Saved.Network.Bands, model.Classes.Count);
        asked = frames.Made;
        // Nothing is left out between what was told and what is asked about.
        var from = Math.Min(seams.Last(frames.Made), seams.BeginningOf(told));
        held.RemoveRange(0, (int)(from - start) * bands);
        start = from;
        var there = Math.Min(held.Count, taken * bands);
        var window = new float[taken * bands];
        held.CopyTo(0, window, 0, there);
        var said = networks.Ask([new Window(window, there / bands)])[0].Strong;
        var first = seams.AnswersIn(from);
        var end = Math.Min(answers, first + said.Length / classes);
        if (end <= told)
            return;
        events.AddRange(decoder.Push(said.AsSpan((int)(told - first) * classes, (int)(end - told) * classes)));
        told = end;
    }
}
