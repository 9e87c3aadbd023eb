using System.Text.Json.Serialization;
using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features.Encoders;

/// <summary>
/// The vectors (embeddings) of an encoder, a pretrained network in an ONNX file. The encoder's input is samples, shape
/// (batch, samples), or features, shape (batch, frames, bands). Its output is a sequence, shape (batch, frames, width),
/// or one vector per window, shape (batch, width). Properties that are not set are read from the file (output, sampling
/// rate, fixed length of a window) or measured by running the encoder (hop). Recordings longer than a window are
/// divided into windows that overlap by a fifth, and their vectors are cross-faded. Each vector is centred in its
/// frame: the audio is shifted by half the difference of the hop and the length of audio that one vector needs. Two
/// encoders are equal if their canonical keys are equal.
/// </summary>
[Key("encoder")]
public sealed record Encoder : FeatureSource
{
    /// <summary>Upper bound of sampling rates in Hz. Files with a higher rate are damaged or malicious.</summary>
    internal const int HighestRate = 1_000_000;

    private readonly FeatureFile? file;
    private readonly Lazy<(EncoderForm Form, IReadOnlyList<Problem> Problems)>? inspection;
    private readonly EncoderSettings settings = new();
    private readonly EncoderForm? form; // from a model file

    [JsonConstructor]
    internal Encoder() { }

    /// <summary>An encoder in an ONNX file, which is read when a property is first needed.</summary>
    /// <param name="path">Path of the ONNX file. All weights must be in this file.</param>
    public Encoder(string path)
        : this(new FeatureFile(path)) { }

    internal Encoder(FeatureFile file)
        : this(file, new(), null, 1) { }

    private Encoder(FeatureFile file, EncoderSettings settings, FeatureSource? input, double scale)
    {
        (this.file, this.settings, Input, Scale) = (file, settings, input, scale);
        inspection = new(() => EncoderInspection.Of(file, settings, input, scale));
    }

    /// <summary>
    /// The properties of the encoder. They are measured when they are first needed, or come from a model file.
    /// </summary>
    [Key("form")]
    public EncoderForm Form
    {
        get => form ?? inspection?.Value.Form ?? new();
        init => form = value;
    }

    /// <summary>Features that the encoder takes as input. Null (default): samples.</summary>
    [Key("input")]
    public FeatureSource? Input { get; init; }

    /// <summary>
    /// Factor by which the samples are multiplied, for encoders that expect a full scale other than -1 to 1, for
    /// example 32,768. Default 1.
    /// </summary>
    [Key("scale", OmitWhen = 1.0)]
    public double Scale { get; init; } = 1;

    /// <summary>
    /// File name of the encoder without folders; for an encoder in a model file, "encoder" and the start of its hash.
    /// </summary>
    private string Name => file?.Name ?? $"encoder {Form.Content[..Math.Min(12, Form.Content.Length)]}";

    /// <summary>A copy that uses the output of this name. Default: the only output.</summary>
    public Encoder WithOutput(string output) => With(settings with { Output = output });

    /// <summary>
    /// A copy with this sampling rate in Hz. Default: the metadata entry <c>sample_rate</c> of the ONNX file.
    /// </summary>
    public Encoder WithRate(int rate) => With(settings with { Rate = rate });

    /// <summary>
    /// A copy with this length of windows in seconds. Default: the encoder's fixed length, or 10 s. Required for an encoder
    /// that outputs one vector for an input of any length.
    /// </summary>
    public Encoder WithWindow(double seconds) => With(settings with { WindowSeconds = seconds });

    /// <summary>
    /// A copy with this time between vectors in seconds. Default: the measured time; for one vector per window, the
    /// length of the window.
    /// </summary>
    public Encoder WithHop(double seconds) => With(settings with { HopSeconds = seconds });

    /// <summary>A copy with a different <see cref="Scale"/>.</summary>
    public Encoder WithScale(double scale) => new(Stated, settings, Input, scale) { Standardisation = Standardisation };

    /// <summary>A copy with a different <see cref="Input"/>.</summary>
    public Encoder WithInput(FeatureSource input) =>
        new(Stated, settings, input, Scale) { Standardisation = Standardisation };

    /// <inheritdoc/>
    public override string Summary =>
        FormattableString.Invariant(
            $"{Name}: {Form.Width} values every {1000 * HopSeconds:G4} ms, at {Form.SampleRate} Hz{StandardisationSummary}"
        );

    /// <inheritdoc/>
    public override string Title => $"Vectors of {Name}";

    /// <inheritdoc/>
    public override int SampleRate => Form.SampleRate;

    /// <inheritdoc/>
    public override int HopSamples => Form.HopSamples;

    /// <inheritdoc/>
    public override double HopSeconds => Form.SampleRate < 1 ? 0 : (double)Form.HopSamples / Form.SampleRate;

    /// <summary>Number of values per vector.</summary>
    public override int Bands => Form.Width;

    /// <summary>The length of a window: all vectors of a window can depend on all of its samples.</summary>
    public override int SamplesBefore => Form.WindowSamples;

    /// <inheritdoc cref="SamplesBefore"/>
    public override int SamplesFrom => Form.WindowSamples;

    /// <inheritdoc/>
    public override bool UsesWindows => true;

    /// <summary>0; the encoder's weights are in the ONNX file.</summary>
    public override long KeptValues => 0;

    /// <inheritdoc/>
    public override int FramesOf(int samples) => Form.FramesOf(samples);

    /// <inheritdoc/>
    public override IReadOnlyList<Problem> Problems()
    {
        List<Problem> problems = [];
        if (settings.Rate is < 1 or > HighestRate)
            problems.Add(
                Problem.Of(
                    $"the sampling rate is {settings.Rate} Hz",
                    FormattableString.Invariant(
                        $"give a rate above 0 and up to {HighestRate:N0} Hz, for example `rate 16000.0<Hz>`"
                    )
                )
            );
        foreach (var (value, what) in new[] { (settings.WindowSeconds, "window"), (settings.HopSeconds, "hop") })
            if (value is { } seconds && !(seconds > 0 && seconds <= 3600))
                problems.Add(
                    Problem.Of(
                        FormattableString.Invariant($"the {what} is {seconds:R} s"),
                        "give a length above 0 and up to an hour"
                    )
                );
        if (!(double.IsFinite(Scale) && Scale != 0))
            problems.Add(
                Problem.Of(FormattableString.Invariant($"the scale is {Scale:R}"), "give a finite number other than 0")
            );
        if (Input is not null)
            problems.AddRange(Input.Problems().Select(problem => problem.Within("input")));
        if (problems.Count == 0)
            problems.AddRange(
                (form is null ? inspection?.Value.Problems ?? [] : FormProblems()).Select(problem =>
                    problem.Within(Name)
                )
            );
        return problems;
    }

    /// <inheritdoc/>
    public bool Equals(Encoder? other) => other is not null && CanonicalKey.Text(this) == CanonicalKey.Text(other);

    /// <inheritdoc/>
    public override int GetHashCode() => CanonicalKey.Text(this).GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string OnnxInput => "vectors";

    /// <inheritdoc/>
    public override string OnnxInputSummary => $"the vectors of {Name}, not standardised";

    /// <inheritdoc/>
    public override string? ProviderOn(torch.Device device) => EncoderSession.ProviderOn(device);

    internal override IEnumerable<(string Content, FeatureFile File)> Files =>
        [(Form.Content, Stated), .. Input?.Files ?? []];

    internal override FeatureSource WithFiles(Func<string, FeatureFile> find) =>
        new Encoder(find(Form.Content), settings, Input?.WithFiles(find), Scale)
        {
            Form = Form,
            Standardisation = Standardisation,
        };

    internal override IFrameStream Stream(IFeatureExtractor extractor) =>
        new EncoderStream(Form, (EncoderExtractor)extractor);

    internal override int? OnnxOperatorSet => EncoderOnnx.OperatorSet(Stated.Read());

    internal override OnnxValue Export(OnnxValue waveforms, int samples) =>
        EncoderOnnx.Extract(waveforms, samples, Stated.Read(), this);

    private protected override IFeatureExtractor CreateExtractor(torch.Device device)
    {
        var content = Stated.Read();
        if (FeatureFile.HashOf(content) != Form.Content)
            throw new EncoderException($"{Name} has changed since it was first read; start again");
        EncoderGraph.Parse(content);
        return new EncoderExtractor(Name, Form, new EncoderSession(content, Input, Scale, device));
    }

    private FeatureFile Stated =>
        file ?? throw new EncoderException($"the ONNX file of the encoder is missing; its SHA-256 is {Form.Content}");

    private Encoder With(EncoderSettings changed) =>
        new(Stated, changed, Input, Scale) { Standardisation = Standardisation };

    /// <summary>Problems of properties that were read from a model file.</summary>
    private IEnumerable<Problem> FormProblems()
    {
        if (
            Form.SampleRate < 1
            || Form.HopSamples < 1
            || Form.Width < 1
            || Form.WindowSamples < 1
            || Form.FieldSamples < 0
            || Form.LeastSamples < 0
            || Form.LeastSamples > Form.WindowSamples
            || Form.FieldSamples > Form.WindowSamples
        )
            yield return Problem.Of("its properties contradict each other");
    }
}
