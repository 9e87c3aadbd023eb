using Sed.Core.Corpora;
using Sed.Core.Corpora.Synthesis;

namespace Sed.Core.Tests.Corpora.Synthesis;

public sealed class RecordingFoldersTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Recordings_are_divided_by_fold()
    {
        foreach (var fold in Enumerable.Range(1, 4))
        foreach (var name in (string[])["dog", "rain"])
            File.WriteAllText(folder.File(name, $"{fold}-{fold}00-A.ogg"), "");
        var folders = RecordingFolders.Open(folder.Path, new SoundscapeOptions());
        Assert.Equal(["dog"], folders.Classes);
        Assert.Equal(["rain"], folders.Backgrounds);
        Assert.Equal(
            ["1-100-A.ogg", "2-200-A.ogg"],
            folders.Recordings("dog", Split.Training).Select(Path.GetFileName)
        );
        Assert.Equal(["3-300-A.ogg"], folders.Recordings("dog", Split.Testing).Select(Path.GetFileName));
        Assert.Equal(["4-400-A.ogg"], folders.Recordings("dog", Split.Evaluation).Select(Path.GetFileName));
    }

    [Fact]
    public void Without_folds_all_recordings_of_a_source_are_in_one_split()
    {
        for (var source = 100; source < 120; source++)
            foreach (var take in (string[])["A", "B"])
                File.WriteAllText(folder.File(source % 2 == 0 ? "dog" : "cat", $"{source}-{take}.wav"), "");
        var folders = RecordingFolders.Open(folder.Path, new SoundscapeOptions());
        foreach (var label in folders.Classes)
        {
            string[][] parts =
            [
                .. folders.Parts.Select(split =>
                    folders.Recordings(label, split).Select(path => Path.GetFileName(path)[..3]).Distinct().ToArray()
                ),
            ];
            Assert.Equal([6, 2, 2], parts.Select(part => part.Length));
            Assert.Equal(10, parts.SelectMany(part => part).Distinct().Count());
        }
    }

    [Fact]
    public void A_class_with_too_few_sources_is_named()
    {
        File.WriteAllText(folder.File("dog", "100-A.wav"), "");
        var error = Assert.Throws<CorpusException>(() =>
            RecordingFolders.Open(folder.Path, new SoundscapeOptions { BackgroundFolders = ["street"] })
        );
        Assert.Equal(
            [
                $"{folder.Path}: the background folder 'street' does not exist or contains no audio",
                $"{folder.Path}: class 'dog' has no testing recordings: none of its recordings (1 in total) belongs to this split; "
                    + "a class needs at least 3 folds or sources",
                $"{folder.Path}: class 'dog' has no evaluation recordings: none of its recordings (1 in total) belongs to this split; "
                    + "a class needs at least 3 folds or sources",
            ],
            error.Problems.Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void The_fingerprint_of_recordings_depends_on_which_folders_are_backgrounds()
    {
        foreach (var fold in Enumerable.Range(1, 4))
        foreach (var name in (string[])["dog", "owl", "rain"])
            File.WriteAllText(folder.File(name, $"{fold}-{fold}00-A.ogg"), "");
        var usual = Fingerprint(null);
        Assert.Equal(usual, Fingerprint("rain"));
        string[] different = [usual, Fingerprint("owl", "rain"), Fingerprint("owl"), Fingerprint()];
        Assert.Equal(different, different.Distinct());

        string Fingerprint(params string[]? backgrounds) =>
            RecordedSounds
                .Open(folder.Path, new SoundscapeOptions { BackgroundFolders = backgrounds }, 8000, null)
                .Fingerprint;
    }

    [Fact]
    public void A_folder_whose_name_a_list_cannot_hold_is_named()
    {
        foreach (var fold in Enumerable.Range(1, 4))
        foreach (var name in (string[])["dog", "a\tcat"])
            File.WriteAllText(folder.File(name, $"{fold}-{fold}00-A.ogg"), "");
        var error = Assert.Throws<CorpusException>(() => RecordingFolders.Open(folder.Path, new SoundscapeOptions()));
        Assert.Equal(
            $"{folder.Path}: the folder name \"a?cat\" contains a tab, line break or other control character, which is "
                + "not allowed in a tab-separated list; rename the folder",
            Assert.Single(error.Problems).ToString()
        );
    }
}
