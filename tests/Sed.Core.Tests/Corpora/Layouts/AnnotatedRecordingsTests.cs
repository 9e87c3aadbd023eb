using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora.Layouts;

public sealed class AnnotatedRecordingsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Notes_of_many_files_are_added_up()
    {
        foreach (var name in (string[])["a", "b"])
        {
            WavWriter.Write(folder.File("audio", $"{name}.wav"), new float[8000], 8000);
            File.WriteAllText(folder.File("soft", $"{name}.txt"), "0\t0.5\tdog\t0.75\n0.5\t1\tdog\t0.25\n");
        }
        var use = CorpusLayouts.Open(folder.Path).Lists.Single();
        Assert.Equal(("soft/*.txt", 2), (use.File, use.Clips));
        Assert.Contains(
            "4 events with confidences; all are training targets, and those of at least 0.5 are the reference (2 files)",
            use.Note
        );
    }

    [Fact]
    public void Folders_state_the_splits_of_recordings_with_annotation_files_beside_them()
    {
        Recording("train/a", ".txt", "0\t1\tdog\n");
        Recording("train/b", ".txt", "");
        Recording(
            "test/a",
            ".Table.1.selections.txt",
            "Selection\tBegin Time (s)\tEnd Time (s)\tSpecies\n1\t0.5\t1\tcat\n"
        );
        Recording("valid/c", ".tsv", "filename\tonset\toffset\tevent_label\nc.wav\t0\t1\tdog\n");
        WavWriter.Write(folder.File("train", "not annotated.wav"), new float[10], 8000);

        var listing = CorpusLayouts.Open(folder.Path);

        Assert.Equal("one annotation file per recording", listing.Layout);
        Assert.Empty(listing.Problems);
        Assert.Equal(["cat", "dog"], listing.Classes);
        Assert.Equal(
            [
                ("train/a.wav", Split.Training, 1),
                ("train/b.wav", Split.Training, 0),
                ("valid/c.wav", Split.Validation, 1),
                ("test/a.wav", Split.Testing, 1),
            ],
            listing.Clips.Select(clip => (clip.Name, clip.Split, clip.StrongEvents!.Count))
        );
        Assert.Equal(
            [folder.File("train", "a.wav"), folder.File("test", "a.wav")],
            CorpusLayouts
                .Read(folder.Path)
                .Clips.Where(clip => clip.Name.EndsWith("a.wav", StringComparison.Ordinal))
                .Select(clip => clip.AudioPath)
        );
    }

    [Fact]
    public void Unknown_columns_of_an_annotation_file_are_noted()
    {
        Recording("a", ".csv", "onset,offset,label,confidence,remarks\n0,1,dog,0.9,faint\n1,2,dog,0.2,\n");
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Empty(listing.Problems);
        Assert.Equal([new SoundEvent(0, 1, "dog")], listing.Clips.Single().StrongEvents);
        Assert.Equal(2, listing.Clips.Single().SoftEvents!.Count);
        Assert.Contains("unused columns: remarks", listing.Lists.Single().Note);
    }

    [Fact]
    public void Annotators_are_combined_on_the_selected_channel()
    {
        WavWriter.Write(folder.File("a.wav"), new float[10], 8000);
        string Annotation(int annotator, int channel) =>
            $$$"""{"completed_by": {{{annotator}}}, "result": [{"type": "labels", "value": {"start": 0, "end": 1, "channel": {{{channel}}}, "labels": ["dog"]}}]}""";
        File.WriteAllText(
            folder.File("export.json"),
            $$$"""[{"id": 1, "data": {"audio": "a.wav"}, "annotations": [{{{Annotation(1, 0)}}}, {{{Annotation(2, 1)}}}]}]"""
        );
        double[] Confidences(int? channel) =>
            [
                .. CorpusLayouts
                    .Open(folder.Path, new CorpusOptions { Channel = channel })
                    .Clips.Single()
                    .SoftEvents!.Select(sound => sound.Confidence),
            ];
        Assert.Equal([1], Confidences(null));
        Assert.Equal([0.5], Confidences(1));
        Assert.Equal([0.5], Confidences(2));
        Assert.Empty(Confidences(3));
    }

    [Fact]
    public void A_pipe_beside_a_recording_is_no_annotation_file()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "there are no pipes among the files of Windows");
        Recording("train/a", ".txt", "0\t1\tdog\n");
        WavWriter.Write(folder.File("train", "b.wav"), new float[10], 8000);
        using (var process = System.Diagnostics.Process.Start("mkfifo", [folder.File("train", "b.txt")]))
            process.WaitForExit();
        Assert.Equal(["train/a.wav"], CorpusLayouts.Open(folder.Path).Clips.Select(clip => clip.Name));
    }

    [Fact]
    public void A_list_states_the_splits()
    {
        Recording("a", ".csv", "onset,offset,label\n0,1,dog\n");
        Recording("b", ".csv", "onset,offset,label\n0,1,dog\n");
        File.WriteAllText(folder.File("splits.tsv"), "filename\tsplit\na.wav\ttrain\nb\ttest\n");
        Assert.Equal(
            [("a.wav", Split.Training), ("b.wav", Split.Testing)],
            CorpusLayouts.Open(folder.Path).Clips.Select(clip => (clip.Name, clip.Split))
        );
        File.WriteAllText(folder.File("splits.tsv"), "filename\tsplit\na.wav\thalf\n");
        Assert.Equal(
            [
                $"{folder.File("splits.tsv")}, line 2: the split \"half\" is unknown; write train, valid, test or eval",
                $"{folder.File("splits.tsv")}: the list has no split for the recording \"a.wav\"; add a row",
                $"{folder.File("splits.tsv")}: the list has no split for the recording \"b.wav\"; add a row",
            ],
            CorpusLayouts.Open(folder.Path).Problems.Select(problem => problem.ToString())
        );
    }

    [Fact]
    public void Annotation_files_can_be_in_other_folders_than_their_recordings()
    {
        WavWriter.Write(folder.File("development_audio", "cafe", "cafe_01.wav"), new float[10], 8000);
        File.WriteAllText(
            folder.File("development_annotation", "cafe", "cafe_01.txt"),
            "0\t1\tpeople talking\t1.0\n1\t2\tcutlery\t0.25\n"
        );
        var listing = CorpusLayouts.Open(folder.Path);
        var clip = Assert.Single(listing.Clips);
        Assert.Equal(("development_audio/cafe/cafe_01.wav", Split.Training), (clip.Name, clip.Split));
        Assert.Equal([new SoundEvent(0, 1, "people talking")], clip.StrongEvents);
    }

    [Fact]
    public void A_document_can_have_the_annotations_of_several_recordings()
    {
        WavWriter.Write(folder.File("train", "a.wav"), new float[10], 8000);
        WavWriter.Write(folder.File("test", "b.wav"), new float[10], 8000);
        File.WriteAllText(
            folder.File("export.json"),
            """
            [{"id": 1, "data": {"audio": "/data/upload/1/01234567-a.wav"}, "annotations": [{"result": [
                {"type": "labels", "value": {"start": 0, "end": 1, "labels": ["dog"]}}]}]},
             {"id": 2, "data": {"audio": "s3://bucket/b.wav"}, "annotations": [{"result": []}]}]
            """
        );
        var listing = CorpusLayouts.Open(folder.Path);
        Assert.Equal(
            [("train/a.wav", Split.Training, 1), ("test/b.wav", Split.Testing, 0)],
            listing.Clips.Select(clip => (clip.Name, clip.Split, clip.StrongEvents!.Count))
        );
        Assert.Equal(
            [("export.json", "Label Studio export", 1), ("export.json", "Label Studio export", 1)],
            listing.Lists.Select(use => (use.File, use.Format, use.Clips))
        );
    }

    [Fact]
    public void The_report_names_the_format_of_the_annotation_files()
    {
        Recording("a", ".txt", "0\t1\tdog\n");
        Recording("b", ".txt", "0\t1\tdog\n");
        Assert.Contains(
            """
            list   split     content        format                clips  note
            *.txt  Training  strong labels  Audacity label track      2  neither a folder nor splits.tsv states a split
            """.ReplaceLineEndings("\n"),
            Preflight.Check(folder.Path).ToText()
        );
    }

    [Fact]
    public void All_problems_are_reported_together()
    {
        Recording("train/a", ".txt", "0\t1\tdog\n0,5\t1\tdog\n");
        Recording("train/b", ".txt", "0\t1\tdog\n");
        File.WriteAllText(folder.File("train", "b.csv"), "onset,offset,label\n0,1,dog\n");
        Recording("c", ".csv", "file,onset,offset,label\nother.wav,0,1,dog\n");
        Recording("d", ".csv", "onset,offset,label\n0,1,dog\n");
        Assert.Equal(
            [
                "c.csv: the annotation file has the name of c.wav, but its content names the recording \"other.wav\"; write one annotation file for each recording",
                "train/a.txt, line 2: the onset \"0,5\" is not a number; write 0.5",
                ": the recording \"train/b.wav\" has several annotation files: b.csv, b.txt; keep one of them",
                "d.wav: the folder of the recording does not state a split, but other folders do; move the recording into a folder whose name has one of the words train, valid, test or eval",
            ],
            CorpusLayouts
                .Open(folder.Path)
                .Problems.Select(problem => problem.ToString().Replace($"{folder.Path}/", "").Replace(folder.Path, ""))
        );
    }

    private void Recording(string name, string suffix, string annotation)
    {
        WavWriter.Write(folder.File($"{name}.wav".Split('/')), new float[10], 8000);
        File.WriteAllText(folder.File($"{name}{suffix}".Split('/')), annotation);
    }
}
