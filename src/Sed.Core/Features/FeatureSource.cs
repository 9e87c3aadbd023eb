using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features;

/// <summary>
/// The definition of the features: their type and options. Immutable; equal definitions give equal features. Each subtype
/// defines its options with stable keys, its computation and its ONNX export.
/// </summary>
public abstract record FeatureSource
{
    /// <summary>A short description, for plans and tables.</summary>
    public abstract string Summary { get; }

    /// <summary>Title of the values in figures, for example "Log-mel energies".</summary>
    public abstract string Title { get; }

    /// <summary>Sampling rate of the input audio, in Hz.</summary>
    /// <exception cref="InvalidOperationException">
    /// The rate is taken from the corpus and has not been set (see <see cref="At"/>).
    /// </exception>
    public abstract int SampleRate { get; }

    /// <summary>The sampling rate that the definition itself states; null if the rate is taken from the corpus.</summary>
    public virtual int? OwnSampleRate => SampleRate;

    /// <summary>Hop in samples.</summary>
    public abstract int HopSamples { get; }

    /// <summary>Hop in seconds.</summary>
    public abstract double HopSeconds { get; }

    /// <summary>
    /// Whether the requested hop is not a whole number of samples, so that <see cref="HopSeconds"/> differs from it.
    /// False if the rate is not known.
    /// </summary>
    public virtual bool HasRoundedHop => false;

    /// <summary>Number of values per frame: bands, samples or values of an encoder's vector.</summary>
    public abstract int Bands { get; }

    /// <summary>
    /// How a network's input is standardised. Stored features are not standardised. Default: with the statistics of the
    /// training clips.
    /// </summary>
    [Key("standardisation", OmitWhen = Standardisation.TrainingSet)]
    public Standardisation Standardisation { get; init; } = Standardisation.TrainingSet;

    /// <summary>A copy with another <see cref="Standardisation"/>.</summary>
    public FeatureSource WithStandardisation(Standardisation standardisation) =>
        this with
        {
            Standardisation = standardisation,
        };

    /// <summary>
    /// The end of <see cref="Summary"/>: a comma and the kind of standardisation. Empty for the default kind.
    /// </summary>
    private protected string StandardisationSummary =>
        Standardisation switch
        {
            Standardisation.Clip => ", standardised per clip",
            Standardisation.None => ", not standardised",
            _ => "",
        };

    /// <summary>
    /// Whether all values of a frame share one mean and one standard deviation. Default false: each band has its own.
    /// </summary>
    public virtual bool IsUniform => false;

    /// <summary>
    /// The bands that are logarithms of energies. Augmentations of the sound change only these bands. Null (the
    /// default) if there are no such bands, or if several sources of combined features have them.
    /// </summary>
    internal virtual EnergyBands? Energies => null;

    /// <summary>
    /// Left context: number of samples before sample k * <see cref="HopSamples"/> that frame k depends on. Each subtype
    /// defines the padding at the start of the audio.
    /// </summary>
    public abstract int SamplesBefore { get; }

    /// <summary>
    /// Right context: number of samples from sample k * <see cref="HopSamples"/> onwards that frame k depends on.
    /// </summary>
    public abstract int SamplesFrom { get; }

    /// <summary>
    /// Whether frames depend on a whole window of the recording instead of the audio around them. Default false.
    /// </summary>
    public virtual bool UsesWindows => false;

    /// <summary>
    /// Name of the library that computes the features on a device, if its results differ from those of the CPU in more
    /// than the last digits; null (default) otherwise. Features that different libraries compute are stored separately.
    /// </summary>
    public virtual string? ProviderOn(torch.Device device) => null;

    /// <summary>Number of values that an extractor keeps in memory, for example filter weights.</summary>
    public abstract long KeptValues { get; }

    /// <summary>Number of frames of a clip of the given length.</summary>
    /// <param name="samples">Length of the clip in samples.</param>
    public abstract int FramesOf(int samples);

    /// <summary>Minimum length of the audio that an extractor accepts, in samples. Default 0.</summary>
    internal virtual int LeastSamples => 0;

    /// <summary>
    /// Computes the frames of audio of any length. Audio that is too short for the extractor is padded with zeros.
    /// </summary>
    /// <param name="extractor">An extractor of these features.</param>
    /// <param name="sound">Samples.</param>
    /// <returns>The features, shape (frames, bands), with <see cref="FramesOf(int)"/> frames.</returns>
    internal float[] FramesOf(IFeatureExtractor extractor, ReadOnlySpan<float> sound)
    {
        var frames = FramesOf(sound.Length);
        if (frames == 0)
            return [];
        var padded = new float[Math.Max(sound.Length, LeastSamples)];
        sound.CopyTo(padded);
        var features = new float[FramesOf(padded.Length) * Bands];
        extractor.Extract(padded, features);
        return features.Length == frames * Bands ? features : features[..(frames * Bands)];
    }

    /// <summary>Sets the sampling rate to the corpus's rate, unless the definition has its own rate.</summary>
    /// <param name="sampleRate">Sampling rate of the corpus, in Hz.</param>
    public virtual FeatureSource At(int sampleRate) => this;

    /// <summary>All problems of the options; empty if they are valid.</summary>
    public abstract IReadOnlyList<Problem> Problems();

    /// <summary>
    /// All problems that a plan reports: <see cref="Problems"/>, and options that give useless features. Models that
    /// were trained with such options stay usable.
    /// </summary>
    public virtual IReadOnlyList<Problem> ProblemsInPlans() => Problems();

    /// <summary>Creates an extractor on a device. The caller disposes it.</summary>
    /// <exception cref="ArgumentException">The options are invalid; the message lists every problem.</exception>
    public IFeatureExtractor Extractor(torch.Device device) =>
        Problems() is { Count: > 0 } problems
            ? throw new ArgumentException(string.Join(Environment.NewLine, problems))
            : CreateExtractor(device);

    /// <inheritdoc/>
    public sealed override string ToString() => Summary;

    /// <summary>The files that are needed to compute the features, with their SHA-256. Default none.</summary>
    internal virtual IEnumerable<(string Content, FeatureFile File)> Files => [];

    /// <summary>A copy that takes each of its files from <paramref name="find"/>.</summary>
    /// <param name="find">Finds a file by its SHA-256.</param>
    internal virtual FeatureSource WithFiles(Func<string, FeatureFile> find) => this;

    /// <summary>Starts the extraction from audio that arrives in pieces.</summary>
    /// <param name="extractor">An extractor of these features.</param>
    internal virtual IFrameStream Stream(IFeatureExtractor extractor) => new FrameStream(this, extractor);

    private protected abstract IFeatureExtractor CreateExtractor(torch.Device device);

    /// <summary>Input name of ONNX models that take these features.</summary>
    public abstract string OnnxInput { get; }

    /// <summary>Description of the input of the exported ONNX model, for example "log-mel energies, not standardised".</summary>
    public abstract string OnnxInputSummary { get; }

    /// <summary>
    /// Version of the ONNX operator set that the exported computation needs. Null (default): 17 or any newer one.
    /// </summary>
    /// <exception cref="NotSupportedException">
    /// The operator set of the computation is too old, or the computation needs several operator sets.
    /// </exception>
    internal virtual int? OnnxOperatorSet => null;

    /// <summary>Exports the computation as ONNX operators.</summary>
    /// <param name="waveforms">Samples, shape (batch, samples).</param>
    /// <param name="samples">Number of samples per clip.</param>
    /// <returns>Features, shape (batch, frames, bands).</returns>
    /// <exception cref="NotSupportedException">The computation has no ONNX equivalent.</exception>
    internal abstract OnnxValue Export(OnnxValue waveforms, int samples);
}

/// <summary>Computes the features of clips.</summary>
public interface IFeatureExtractor : IDisposable
{
    /// <summary>
    /// Whether <see cref="Extract(ReadOnlySpan{float}, Span{float})"/> uses a CPU kernel that computes single clips
    /// without tensors.
    /// </summary>
    bool HasKernel { get; }

    /// <summary>Computes the features of a batch.</summary>
    /// <param name="waveforms">Samples, float32, shape (clips, samples); on any device.</param>
    /// <returns>float32, shape (clips, frames, bands). The caller owns it.</returns>
    torch.Tensor Extract(torch.Tensor waveforms);

    /// <summary>
    /// Computes the features of one clip. Thread-safe. Prefer this method to batches if <see cref="HasKernel"/> is
    /// true.
    /// </summary>
    /// <param name="waveform">Samples of the clip.</param>
    /// <param name="features">Receives the features, shape (frames, bands).</param>
    void Extract(ReadOnlySpan<float> waveform, Span<float> features);
}

/// <summary>Computes batches with extractors that process single clips.</summary>
internal static class ClipExtraction
{
    /// <summary>Computes the features of a batch: processes the clips separately and in parallel.</summary>
    /// <param name="extractor">The extractor; its computation of single clips must be thread-safe.</param>
    /// <param name="waveforms">Samples, shape (clips, samples); on any device.</param>
    /// <param name="frames">Number of frames per clip.</param>
    /// <param name="bands">Number of values per frame.</param>
    /// <returns>float32, shape (clips, frames, bands), on the device of the samples. The caller owns it.</returns>
    public static torch.Tensor ExtractClips(
        this IFeatureExtractor extractor,
        torch.Tensor waveforms,
        int frames,
        int bands
    )
    {
        using var scope = torch.NewDisposeScope();
        var (clips, samples) = ((int)waveforms.shape[0], (int)waveforms.shape[1]);
        var values = waveforms.cpu().to(torch.float32).contiguous().data<float>().ToArray();
        var size = frames * bands;
        var features = new float[clips * size];
        Workers.Run(
            clips,
            clip => extractor.Extract(values.AsSpan(clip * samples, samples), features.AsSpan(clip * size, size))
        );
        return torch.tensor(features, [clips, frames, bands]).to(waveforms.device).MoveToOuterDisposeScope();
    }
}
