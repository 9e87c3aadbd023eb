using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora.Layouts;

/// <summary>How the rows of a list of splits are matched with the names in lists of labels.</summary>
public sealed class NamesInListsOfSplitsTests : IDisposable
{
    private const string Several =
        "the recording \"a.wav\" matches two recordings, \"day1/a.wav\" and \"day2/a.wav\"; write the names in the list with their folders";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_name_without_a_folder_means_the_recording_with_this_path_or_the_only_one_with_this_file_name()
    {
        Audio("a.wav");
        Write("labels.csv", "filename,event_label", "day2/a.wav,cat", "a.wav,dog", "day3/b.wav,cat");
        Write("splits.csv", "filename,split,site", "a.wav,test,north", "b.wav,test,south");
        var listing = CorpusLayouts.Open(folder.Path, new CorpusOptions { Group = new GroupColumn("site") });
        Assert.Equal(
            [
                $"{folder.File("splits.csv")}: the list has no split for the recording \"day2/a.wav\"; add a row",
                $"{folder.Path}: 1 recordings have no value in the column \"site\", for example day2/a.wav; add the values (write recordings of the same name with their folders), or choose another column for the groups",
            ],
            listing.Problems.Select(problem => problem.ToString())
        );
        Assert.Equal(
            [("day2/a.wav", "day2/a"), ("a.wav", "north"), ("day3/b.wav", "south")],
            listing.Clips.Select(clip => (clip.Name, clip.Source))
        );
        Write("labels.csv", "filename,event_label", "day1/a.wav,cat", "day2/a.wav,dog", "day3/b.wav,cat");
        Assert.Equal(
            [$"{folder.File("splits.csv")}, line 2: {Several}"],
            CorpusLayouts.Open(folder.Path).Problems.Select(problem => problem.ToString())
        );
    }

    [Theory]
    [InlineData("audio/a.wav")]
    [InlineData("audio/a.flac")]
    public void Two_names_of_one_recording_in_several_lists_have_the_split_and_the_group_of_the_row_without_a_folder(
        string audio
    )
    {
        Audio(audio);
        Write("train_weak.tsv", "filename\tevent_label", "a.wav\tdog");
        Write("train_strong.tsv", "filename\tonset\toffset\tevent_label", "audio/a.wav\t0\t0.1\tdog");
        Write("splits.tsv", "filename\tsplit\tsite", "a.wav\ttest\tnorth");
        var listing = CorpusLayouts.Open(folder.Path, new CorpusOptions { Group = new GroupColumn("site") });
        Assert.Empty(listing.Problems);
        Assert.Equal(
            [("a.wav", Split.Testing, "north"), ("audio/a.wav", Split.Testing, "north")],
            listing.Clips.Select(clip => (clip.Name, clip.Split, clip.Source))
        );
        // Lists whose names state no split need the row.
        File.Move(folder.File("train_weak.tsv"), folder.File("weak.tsv"));
        File.Move(folder.File("train_strong.tsv"), folder.File("strong.tsv"));
        listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.All(listing.Clips, clip => Assert.Equal(Split.Testing, clip.Split));
    }

    [Fact]
    public void A_row_for_two_recordings_is_no_problem_if_an_option_or_a_column_states_their_splits()
    {
        Write("labels.csv", "filename,event_label", "day1/a.wav,cat", "day2/a.wav,dog");
        Write("splits.tsv", "filename\tsplit", "a.wav\ttest");
        var listing = CorpusLayouts.Open(folder.Path, new CorpusOptions { Split = Split.Testing });
        Assert.Empty(listing.Problems);
        Assert.All(listing.Clips, clip => Assert.Equal(Split.Testing, clip.Split));
        Write("labels.csv", "filename,split,event_label", "day1/a.wav,train,cat", "day2/a.wav,test,dog");
        listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal([Split.Training, Split.Testing], listing.Clips.Select(clip => clip.Split));
        // The split of one of the recordings is stated by the row only.
        Write("labels.csv", "filename,split,event_label", "day1/a.wav,train,cat");
        Write("train.csv", "filename,event_label", "day2/a.wav,dog");
        Assert.Equal([$"{folder.File("splits.tsv")}, line 2: {Several}"], Problems(new()));
    }

    [Fact]
    public void Rows_for_two_recordings_state_no_groups_and_the_remedy_is_to_add_their_folders()
    {
        Write("train.csv", "filename,event_label", "day1/a.wav,cat", "day2/a.wav,dog");
        Write("splits.tsv", "filename\tsplit\tsite", "a.wav\ttrain\tnorth");
        Assert.Equal(
            [
                $"{folder.File("splits.tsv")}, line 2: {Several}",
                $"{folder.Path}: 2 recordings have no value in the column \"site\", for example day1/a.wav; add the values (write recordings of the same name with their folders), or choose another column for the groups",
            ],
            Problems(new() { Group = new GroupColumn("site") })
        );
    }

    [Theory]
    [InlineData("notated_path,split", "/x/birds/a.wav,test")]
    [InlineData("Begin Path,split", @"C:\birds\a.wav,test")]
    public void The_last_part_of_a_path_on_another_machine_is_the_name(string header, string row)
    {
        Write("labels.csv", "label,notated_path", "dog,/x/birds/a.wav");
        Write("splits.csv", header, row);
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal(("a.wav", Split.Testing), (listing.Clips.Single().Name, listing.Clips.Single().Split));
    }

    private IEnumerable<string> Problems(CorpusOptions options) =>
        CorpusLayouts.Open(folder.Path, options).Problems.Select(problem => problem.ToString());

    private void Audio(string name) => WavWriter.Write(folder.File(name.Split('/')), new float[800], 8000);

    private void Write(string path, params string[] rows) => File.WriteAllLines(folder.File(path), rows);
}
