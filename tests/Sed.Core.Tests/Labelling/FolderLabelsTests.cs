using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Labelling;

namespace Sed.Core.Tests.Labelling;

public sealed class FolderLabelsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_folder_without_labels_has_no_annotated_stretch()
    {
        var path = Wav("a.wav");
        var labels = FolderLabels.Read(folder.Path);
        Assert.Equal(0, labels.Count);
        Assert.False(labels.IsAnnotated(path, new("a.wav", 0, 10)));
        Assert.False(labels.IsHeldOut(path));
        Assert.Empty(labels.LabelsIn(path, new("a.wav", 0, 10)));
    }

    [Fact]
    public void Recordings_with_events_are_annotated_and_have_the_labels_of_their_events()
    {
        var path = Wav("a.wav");
        Write("a.txt", "1\t12\tfrog\n13\t14\ttoad\n");
        var labels = FolderLabels.Read(folder.Path);
        Assert.True(labels.IsAnnotated(path, new("a.wav", 0, 10)));
        Assert.False(labels.HasTagsOnly(path));
        Assert.Equal(["frog"], labels.LabelsIn(path, new("a.wav", 0, 10)));
        Assert.Equal(["frog", "toad"], labels.LabelsIn(path, new("a.wav", 10, 20)));
        Assert.Empty(labels.LabelsIn(path, new("a.wav", 14, 20)));
    }

    [Fact]
    public void Only_the_annotated_times_of_a_recording_are_annotated()
    {
        var path = Wav("a.wav");
        Write("a.txt", "1\t2\tfrog\n9\t12\ttoad\n");
        Write("annotated.tsv", "filename\tonset\toffset\na.wav\t0\t10.04\n");
        var labels = FolderLabels.Read(folder.Path);
        Assert.True(labels.IsAnnotated(path, new("a.wav", 0, 5)));
        Assert.True(labels.IsAnnotated(path, new("a.wav", 9, 19)));
        // The events of toad extend to 12 s, but those of frog are unknown after 10.04 s.
        Assert.True(labels.IsAnnotated(path, new("a.wav", 10, 11)));
        Assert.False(labels.IsAnnotated(path, new("a.wav", 12, 20)));
    }

    [Fact]
    public void Times_in_which_few_classes_are_annotated_do_not_count()
    {
        var path = Wav("a.wav");
        Write("a.txt", "1\t2\tfrog\n3\t4\ttoad\n5\t6\tnewt\n");
        Write(
            "annotated.tsv",
            "filename\tonset\toffset\tevent_label\na.wav\t0\t20\tfrog\na.wav\t0\t10\ttoad\na.wav\t5\t6\tnewt\n"
        );
        var labels = FolderLabels.Read(folder.Path);
        Assert.True(labels.IsAnnotated(path, new("a.wav", 0, 10)));
        Assert.False(labels.IsAnnotated(path, new("a.wav", 10, 20)));
    }

    [Fact]
    public void Recordings_with_tags_are_annotated()
    {
        var path = Wav("a.wav");
        var other = Wav("b.wav");
        Write("weak.tsv", "filename\tevent_labels\na.wav\tfrog,toad\n");
        var labels = FolderLabels.Read(folder.Path);
        Assert.True(labels.IsAnnotated(path, new("a.wav", 0, 10)));
        Assert.True(labels.HasTagsOnly(path));
        Assert.Equal(["frog", "toad"], labels.LabelsIn(path, new("a.wav", 0, 10)));
        Assert.False(labels.IsAnnotated(other, new("b.wav", 0, 10)));
    }

    [Fact]
    public void Splits_are_those_of_the_labels_and_of_folders()
    {
        var training = Wav("train/a.wav");
        var testing = Wav("test/b.wav");
        Write("train/a.txt", "1\t2\tfrog\n");
        var labels = FolderLabels.Read(folder.Path);
        Assert.False(labels.IsHeldOut(training));
        Assert.True(labels.IsHeldOut(testing));
    }

    [Fact]
    public void Invalid_labels_are_an_error()
    {
        Wav("a.wav");
        Write("a.txt", "1\t2\tfrog\n3\tx\tfrog\n");
        Assert.Contains(
            "line 2",
            Assert.Throws<CorpusException>(() => FolderLabels.Read(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private string Wav(string name)
    {
        WavWriter.Write(folder.File(name), new float[20 * 1000], 1000);
        return folder.File(name);
    }

    private void Write(string name, string text) => File.WriteAllText(folder.File(name), text);
}
