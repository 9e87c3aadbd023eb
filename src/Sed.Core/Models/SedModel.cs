using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Models;

/// <summary>
/// A trained network, ready to listen to recordings of any length, format and rate:
/// <code>
/// using var model = SedModel.Load("m.sed");
/// foreach (var sound in model.Detect("street.wav"))
///     Console.WriteLine($"{sound.Onset} {sound.Offset} {sound.Label}");
/// </code>
/// A recording of up to a clip's length (and <see cref="ToleratedSeconds"/>, by which containers pad) is heard as the clips of
/// the training's corpus are, so that testing clips are decided on as the trial did; where it is shorter, silence fills it up
/// and what is found there is cut off at the recording's end. Of a longer one overlapping windows are heard, and joined
/// (<see cref="OverlapInWords"/>). Memory does not grow with the recording, but for decoding by change points, which looks at
/// the whole of it: 4 bytes for each frame and class. Safe from several threads, which take turns in the network.
/// </summary>
public sealed class SedModel : IDisposable
{
    /// <summary>By so much a recording may be longer than a clip and still be taken for one, its end cut; in seconds.</summary>
    public const double ToleratedSeconds = 0.1;

    private const int ClipsAtOnce = 16;

    // Of a long recording, whose memory is mostly theirs.
    private const int WindowsAtOnce = 4;

    private readonly ModelNetworks networks;
    private readonly IFeatureExtractor extractor;

    private SedModel(SavedModel saved, DetectionOptions detection, torch.Device device)
    {
        Saved = saved;
        Detection = detection;
        if (Detection.Problems(saved.Classes) is { Length: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(detection));
        extractor = saved.Features.Extractor(torch.CPU);
        networks = new ModelNetworks(saved, device);
        HopSeconds = FeatureHopSeconds * saved.Network.FrameStride;
    }

    /// <summary>Reads a model file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="detection">How probabilities become events and tags; null (the default): as the model says.</param>
    /// <param name="device">Where networks compute: auto (the default), cpu, cuda or cuda:N.</param>
    /// <exception cref="ModelFileException">It is no model, damaged, or of another layout.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    /// <exception cref="ArgumentException">There is no such device, or the detection has problems.</exception>
    public static SedModel Load(string path, DetectionOptions? detection = null, string device = "auto") =>
        Of(ModelFile.Read(path), detection, device);

    /// <summary>The same from a model in memory.</summary>
    public static SedModel Of(SavedModel saved, DetectionOptions? detection = null, string device = "auto")
    {
        ArgumentNullException.ThrowIfNull(saved);
        return new SedModel(saved, detection ?? saved.Detection, Devices.Choose(device));
    }

    /// <summary>What the model file says.</summary>
    public SavedModel Saved { get; }

    /// <summary>How probabilities become events and tags.</summary>
    public DetectionOptions Detection { get; }

    /// <summary>The classes.</summary>
    public ClassList Classes => Saved.Classes;

    /// <summary>Distance between frames of probabilities, in seconds.</summary>
    public double HopSeconds { get; }

    /// <summary>How a recording longer than a clip is cut and joined.</summary>
    public string OverlapInWords
    {
        get
        {
            var step = new Seams(Saved.Network).Step * FeatureHopSeconds;
            return FormattableString.Invariant(
                $"windows of {Saved.ClipSeconds:0.###} s, each {step:0.###} s after the one before, cross-faded"
            );
        }
    }

    /// <summary>The events of a file, in order of their onsets.</summary>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public IReadOnlyList<SoundEvent> Detect(string path) => Listen(path).Events;

    /// <summary>The classes that a file has.</summary>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public IReadOnlyList<string> DetectTags(string path) => Listen(path).Tags;

    /// <summary>The frame probabilities of a file.</summary>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public FrameScores Scores(string path)
    {
        List<float> all = [];
        Listen(path, (_, _, probabilities) => all.AddRange(probabilities));
        return FrameScores.Of(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(all), Classes.Count, HopSeconds);
    }

    /// <summary>Everything that is heard in a file.</summary>
    /// <param name="path">WAV, or anything that ffmpeg reads.</param>
    /// <param name="frames">Told the frame probabilities as they become known.</param>
    /// <param name="cancellation">Stops before the next windows.</param>
    /// <exception cref="AudioFormatException">The file is broken, or ffmpeg is needed and missing.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public Recording Listen(string path, FrameListener? frames = null, CancellationToken cancellation = default)
    {
        using var beginning = Beginning.Of(path, Saved, extractor);
        return beginning.Clip is { } clip
            ? Clip(path, clip, beginning.Seconds, networks.Ask([clip])[0], frames)
            : Long(path, beginning, frames, cancellation);
    }

    /// <summary>
    /// Listens to many files, in their order; short ones are decoded and computed several at a time. A file that cannot be read
    /// is told of and does not stop the others.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <param name="frames">Told the frame probabilities of each file as they become known, on the thread that asks for results.</param>
    /// <param name="cancellation">Stops before the next windows.</param>
    /// <exception cref="AudioFormatException">ffmpeg is needed and missing, which is no fault of a file.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public IEnumerable<HeardFile> ListenAll(
        IEnumerable<string> paths,
        FrameListener? frames = null,
        CancellationToken cancellation = default
    )
    {
        // The next files are decoded while the network works on these.
        Task<Beginning[]>? next = null;
        try
        {
            foreach (var group in paths.Chunk(ClipsAtOnce).Append([]))
            {
                var begun = next?.GetAwaiter().GetResult() ?? [];
                next = group.Length == 0 ? null : Task.Run(() => Begin(group, cancellation), cancellation);
                foreach (var heard in Hear(begun, frames, cancellation))
                    yield return heard;
            }
        }
        finally
        {
            foreach (var left in next is { IsCompletedSuccessfully: true } ? next.Result : [])
                left.Dispose();
        }
    }

    /// <summary>Listens to sound as it comes.</summary>
    /// <param name="sampleRate">Samples per second that come (Hz), positive.</param>
    /// <exception cref="NotSupportedException">A step of decoding looks at the whole recording.</exception>
    public LiveDetector Live(int sampleRate) => new(this, networks, extractor, sampleRate);

    /// <inheritdoc/>
    public void Dispose()
    {
        networks.Dispose();
        extractor.Dispose();
    }

    private double FeatureHopSeconds => (double)Saved.Features.HopSamples / Saved.Features.SampleRate;

    private Beginning[] Begin(string[] group, CancellationToken cancellation)
    {
        var begun = new Beginning[group.Length];
        Workers.Run(group.Length, i => begun[i] = Beginning.Try(group[i], Saved, extractor), cancellation);
        return begun;
    }

    private IEnumerable<HeardFile> Hear(Beginning[] begun, FrameListener? frames, CancellationToken cancellation)
    {
        Window[] clips = [.. begun.Select(one => one.Clip).OfType<Window>()];
        var said = clips.Length == 0 ? [] : networks.Ask(clips);
        var number = 0;
        foreach (var one in begun)
        {
            using var _ = one;
            cancellation.ThrowIfCancellationRequested();
            if (one.Problem is { } problem)
                yield return new HeardFile(one.Path, null, problem);
            else if (one.Clip is { } clip)
                yield return new HeardFile(one.Path, Clip(one.Path, clip, one.Seconds, said[number++], frames), null);
            else
                yield return Tried(one.Path, () => Long(one.Path, one, frames, cancellation));
        }
    }

    private static HeardFile Tried(string path, Func<Recording> listen)
    {
        try
        {
            return new HeardFile(path, listen(), null);
        }
        catch (IOException broken)
        {
            return new HeardFile(path, null, broken.Message);
        }
    }

    private Recording Clip(
        string path,
        Window clip,
        double seconds,
        (float[] Strong, float[] Weak) said,
        FrameListener? frames
    )
    {
        Listening listening = new(Saved, Detection, HopSeconds, frames, path);
        // A hundredth of a frame may be rounding.
        listening.Hear(said.Strong, (int)Math.Ceiling(seconds / HopSeconds - 0.01));
        listening.HearTags(said.Weak);
        return listening.Finish(seconds);
    }

    private Recording Long(string path, Beginning beginning, FrameListener? listener, CancellationToken cancellation)
    {
        Listening listening = new(Saved, Detection, HopSeconds, listener, path);
        Seams seams = new(Saved.Network);
        var (taken, bands) = (Saved.Network.Frames, Saved.Network.Bands);
        FrameStream stream = new(Saved.Features, extractor);
        List<float> held = [];
        var (start, next) = (0L, 0L); // of what is held, and of the next window
        var piece = new float[WindowsAtOnce * seams.Step * Saved.Features.HopSamples];
        beginning.Samples.CopyTo(piece, 0);
        var count = beginning.Samples.Length + beginning.Stream!.Read(piece.AsSpan(beginning.Samples.Length));
        for (var isLast = false; !isLast; count = beginning.Stream.Read(piece))
        {
            isLast = count < piece.Length;
            held.AddRange(stream.Push(piece.AsSpan(0, count), isLast));
            List<(long From, Window Window)> windows = [];
            for (; next + taken <= stream.Made; next += seams.Step)
                windows.Add((next, Cut(next)));
            if (isLast && seams.Last(stream.Made) is var last && (last > next - seams.Step || next == 0))
                windows.Add((last, Cut(last)));
            foreach (var group in windows.Chunk(WindowsAtOnce))
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var (window, said) in group.Zip(networks.Ask([.. group.Select(one => one.Window)])))
                {
                    listening.Hear(seams.Join(window.From, said.Strong));
                    listening.HearTags(said.Weak);
                }
            }
            // The last window may begin anywhere behind the beginning of the one before.
            var gone = Math.Max(0, next - seams.Step - start);
            held.RemoveRange(0, (int)gone * bands);
            start += gone;
        }
        listening.Hear(seams.Finish(stream.Made));
        return listening.Finish(beginning.Stream.Seconds);

        Window Cut(long from)
        {
            var window = new float[taken * bands];
            var there = (int)Math.Min(taken, stream.Made - from);
            held.CopyTo((int)(from - start) * bands, window, 0, there * bands);
            return new Window(window, there);
        }
    }
}
