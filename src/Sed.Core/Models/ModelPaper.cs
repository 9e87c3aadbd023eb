using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Runtime;

namespace Sed.Core.Models;

/// <summary>What a model file says in words and numbers, its arrays aside: the members of model.json.</summary>
internal sealed record ModelPaper
{
    /// <summary>The layout that is written, and the only one that is read.</summary>
    public const int Current = 1;

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

    public static ModelPaper Of(SavedModel model) =>
        new()
        {
            Layout = Current,
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

    /// <summary>The model, with each member's arrays: its weights by their names, its means and its deviations.</summary>
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
                    (member, own) =>
                        new ModelMember(member.Name, member.Specification, member.Scores, own.Statistics, own.Weights)
                ),
            ],
        };
}
