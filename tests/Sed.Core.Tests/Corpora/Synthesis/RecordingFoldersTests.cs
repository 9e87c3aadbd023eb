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
        RecordingFolders folders = RecordingFolders.Open(folder.Path, new SoundscapeOptions());
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
    public void Without_folds_all_takes_of_one_source_stay_together()
    {
        for (var source = 100; source < 120; source++)
            foreach (var take in (string[])["A", "B"])
                File.WriteAllText(folder.File(source % 2 == 0 ? "dog" : "cat", $"{source}-{take}.wav"), "");
        RecordingFolders folders = RecordingFolders.Open(folder.Path, new SoundscapeOptions());
        foreach (var label in folders.Classes)
        {
            string[][] parts =
            [
                .. RecordingFolders.Parts.Select(split =>
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
        CorpusException error = Assert.Throws<CorpusException>(() =>
            RecordingFolders.Open(folder.Path, new SoundscapeOptions { BackgroundFolders = ["street"] })
        );
        Assert.Equal(
            [
                $"{folder.Path}: the background folder 'street' is not there, or has no audio in it.",
                $"{folder.Path}: class 'dog' has no recording for Testing; its 1 recordings come from too few folds or "
                    + "sources to be divided in 3.",
                $"{folder.Path}: class 'dog' has no recording for Evaluation; its 1 recordings come from too few folds or "
                    + "sources to be divided in 3.",
            ],
            error.Problems.Select(problem => problem.ToString())
        );
    }
}
