using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora.Layouts;

/// <summary>Splits and groups that lists of labels, or a list of splits beside them, state.</summary>
public sealed class SplitsOfListsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("labels.csv")]
    [InlineData("train.csv")]
    public void A_column_states_the_splits(string list)
    {
        Write(
            list,
            "filename,split,event_label",
            "a.wav,train,dog",
            "a.wav,train,cat",
            "b.wav,dev,dog",
            "c.wav,test,cat"
        );
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(["a.wav Training cat dog", "b.wav Validation dog", "c.wav Testing cat"], Shown(listing));
        Assert.Equal(
            [
                (Split.Training, 1, "the column \"split\" states the splits"),
                (Split.Validation, 1, ""),
                (Split.Testing, 1, ""),
            ],
            listing.Lists.Select(use => (use.Split!.Value, use.Clips, use.Note))
        );
    }

    [Fact]
    public void A_column_with_another_name_states_the_splits_if_the_script_says_so()
    {
        Write("labels.csv", "filename,onset,offset,label,subset", "a.wav,0,1,dog,train", "b.wav,0,1,cat,eval");
        CorpusOptions options = new() { Columns = new Dictionary<string, string> { ["subset"] = "split" } };
        Assert.True(CorpusOptions.IsKnownColumn("split"));
        Assert.Equal(["a.wav Training dog", "b.wav Evaluation cat"], Shown(CorpusLayouts.Open(folder.Path, options)));
    }

    [Fact]
    public void A_column_whose_values_are_not_splits_states_none()
    {
        Write("train.csv", "filename,split,event_label", "a.wav,1,dog", "b.wav,2,cat");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Equal(["a.wav Training dog", "b.wav Training cat"], Shown(listing));
        Assert.Equal("unused columns: split", listing.Lists.Single().Note);
    }

    [Fact]
    public void Every_invalid_split_is_reported()
    {
        Write("labels.csv", "filename,split,event_label", "a.wav,train,dog", "b.wav,half,dog", "c.wav,,dog");
        var list = folder.File("labels.csv");
        Assert.Equal(
            [
                $"{list}: the split \"(empty)\" is unknown; write train, valid, test or eval",
                $"{list}: the split \"half\" is unknown; write train, valid, test or eval",
            ],
            CorpusLayouts.Open(folder.Path).Problems.Select(problem => problem.ToString())
        );
        Write("labels.csv", "filename,split,event_label", "a.wav,train,dog", "a.wav,test,cat");
        Assert.Contains(
            $"{list}, line 3: the file \"a.wav\" has the split \"test\" here and \"train\" in an earlier row",
            Assert.Throws<CorpusException>(() => CorpusLayouts.Open(folder.Path)).Message
        );
    }

    [Fact]
    public void A_list_of_splits_states_the_splits_of_lists_of_labels()
    {
        Write("labels.csv", "filename,event_label", "a.wav,dog", "b.wav,dog", "c.wav,cat");
        Write("splits.csv", "filename,split", "a.wav,train", "b,dev", "c.wav,test");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(["a.wav Training dog", "b.wav Validation dog", "c.wav Testing cat"], Shown(listing));
        Assert.Equal(
            ["labels.csv weak labels", "labels.csv weak labels", "labels.csv weak labels", "splits.csv splits"],
            listing.Lists.Select(use => $"{use.File} {use.Content}")
        );
        Write("splits.csv", "filename,split", "a.wav,train", "b.wav,test");
        Assert.Equal(
            [$"{folder.File("splits.csv")}: the list has no split for the recording \"c.wav\"; add a row"],
            CorpusLayouts.Open(folder.Path).Problems.Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void A_list_of_splits_precedes_the_name_of_a_list()
    {
        Write("train.tsv", "filename\tevent_label", "a.wav\tdog", "b.wav\tdog");
        Write("unlabelled.tsv", "filename", "c.wav", "d.wav");
        Write("splits.tsv", "filename\tsplit", "b.wav\ttest", "d.wav\ttest");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(["a.wav Training dog", "c.wav Training ", "b.wav Testing dog"], Shown(listing));
        Assert.Contains(
            "; 1 clips of other splits are not used",
            listing.Lists.Single(use => use.File == "unlabelled.tsv").Note
        );
    }

    [Fact]
    public void A_column_of_a_list_states_the_groups()
    {
        Write(
            "train.csv",
            "filename,site,event_label",
            "a.wav,north,dog",
            "a.wav,north,cat",
            "b.wav,north,dog",
            "c.wav,south,cat"
        );
        var listing = CorpusLayouts.Open(folder.Path, new CorpusOptions { Group = new GroupColumn("Site") });
        Assert.Empty(listing.Problems);
        Assert.Equal(["north", "north", "south"], listing.Clips.Select(clip => clip.Source));
        Assert.Equal("", listing.Lists.Single().Note);
    }

    [Fact]
    public void A_column_of_the_list_of_splits_states_the_groups_of_annotated_recordings()
    {
        foreach (var name in (string[])["a", "b"])
        {
            WavWriter.Write(folder.File($"{name}.wav"), new float[800], 8000);
            Write($"{name}.txt", "0\t0.1\tdog");
        }
        Write("splits.tsv", "filename\tsplit\tsite", "a.wav\ttrain\tnorth", "b.wav\ttest\tsouth");
        var listing = CorpusLayouts.Open(folder.Path, new CorpusOptions { Group = new GroupColumn("site") });
        Assert.Empty(listing.Problems);
        Assert.Equal(["north", "south"], listing.Clips.Select(clip => clip.Source));
    }

    [Fact]
    public void Missing_columns_and_values_of_groups_are_reported()
    {
        Write("train.csv", "filename,site,event_label", "a.wav,north,dog", "b.wav,,dog");
        IEnumerable<string> Problems(string column) =>
            CorpusLayouts
                .Open(folder.Path, new CorpusOptions { Group = new GroupColumn(column) })
                .Problems.Select(problem => problem.ToString());
        Assert.Equal(
            [
                $"{folder.Path}: 1 recordings have no value in the column \"site\", for example b.wav; add the values (write recordings of the same name with their folders), or choose another column for the groups",
            ],
            Problems("site")
        );
        Assert.Equal(
            [
                $"{folder.Path}: no list has a column \"device\" for the groups; name a column of the lists of labels or of splits.tsv",
            ],
            Problems("device")
        );
    }

    [Theory]
    [InlineData("path")]
    [InlineData("audio_path")]
    public void Folders_in_a_column_of_paths_are_parts_of_the_names_and_the_splits_are_found(string column)
    {
        Write(
            "labels.csv",
            $"{column},onset,offset,label,split",
            "day1/a.wav,0,1,dog,train",
            "day2/a.wav,0,1,cat,test"
        );
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(["day1/a.wav Training dog", "day2/a.wav Testing cat"], Shown(listing));
    }

    [Theory]
    [InlineData("onset_s,offset_s,label,notated_path,split", "0,1,dog,birds/a.wav,test")]
    [InlineData("label,notated_path,split", "dog,birds/a.wav,test")]
    public void The_split_of_a_recording_that_the_last_part_of_a_path_names_is_found(string header, string row)
    {
        Write("labels.csv", header, row);
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(["a.wav Testing dog"], Shown(listing));
    }

    [Fact]
    public void A_recording_without_a_value_in_the_column_of_splits_is_reported()
    {
        Write("labels.csv", "split,filename,event_label", "test,a.wav,dog", "b.wav");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Equal(
            [
                $"{folder.File("labels.csv")}: the column \"split\" has no value for the recording \"b.wav\"; write train, valid, test or eval",
            ],
            listing.Problems.Select(problem => problem.ToString())
        );
    }

    [Theory]
    [InlineData("train.txt", "a.wav\t0.5\t1\tdog")]
    [InlineData("train.csv", "a.wav\t0.5\t1\tdog")]
    [InlineData("train.csv", "a.wav,0.5,1,dog")]
    [InlineData("train.tsv", "a.wav\thome\t0.5\t1\tdog")]
    public void Lists_of_events_without_a_header_are_read(string list, string row)
    {
        Write(list, row, row.Replace("a.wav", "b.wav"), "c.wav");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(["a.wav", "b.wav", "c.wav"], listing.Clips.Select(clip => clip.Name));
        Assert.Equal([new SoundEvent(0.5, 1, "dog")], listing.Clips[0].StrongEvents);
    }

    [Fact]
    public void A_text_of_events_without_a_header_and_a_split_is_ignored_beside_other_lists()
    {
        Write("train.tsv", "filename\tevent_label", "a.wav\tdog");
        Write("detected.txt", "a.wav\t0.5\t1\tdog");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(
            [("detected.txt", "the name of the list does not state its split")],
            listing.Lists.Where(use => use.IsIgnored).Select(use => (use.File, use.Note))
        );
    }

    [Fact]
    public void Segments_of_AudioSet_without_a_header_are_weak_labels()
    {
        Write("train.csv", "--PJHxphWEs, 30.000, 40.000, \"/m/09x0r,/t/dd00088\"");
        var clip = CorpusLayouts.Open(folder.Path).Clips.Single();
        Assert.Null(clip.StrongEvents);
        Assert.Equal(2, clip.WeakLabels.Count);
    }

    [Theory]
    [InlineData("a.wav")]
    [InlineData("a note about the labels")]
    [InlineData("0.5\t1\tdog")]
    [InlineData("a.wav\t10")]
    public void Other_texts_without_a_header_are_no_lists_of_labels(string row)
    {
        Write("train.txt", row);
        Assert.Throws<CorpusException>(() => CorpusLayouts.Open(folder.Path));
    }

    private void Write(string path, params string[] rows) => File.WriteAllLines(folder.File(path), rows);

    private static IEnumerable<string> Shown(CorpusListing listing) =>
        listing.Clips.Select(clip => $"{clip.Name} {clip.Split} {string.Join(' ', clip.WeakLabels)}");
}
