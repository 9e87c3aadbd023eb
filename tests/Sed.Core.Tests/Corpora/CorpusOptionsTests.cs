using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora;

/// <summary>Properties of a corpus that a user states.</summary>
public sealed class CorpusOptionsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Groups_are_never_divided_between_splits()
    {
        var draw = new Random(1);
        for (var patient = 0; patient < 12; patient++)
        for (var recording = 0; recording < 1 + draw.Next(6); recording++)
            Record($"{patient:D3}_{recording}.wav", draw.Next(3) == 0 ? "wheeze" : "normal");
        var manifest = Read(new() { Group = new NameField('_', 0) });
        Assert.Equal(12, manifest.Clips.Select(clip => clip.Source).Distinct().Count());
        for (var seed = 0; seed < 20; seed++)
        {
            var carved = Stratification.CarveValidation(manifest, 0.05 + 0.04 * seed, seed);
            Assert.All(
                carved.Clips.GroupBy(clip => clip.Name[..3]),
                group => Assert.Single(group.Select(clip => clip.Split).Distinct())
            );
            Assert.All(
                Stratification.Folds(manifest, 4, seed),
                fold =>
                    Assert.Equal(
                        fold.Order(),
                        manifest
                            .Clips.Index()
                            .Where(clip => fold.Any(own => manifest.Clips[own].Source == clip.Item.Source))
                            .Select(clip => clip.Index)
                    )
            );
        }
    }

    [Fact]
    public void A_name_without_the_field_of_its_group_is_a_problem()
    {
        Record("001_1.wav", "wheeze");
        Record("take2.wav", "wheeze");
        var error = Assert.Throws<CorpusException>(() => Read(new() { Group = new NameField('_', 1) }));
        Assert.Contains(
            "1 file names have no field 1 (counted from 0, separated by '_'), for example take2.wav",
            error.Message
        );
    }

    [Fact]
    public void Labels_of_classes_that_are_not_chosen_are_left_out()
    {
        Record("001_1.wav", "wheeze,normal");
        Record("001_2.wav", "crackle");
        var manifest = Read(new() { Classes = ["wheeze", "normal"] });
        Assert.Equal(["wheeze", "normal"], manifest.Classes);
        Assert.Equal(["wheeze", "normal"], manifest.Clips[0].WeakLabels);
        Assert.Empty(manifest.Clips[1].WeakLabels);
        var error = Assert.Throws<CorpusException>(() => Read(new() { Classes = ["Wheeze", "normal"] }));
        Assert.Contains("'Wheeze' is not one of the classes", error.Message);
        Assert.Contains("'wheeze' differs only in", error.Message);
    }

    private Manifest Read(CorpusOptions options) => CorpusLayouts.Read(folder.Path, options);

    private void Record(string name, string labels)
    {
        WavWriter.Write(folder.File("audio", name), new float[800], 8000);
        var list = folder.File("train.tsv");
        if (!File.Exists(list))
            File.WriteAllText(list, "filename\tevent_labels\n");
        File.AppendAllText(list, $"{name}\t{labels}\n");
    }
}
