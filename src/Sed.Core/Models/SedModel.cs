using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Models;

/// <summary>
/// A trained model that detects events in recordings of any length, format and sample rate:
/// <code>
/// using var model = SedModel.Load("m.sed");
/// foreach (var sound in model.Detect("street.wav"))
///     Console.WriteLine(sound); // 0.25 s to 1.5 s: Car
/// </code>
/// A recording of at most a clip's length (plus <see cref="ToleratedSeconds"/>) is processed like a clip of the
/// training corpus, with padding if it is shorter. A longer recording is split into windows of a clip's length that
/// overlap by a fifth, and their frame probabilities are cross-faded. The audio is processed piece by piece. For the whole
/// recording, 2 bytes per frame and class stay in memory, or 6 bytes if the decoding uses change points.
/// <para>
/// Thread-safe: one model can serve all threads of a program. Network calls are serialised, because each of them uses
/// all cores; audio is decoded and features are computed in parallel. Do not dispose a model while it is in use.
/// </para>
/// <para>
/// The first <see cref="Load"/> in a process takes about 1 s, and a few seconds if libtorch is not in the file cache; the
/// first prediction takes about 0.1 s more than the next ones, because code is compiled (two cores, small model).
/// </para>
/// </summary>
public sealed partial class SedModel : IDisposable
{
    /// <summary>
    /// Maximum excess over a clip's length, in seconds, at which a recording is still processed as one clip; the excess
    /// is dropped. Audio containers can pad a clip by this much.
    /// </summary>
    public const double ToleratedSeconds = 0.1;

    private const int ClipsPerBatch = 16;

    // Smaller than ClipsPerBatch, because the windows of a batch take most of the memory for a long recording.
    private const int WindowsPerBatch = 4;

    private readonly ModelEnsemble networks;
    private readonly IFeatureExtractor extractor;

    private SedModel(SavedModel saved, DetectionOptions detection, torch.Device device)
    {
        Saved = saved;
        Detection = detection;
        detection.ThrowIfUnusable(saved.Classes);
        extractor = saved.Features.Extractor(torch.CPU);
        networks = new ModelEnsemble(saved, device);
        HopSeconds = (double)saved.Features.HopSamples / saved.Features.SampleRate * saved.Network.FrameStride;
    }

    /// <summary>Loads a model file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="detection">Decoding options; null (the default) uses the model's options.</param>
    /// <param name="device">Device of the networks: auto (the default), cpu, cuda or cuda:N.</param>
    /// <exception cref="ModelFileException">
    /// The file is not a model, is damaged, or has a different format version.
    /// </exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    /// <exception cref="ArgumentException">
    /// The device does not exist, or the decoding options have problems.
    /// </exception>
    public static SedModel Load(string path, DetectionOptions? detection = null, string device = "auto") =>
        Of(ModelFile.Read(path), detection, device);

    /// <summary>Creates a model from the content of a model file.</summary>
    /// <inheritdoc cref="Load"/>
    public static SedModel Of(SavedModel saved, DetectionOptions? detection = null, string device = "auto")
    {
        ArgumentNullException.ThrowIfNull(saved);
        return new SedModel(saved, detection ?? saved.Detection, Devices.Choose(device));
    }

    /// <summary>The content of the model file.</summary>
    public SavedModel Saved { get; }

    /// <inheritdoc cref="SavedModel.IsNoBetterThanConstant"/>
    public bool IsNoBetterThanConstant => Saved.IsNoBetterThanConstant;

    /// <summary>The decoding options.</summary>
    public DetectionOptions Detection { get; }

    /// <summary>The classes, in the order of the network's outputs.</summary>
    public ClassList Classes => Saved.Classes;

    /// <summary>Hop of the frame probabilities, in seconds.</summary>
    public double HopSeconds { get; }

    /// <summary>
    /// The events and tags of many files, in the order of the files. Clips are decoded and processed in batches. A file
    /// that is unreadable or has non-finite probabilities is reported in its <see cref="FilePrediction"/>, and processing
    /// continues.
    /// </summary>
    /// <param name="paths">Paths of the files.</param>
    /// <param name="frames">
    /// Receives the frame probabilities of each file, on the thread that enumerates the results.
    /// </param>
    /// <param name="cancellation">Cancels before the next batch.</param>
    /// <exception cref="AudioFormatException">A format needs ffmpeg, which is missing.</exception>
    /// <exception cref="ModelOutputException">
    /// The model's layers overflow for the first file, so the model cannot be used.
    /// </exception>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public IEnumerable<FilePrediction> PredictAll(
        IEnumerable<string> paths,
        FrameProbabilityHandler? frames = null,
        CancellationToken cancellation = default
    )
    {
        // Decode the next files while the network processes the current ones.
        Task<RecordingHead[]>? next = null;
        try
        {
            foreach (var group in paths.Chunk(ClipsPerBatch).Append([]))
            {
                var opened = next?.GetAwaiter().GetResult() ?? [];
                next = group.Length == 0 ? null : Task.Run(() => OpenAll(group, cancellation), cancellation);
                foreach (var prediction in PredictAll(opened, frames, cancellation))
                    yield return prediction;
            }
        }
        finally
        {
            // The enumeration ended early. A task that failed has closed its files itself.
            if (next is not null)
            {
                Task.WhenAny(next).GetAwaiter().GetResult();
                Close(next.IsCompletedSuccessfully ? next.Result : []);
            }
        }
    }

    /// <summary>Creates a detector for a stream of samples.</summary>
    /// <param name="sampleRate">Sample rate of the stream in Hz, positive.</param>
    /// <exception cref="NotSupportedException">A decoding step or a gate needs the whole recording.</exception>
    public StreamingDetector Stream(int sampleRate) => new(this, networks, extractor, sampleRate);

    /// <inheritdoc/>
    public void Dispose()
    {
        networks.Dispose();
        extractor.Dispose();
    }

    private RecordingHead[] OpenAll(string[] paths, CancellationToken cancellation)
    {
        var heads = new RecordingHead[paths.Length];
        try
        {
            Workers.Run(paths.Length, i => heads[i] = RecordingHead.TryOpen(paths[i], Saved, extractor), cancellation);
        }
        catch
        {
            Close(heads);
            throw;
        }
        return heads;
    }

    private static void Close(IEnumerable<RecordingHead?> heads)
    {
        foreach (var head in heads)
            head?.Dispose();
    }

    /// <summary>The predictions for opened files. Closes all files, even if the enumeration ends early.</summary>
    private IEnumerable<FilePrediction> PredictAll(
        RecordingHead[] heads,
        FrameProbabilityHandler? frames,
        CancellationToken cancellation
    )
    {
        try
        {
            Window[] clips = [.. heads.Select(head => head.Clip).OfType<Window>()];
            var outputs =
                clips.Length == 0 ? [] : networks.Predict(clips, heads.First(head => head.Clip is not null).Path);
            var number = 0;
            foreach (var head in heads)
            {
                using var _ = head;
                cancellation.ThrowIfCancellationRequested();
                if (head.Problem is { } problem)
                    yield return new FilePrediction(head.Path, null, problem);
                else if (head.Clip is { } clip)
                {
                    var output = outputs[number++];
                    yield return Try(head.Path, () => OfClip(head.Path, clip, head.Seconds, output, frames)) with
                    {
                        Findings = head.Findings,
                    };
                }
                else
                    yield return Try(head.Path, () => OfLongRecording(head.Path, head, frames, cancellation)) with
                    {
                        Findings = head.Findings,
                    };
            }
        }
        finally
        {
            Close(heads);
        }
    }

    private static FilePrediction Try(string path, Func<Prediction> predict)
    {
        try
        {
            return new FilePrediction(path, predict(), null);
        }
        catch (Exception problem) when (problem is IOException or ModelOutputException)
        {
            return new FilePrediction(path, null, problem.Message);
        }
    }
}
