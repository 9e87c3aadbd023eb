using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora;

/// <summary>Label files of published corpora in small, each of which was once misread.</summary>
public sealed class CasesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_evaluation_list_of_weak_labels_is_no_training_list()
    {
        var corpus = Read("audioset-weak");
        Assert.Equal([("v0_30000", Split.Training), ("v1_30000", Split.Training)], corpus[..2]);
        Assert.Equal([("v2_30000", Split.Evaluation), ("v3_30000", Split.Evaluation)], corpus[2..]);
    }

    [Fact]
    public void DESED_has_weak_synthetic_and_unlabelled_training_clips_and_is_scored_on_its_validation_list()
    {
        var listing = Listing("desed");
        Assert.Equal(
            [
                ("metadata/train/synthetic20/soundscapes.tsv", Split.Training, "strong labels", 4),
                ("metadata/train/unlabel_in_domain.tsv", Split.Training, "no labels", 3),
                ("metadata/train/weak.tsv", Split.Training, "weak labels", 9),
                ("metadata/validation/validation.tsv", Split.Testing, "strong labels", 6),
            ],
            listing
                .Lists.Where(use => use.Split is not null)
                .Select(use => (use.File.Replace('\\', '/'), use.Split!.Value, use.Content, use.Clips))
        );
        Assert.Equal("DESED's public test set", listing.Lists.Single(use => use.Split == Split.Testing).Note);
        var manifest = ManifestBuilder.Build(listing);
        Assert.Equal(16, manifest.IndicesOf(Split.Training).Length);
        Assert.NotNull(manifest.EventsOf(manifest.IndicesOf(Split.Testing)));
    }

    [Fact]
    public void A_quoted_label_with_a_comma_is_one_label() =>
        Assert.Equal(["Dog", "Male speech, man speaking"], Listing("comma-labels").Classes);

    [Fact]
    public void Lists_with_other_separators_quotes_capitals_and_names_of_columns_are_read()
    {
        var listing = Listing("list-headers");
        Assert.Empty(listing.Problems);
        Assert.Equal(
            [
                ("eval.tsv", Split.Evaluation, 1),
                ("eval2.tsv", Split.Evaluation, 1),
                ("test.tsv", Split.Testing, 2),
                ("test.txt", Split.Testing, 1),
                ("train_weak.tsv", Split.Training, 3),
                ("valid.tsv", Split.Validation, 1),
            ],
            listing.Lists.Select(use => (use.File, use.Split!.Value, use.Clips))
        );
        Assert.Equal(["cat", "dog"], listing.Classes);
        Assert.Equal(9, ManifestBuilder.Build(listing).Clips.Count);
    }

    private (string, Split)[] Read(string name) =>
        [.. ManifestBuilder.Build(Listing(name)).Clips.Select(clip => (clip.Name, clip.Split))];

    /// <summary>The label files of a case, with a short sound for each clip.</summary>
    private CorpusListing Listing(string name)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "Corpora", "Cases", name);
        var listing = CorpusLayouts.Open(folder.Copy(source, name));
        foreach (var clip in listing.Clips)
            WavWriter.Write(
                folder.File(name, "audio", $"{Path.GetFileNameWithoutExtension(clip.Name)}.wav"),
                new float[160],
                16_000
            );
        return CorpusLayouts.Open(Path.Combine(folder.Path, name));
    }
}
