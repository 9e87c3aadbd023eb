using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora.Layouts;

/// <summary>Requirements on all corpus layouts, and the detection of a folder's layout.</summary>
public sealed class CorpusLayoutTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string> Titles => [.. CorpusLayouts.All.Select(layout => layout.Title)];

    [Theory]
    [MemberData(nameof(Titles))]
    public void A_layout_states_its_label_files_and_what_it_did_not_find(string title)
    {
        WavWriter.Write(folder.File("a.wav"), new float[10], 44_100);
        var layout = CorpusLayouts.All.Single(layout => layout.Title == title);
        Assert.NotEqual("", layout.Expected);
        var match = layout.Recognise(CorpusFolder.Open(folder.Path));
        Assert.False(match.IsRecognised);
        Assert.NotEqual("", match.Missing);
    }

    [Fact]
    public void Titles_are_unique() => Assert.Distinct(CorpusLayouts.All.Select(layout => layout.Title));

    [Fact]
    public void A_folder_that_no_layout_recognises_is_reported_with_what_each_layout_looks_for()
    {
        Write("durations.tsv", "filename\tduration\na.wav\t10\n");
        var error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal(
            [
                $"{folder.Path}: the folder contains no audio files; add the annotated recordings",
                $"{folder.Path}: the folder does not have the layout \"DCASE 2017 Task 4\": there is no "
                    + "groundtruth_*_label_*_set.csv and no training_set.csv, testing_set.csv or evaluation_set.csv; expected the released label files, such as "
                    + "groundtruth_weak_label_training_set.csv and groundtruth_strong_label_testing_set.csv, or training_set.csv",
                $"{folder.Path}: the folder does not have the layout \"lists of labels (DESED, AudioSet)\": no list has a header "
                    + "with filename and event_label, or rows of file, onset, offset and label (durations.tsv: it is a list of durations); expected lists (*.tsv) with a header of filename and event_label, or of filename, onset, "
                    + "offset and event_label",
            ],
            error.Problems.Take(3).Select(problem => problem.ToString())
        );
        Assert.Equal(1 + CorpusLayouts.All.Count, error.Problems.Count);
    }

    [Theory]
    [InlineData(
        "a.wav",
        "b.wav",
        "add a list train.tsv with the columns filename and event_label, or an annotation file for each recording, such as a.txt for a.wav"
    )]
    [InlineData(
        "cat/1.wav",
        "dog/1.wav",
        "if its folders are the classes, list them in train.tsv with the columns filename and event_label: one row for each recording, such as cat/1.wav and cat, separated by a tab"
    )]
    public void A_folder_with_audio_only_is_reported_as_lacking_annotations(string first, string second, string remedy)
    {
        foreach (var name in new[] { first, second })
            WavWriter.Write(folder.File(name.Split('/')), new float[10], 44_100);
        var error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal($"{folder.Path}: no annotations of its recordings were found; {remedy}", error.Message);
    }

    [Fact]
    public void A_folder_with_label_files_in_two_layouts_is_reported_with_them()
    {
        Write("groundtruth_weak_label_training_set.csv", "a.wav\t0\t10\tCar\n");
        Write("lists/predictions.tsv", "filename\tonset\toffset\tevent_label\na.wav\t0\t10\tCar\n");
        var error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal(
            $"{folder.Path}: the folder has label files in several layouts: DCASE 2017 Task 4 (groundtruth_weak_label_training_set.csv), "
                + $"lists of labels (DESED, AudioSet) ({Path.Combine("lists", "predictions.tsv")}); keep the label files of one layout in "
                + "the folder and move the others out of it",
            error.Message
        );
    }

    [Theory]
    [InlineData("groundtruth_weak_label_training_set.csv", "a.wav\t0\t10\tCar\n", "DCASE 2017 Task 4")]
    [InlineData("train.tsv", "filename\tevent_label\na.wav\tCar\n", "lists of labels (DESED, AudioSet)")]
    public void A_listing_states_the_layout_that_was_detected(string name, string text, string layout)
    {
        Write(name, text);
        Assert.Equal(layout, CorpusLayouts.Open(folder.Path).Layout);
    }

    [Fact]
    public void Options_replace_the_properties_of_a_layout()
    {
        Write("train.tsv", "filename\tevent_label\na.wav\tCar\n");
        WavWriter.Write(folder.File("a.wav"), new float[16_000], 16_000);
        var corpus = CorpusLayouts.Read(
            folder.Path,
            new CorpusOptions
            {
                Name = "cars",
                SampleRate = 16_000,
                ClipSeconds = 1,
            }
        );
        Assert.Equal(("cars", 16_000, 1.0), (corpus.Corpus, corpus.SampleRate, corpus.ClipSeconds));
    }

    private void Write(string path, string text) => File.WriteAllText(folder.File(path.Split('/')), text);
}
