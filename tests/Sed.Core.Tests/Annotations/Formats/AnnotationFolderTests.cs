using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Audio;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Annotations.Formats;

/// <summary>Folders with an annotation file for each recording, as references and estimates.</summary>
public sealed class AnnotationFolderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Recordings_are_named_by_the_files_beside_them()
    {
        foreach (var name in (string[])["a.wav", "b.flac", "c.d.wav", "e.wav", "day/f.wav"])
            WavWriter.Write(folder.File(name.Split('/')), new float[10], 8000);
        Write("a.txt", "0\t1\tdog\n");
        Write("b.Table.1.selections.txt", "Selection\tBegin Time (s)\tEnd Time (s)\tAnnotation\n1\t0\t1\tcat\n");
        Write("c.d.txt", "");
        Write("day/f.wav.csv", "onset,offset,label\n0,1,cat\n");
        Write("README.txt", "0\t1\tno recording has this name\n");
        var list = EventListFile.Read(folder.Path);
        Assert.Equal(["a.wav", "b.flac", "c.d.wav", "day/f.wav"], list.Files.Order(StringComparer.Ordinal));
        Assert.Equal([new(0, 1, "cat")], list.EventsOf("b.flac").ToArray());
        Assert.Empty(list.EventsOf("c.d.wav").ToArray());
    }

    [Fact]
    public void Unknown_columns_of_an_annotation_file_are_noted_and_it_needs_no_file_column()
    {
        Write("a.csv", "onset,offset,label,notes\n0,1,dog,faint\n");
        Write(
            "b.BirdNET.results.csv",
            "Start (s),End (s),Scientific name,Common name,Confidence\n0,3,Turdus merula,Blackbird,0.9\n"
        );
        var list = EventListFile.Read(folder.Path);
        Assert.Equal(["a", "b"], list.Files);
        Assert.Equal([new(0, 1, "dog")], list.EventsOf("a").ToArray());
        Assert.Equal([new(0, 3, "Blackbird")], list.EventsOf("b").ToArray());
        Assert.Equal(
            [
                "a.csv: unused columns: notes",
                "b.BirdNET.results.csv: unused columns: Scientific name",
                "b.BirdNET.results.csv: 0 of 1 rows have a confidence below 0.5 and are left out",
            ],
            list.NotesWithoutSource
        );
        Assert.Contains(
            "the header has no column for file names (unknown columns: notes)",
            Assert.Throws<AnnotationException>(() => EventListFile.Read(folder.File("a.csv"))).Message
        );
    }

    [Fact]
    public void Files_without_audio_are_named_without_their_suffixes()
    {
        Write("a.txt", "0\t1\tdog\n");
        Write("b.Table.1.selections.txt", "Selection\tBegin Time (s)\tEnd Time (s)\tAnnotation\n1\t0\t1\tcat\n");
        Write("c.json", "{\"event_annotation\": []}");
        Assert.Equal(["a", "b", "c"], EventListFile.Read(folder.Path).Files);
    }

    [Fact]
    public void All_problems_of_a_folder_are_listed()
    {
        Write("a.txt", "0\t1\tdog\n0,5\t1\tdog\n");
        Write("b.txt", "0\t1\tdog\n1\t0\tdog\n");
        Write("b.csv", "onset,offset,label\n0,1,cat\n");
        Write("c.csv", "onset,offset,label\n0,1,cat\n");
        Write("c.TextGrid", "File type = \"ooTextFile\"\nObject class = \"Pitch\"\n");
        var thrown = Assert.Throws<AnnotationException>(() => EventListFile.Read(folder.Path));
        Assert.Equal(3, thrown.Count);
        Write("c.TextGrid", EventListFile.Format(EventList.Of([("", [])]), EventListFile.FormatNamed("textgrid")!));
        File.Delete(folder.File("a.txt"));
        File.Delete(folder.File("b.txt"));
        Assert.Equal(
            $"{folder.Path}: the recording \"c\" has several annotation files: c.TextGrid, c.csv; keep one of them",
            Assert.Throws<AnnotationException>(() => EventListFile.Read(folder.Path)).Message
        );
    }

    [Fact]
    public void A_folder_without_annotation_files_is_reported() =>
        Assert.Equal(
            $"{folder.Path}: this is a folder without annotation files; give a list, or a folder with one annotation file per recording",
            Assert.Throws<AnnotationException>(() => EventListFile.Read(folder.Path)).Message
        );

    [Fact]
    public void An_estimate_named_by_its_files_gets_the_names_of_the_reference()
    {
        var reference = EventList.Of([("day/a.wav", []), ("b.wav", [])]);
        Write("a.txt", "0\t1\tdog\n");
        Write("b.txt", "0\t1\tcat\n");
        Assert.Equal(["a", "b.wav"], EventListFile.Read(folder.Path).WithNamesOf(reference).Files);
        Assert.Equal(["b.wav"], EventListFile.Read(folder.File("b.txt")).WithNamesOf(reference).Files);
        // Two files of a single recording each need not have the same name.
        Assert.Equal(
            [""],
            EventListFile.Read(folder.File("b.txt")).WithNamesOf(EventListFile.Read(folder.File("a.txt"))).Files
        );
        // Names that are written in the lists are compared as they are.
        Assert.Equal(["b"], EventList.Of([("b", [])]).WithNamesOf(reference).Files);
    }

    [Theory]
    [InlineData("bl26lb16", "Raven selection table", 26, 1604)]
    [InlineData("bird0", "Audacity label track", 60, 3116)]
    public void Labels_of_birdsong_are_read_as_they_are(string bird, string format, int recordings, int syllables)
    {
        var list = EventListFile.Read(SharedFolder.Require("data", "birdsong", bird));
        Assert.Equal((format, recordings, syllables), (list.Format, list.Files.Length, list.Count));
        Assert.All(list.Files, file => Assert.EndsWith(".flac", file));
    }

    private void Write(string path, string text) => File.WriteAllText(folder.File(path.Split('/')), text);
}
