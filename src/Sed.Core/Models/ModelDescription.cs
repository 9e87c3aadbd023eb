using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Models;

/// <summary>The content of model.json: all data of a model except its arrays.</summary>
internal sealed record ModelDescription
{
    /// <summary>The format version that this release reads and writes.</summary>
    public const int CurrentLayout = 2;

    [Key("layout")]
    public required int Layout { get; init; }

    [Key("name")]
    public required string Name { get; init; }

    [Key("classes")]
    public required ClassList Classes { get; init; }

    [Key("clipSeconds")]
    public required double ClipSeconds { get; init; }

    [Key("channel")]
    public int? Channel { get; init; }

    [Key("features")]
    public required FeatureSource Features { get; init; }

    [Key("network")]
    public required NetworkDescription Network { get; init; }

    [Key("detection")]
    public required DetectionOptions Detection { get; init; }

    [Key("corpus")]
    public required string Corpus { get; init; }

    [Key("corpusHash")]
    public required string CorpusHash { get; init; }

    [Key("noBetterThanConstant", OmitWhen = false)]
    public bool IsNoBetterThanConstant { get; init; }

    [Key("rounds")]
    public IReadOnlyList<TrainingRound>? Rounds { get; init; }

    [Key("members")]
    public required IReadOnlyList<Member> Members { get; init; }

    public sealed record Member(
        [property: Key("name")] string Name,
        [property: Key("specification")] string Specification,
        [property: Key("scores")] IReadOnlyDictionary<string, IReadOnlyDictionary<string, double>> Scores
    );

    public static ModelDescription Of(SavedModel model) =>
        new()
        {
            Layout = CurrentLayout,
            Name = model.Name,
            Classes = model.Classes,
            ClipSeconds = model.ClipSeconds,
            Channel = model.Channel,
            Features = model.Features,
            Network = model.Network,
            Detection = model.Detection,
            Corpus = model.Corpus,
            CorpusHash = model.CorpusHash,
            IsNoBetterThanConstant = model.IsNoBetterThanConstant,
            Rounds = model.Rounds.Count > 0 ? model.Rounds : null,
            Members = [.. model.Members.Select(member => new Member(member.Name, member.Specification, member.Scores))],
        };

    /// <summary>Combines the description with the arrays of its members.</summary>
    public SavedModel With(
        IReadOnlyList<(BandStatistics Statistics, IReadOnlyDictionary<string, NumpyArray> Weights)> arrays
    ) =>
        new()
        {
            Name = Name,
            Classes = Classes,
            ClipSeconds = ClipSeconds,
            Channel = Channel,
            Features = Features,
            Network = Network,
            Detection = Detection,
            Corpus = Corpus,
            CorpusHash = CorpusHash,
            IsNoBetterThanConstant = IsNoBetterThanConstant,
            Rounds = Rounds ?? [],
            Members =
            [
                .. Members.Zip(
                    arrays,
                    (member, ofMember) =>
                        new ModelMember(
                            member.Name,
                            member.Specification,
                            member.Scores,
                            ofMember.Statistics.As(Features.Standardisation),
                            ofMember.Weights
                        )
                ),
            ],
        };
}
