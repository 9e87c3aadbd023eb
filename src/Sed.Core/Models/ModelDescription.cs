using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Networks;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>The content of model.json: a model without its arrays.</summary>
internal sealed record ModelDescription
{
    /// <summary>The format version that is written, and the only one that is read.</summary>
    public const int CurrentLayout = 1;

    public required int Layout { get; init; }
    public required string Name { get; init; }
    public required ClassList Classes { get; init; }
    public required double ClipSeconds { get; init; }
    public required SavedFeatures Features { get; init; }
    public required NetworkDescription Network { get; init; }
    public required DetectionOptions Detection { get; init; }
    public required string Corpus { get; init; }
    public required string CorpusHash { get; init; }
    public required IReadOnlyList<Member> Members { get; init; }

    public sealed record Member(
        string Name,
        string Specification,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Scores
    );

    public static ModelDescription Of(SavedModel model) =>
        new()
        {
            Layout = CurrentLayout,
            Name = model.Name,
            Classes = model.Classes,
            ClipSeconds = model.ClipSeconds,
            Features = SavedFeatures.Of(model.Features),
            Network = model.Network,
            Detection = model.Detection,
            Corpus = model.Corpus,
            CorpusHash = model.CorpusHash,
            Members = [.. model.Members.Select(member => new Member(member.Name, member.Specification, member.Scores))],
        };

    /// <summary>The model with the arrays of its members.</summary>
    public SavedModel With(
        IReadOnlyList<(BandStatistics Statistics, IReadOnlyDictionary<string, NumpyArray> Weights)> arrays
    ) =>
        new()
        {
            Name = Name,
            Classes = Classes,
            ClipSeconds = ClipSeconds,
            Features = Features.Definition,
            Network = Network,
            Detection = Detection,
            Corpus = Corpus,
            CorpusHash = CorpusHash,
            Members =
            [
                .. Members.Zip(
                    arrays,
                    (member, ofMember) =>
                        new ModelMember(
                            member.Name,
                            member.Specification,
                            member.Scores,
                            ofMember.Statistics,
                            ofMember.Weights
                        )
                ),
            ],
        };
}

/// <summary>A feature definition in the form that model files store, as data.</summary>
internal abstract record SavedFeatures
{
    /// <summary>The stored definition.</summary>
    internal abstract IFeatureDefinition Definition { get; }

    /// <exception cref="NotSupportedException">Model files cannot store this kind of features.</exception>
    public static SavedFeatures Of(IFeatureDefinition definition) =>
        definition switch
        {
            LogMelOptions options => new LogMel(options),
            SampleFrames frames => new Samples(frames.SampleRate, frames.FrameSamples),
            _ => throw new NotSupportedException($"A model file cannot store these features: {definition.Describe()}."),
        };

    /// <summary>Log-mel energies.</summary>
    /// <param name="Options">The definition.</param>
    public sealed record LogMel(LogMelOptions Options) : SavedFeatures
    {
        internal override IFeatureDefinition Definition => Options;
    }

    /// <summary>Waveform samples in adjacent frames.</summary>
    /// <param name="Rate">Sample rate in Hz.</param>
    /// <param name="Frame">Samples per frame.</param>
    public sealed record Samples(int Rate, int Frame) : SavedFeatures
    {
        internal override IFeatureDefinition Definition => new SampleFrames(Rate, Frame);
    }
}
