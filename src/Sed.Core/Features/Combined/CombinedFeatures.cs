using Sed.Core.Onnx.Graph;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Core.Features.Combined;

/// <summary>
/// Several feature sources on the frame grid of the first source. Each frame is the concatenation of the sources'
/// frames: frames with a longer hop are interpolated linearly, and frames with a shorter hop are averaged. All sources
/// read the audio at the same rate. Two definitions are equal if their canonical keys are equal.
/// </summary>
/// <param name="Parts">The sources, at least one, with different names.</param>
[Key("combined")]
public sealed record CombinedFeatures([property: Key("parts")] IReadOnlyList<FeaturePart> Parts) : FeatureSource
{
    private FeatureSource First => Parts[0].Source;

    /// <inheritdoc/>
    public override string Summary =>
        string.Join(" + ", Parts.Select(part => $"{part.Name} ({part.Source.Summary})")) + StandardisationSummary;

    /// <inheritdoc/>
    public override string Title => string.Join(", ", Parts.Select(part => part.Name));

    /// <inheritdoc/>
    public override int SampleRate => First.SampleRate;

    /// <inheritdoc/>
    public override int? OwnSampleRate =>
        Parts.Select(part => part.Source.OwnSampleRate).FirstOrDefault(rate => rate > 0);

    /// <inheritdoc/>
    public override int HopSamples => First.HopSamples;

    /// <inheritdoc/>
    public override double HopSeconds => First.HopSeconds;

    /// <inheritdoc/>
    public override bool HasRoundedHop => Parts.Any(part => part.Source.HasRoundedHop);

    /// <summary>Number of values per frame of all sources.</summary>
    public override int Bands => Parts.Sum(part => part.Source.Bands);

    /// <summary>
    /// The bands that are logarithms of energies, if exactly one source has such bands; otherwise null.
    /// </summary>
    internal override EnergyBands? Energies
    {
        get
        {
            EnergyBands? only = null;
            var first = 0;
            foreach (var part in Parts)
            {
                if (part.Source.Energies is { } own)
                {
                    if (only is not null)
                        return null;
                    only = own with { First = first + own.First };
                }
                first += part.Source.Bands;
            }
            return only;
        }
    }

    /// <inheritdoc/>
    public override int SamplesBefore => Parts.Max(part => part.Source.SamplesBefore);

    /// <inheritdoc/>
    public override int SamplesFrom => Parts.Max(part => part.Source.SamplesFrom);

    internal override int LeastSamples => Parts.Max(part => part.Source.LeastSamples);

    /// <inheritdoc/>
    public override bool UsesWindows => Parts.Any(part => part.Source.UsesWindows);

    /// <inheritdoc/>
    public override long KeptValues => Parts.Sum(part => part.Source.KeptValues);

    /// <inheritdoc/>
    public override int FramesOf(int samples) => First.FramesOf(samples);

    /// <summary>
    /// Sources without a sampling rate get the rate of the first source that has one. If no source has a rate, all get
    /// the corpus's rate.
    /// </summary>
    public override FeatureSource At(int sampleRate)
    {
        var common = OwnSampleRate ?? sampleRate;
        return this with { Parts = [.. Parts.Select(part => part with { Source = part.Source.At(common) })] };
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Problem> Problems()
    {
        List<Problem> problems = [];
        if (Parts.Count == 0)
            return
            [
                Problem.Of(
                    "there are no feature sources",
                    "name at least one, for example `named \"mel\" (logMel { bands 64 })`"
                ),
            ];
        foreach (var part in Parts)
            problems.AddRange(part.Source.Problems().Select(problem => problem.Within(part.Name)));
        foreach (var (name, count) in Parts.CountBy(part => part.Name).Where(name => name.Value > 1))
            problems.Add(Problem.Of($"{count} feature sources are named '{name}'", "give each its own name"));
        int[] rates =
        [
            .. Parts.Select(part => part.Source.OwnSampleRate).OfType<int>().Where(rate => rate > 0).Distinct(),
        ];
        if (rates.Length > 1)
            problems.Add(
                Problem.Of(
                    $"the feature sources have different sampling rates ({string.Join(" and ", rates)} Hz)",
                    $"give all the same rate, for example `rate {rates.Max()}.0<Hz>`"
                )
            );
        problems.AddRange(
            Parts
                .Where(part => part.Source.Standardisation != Standardisation)
                .Select(part =>
                    Problem.Of(
                        $"the feature source '{part.Name}' is standardised differently from the combined features",
                        "set `standardise PerBand` in this source"
                    )
                )
        );
        return problems;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Problem> ProblemsInPlans() =>
        [
            .. Problems(),
            .. Parts.SelectMany(part =>
                part.Source.ProblemsInPlans()
                    .Except(part.Source.Problems())
                    .Select(problem => problem.Within(part.Name))
            ),
        ];

    /// <inheritdoc/>
    public bool Equals(CombinedFeatures? other) =>
        other is not null && CanonicalKey.Text(this) == CanonicalKey.Text(other);

    /// <inheritdoc/>
    public override int GetHashCode() => CanonicalKey.Text(this).GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string OnnxInput => "features";

    /// <inheritdoc/>
    public override string OnnxInputSummary =>
        $"{string.Join(", ", Parts.Select(part => part.Name))}, not standardised";

    /// <inheritdoc/>
    public override string? ProviderOn(torch.Device device) =>
        Parts.Select(part => part.Source.ProviderOn(device)).FirstOrDefault(provider => provider is not null);

    internal override IEnumerable<(string Content, FeatureFile File)> Files =>
        Parts.SelectMany(part => part.Source.Files);

    internal override FeatureSource WithFiles(Func<string, FeatureFile> find) =>
        this with
        {
            Parts = [.. Parts.Select(part => part with { Source = part.Source.WithFiles(find) })],
        };

    internal override IFrameStream Stream(IFeatureExtractor extractor) =>
        new CombinedStream(this, (CombinedExtractor)extractor);

    internal override int? OnnxOperatorSet
    {
        get
        {
            int[] sets = [.. Parts.Select(part => part.Source.OnnxOperatorSet).OfType<int>().Distinct().Order()];
            return sets.Length < 2
                ? sets.Select(set => (int?)set).FirstOrDefault()
                : throw new NotSupportedException(
                    $"the encoders use incompatible ONNX operator sets ({string.Join(", ", sets)}); export them with the same operator set"
                );
        }
    }

    internal override OnnxValue Export(OnnxValue waveforms, int samples)
    {
        var frames = FramesOf(samples);
        return OnnxValue.Concatenate(
            2,
            [
                .. Parts.Select(part =>
                    new FrameGrid(part.Source.HopSeconds, HopSeconds).Export(
                        part.Source.Export(waveforms, samples),
                        part.Source.FramesOf(samples),
                        frames
                    )
                ),
            ]
        );
    }

    private protected override IFeatureExtractor CreateExtractor(torch.Device device)
    {
        List<IFeatureExtractor> extractors = [];
        try
        {
            foreach (var part in Parts)
                extractors.Add(part.Source.Extractor(device));
            return new CombinedExtractor(this, extractors);
        }
        catch
        {
            extractors.ForEach(extractor => extractor.Dispose());
            throw;
        }
    }
}
