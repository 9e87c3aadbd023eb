using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Tests.Metrics;

namespace Sed.Core.Tests.Corpora.Layouts;

public sealed class Dcase2017Tests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_released_label_files_are_read_completely()
    {
        var labels = SharedFolder.Require("data", "dcase2017-task4");
        var (classes, clips) = Dcase2017Task4.ReadLabels(CorpusFolder.Open(labels), new LabelFiles(), []);

        Assert.Equal(Dcase2017.Classes.Select(entry => entry.Label), classes);
        Assert.Equal([51_172, 488, 1_103], Count(clips, _ => 1));
        Assert.Equal([56_131, 606, 1_350], Count(clips, clip => clip.WeakLabels.Count));
        Assert.Equal([0, 688, 1_706], Count(clips, clip => clip.StrongEvents?.Count ?? 0));
        foreach (var line in File.ReadLines(Path.Combine(labels, "training_set_num_files_per_class.csv")))
        {
            var comma = line.LastIndexOf(',');
            var expected = int.Parse(line[(comma + 1)..]);
            var label = line[..comma].Trim('"');
            Assert.Equal(expected, clips.Count(c => c.Split == Split.Training && c.WeakLabels.Contains(label)));
        }
    }

    [Fact]
    public void An_empty_label_file_is_reported()
    {
        var path = folder.File("groundtruth_weak_label_training_set.csv");
        File.WriteAllText(path, "");
        CorpusException error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal(
            $"{path}: the list is empty, or it is a pipe or a device; write labels into it or remove it",
            error.Message
        );
    }

    [Fact]
    public void Labels_with_commas_are_read_by_their_identifiers()
    {
        var path = folder.File("testing_set.csv");
        File.WriteAllText(
            path,
            "-Gbohom8C4Q,30.000,40.000,\"Train horn,Air horn, truck horn,Train\",\"/m/0284vy3,/m/05x_td,/m/07jdr\"\r\n"
                + "abc_efghijk,0.000,10.000,Train horn,/m/0284vy3\r\n"
        );
        var tags = Dcase2017Task4.ReadSegments(path, Dcase2017.Classes);
        Assert.Equal(["-Gbohom8C4Q_30.000_40.000.wav", "abc_efghijk_0.000_10.000.wav"], tags.Files);
        Assert.Equal(
            ["Train horn", "Air horn, truck horn", "Train"],
            tags.RowsAt(0).ToArray().Select(row => row.Label)
        );
    }

    [Fact]
    public void Both_kinds_of_label_files_give_the_same_labels()
    {
        var labels = SharedFolder.Require("data", "dcase2017-task4");
        var segments = Dcase2017Task4.ReadSegments(Path.Combine(labels, "training_set.csv"), Dcase2017.Classes);
        var weak = TagList.Read(Path.Combine(labels, "groundtruth_weak_label_training_set.csv"));
        Assert.Equal(weak.Files.Order(), segments.Files.Order());
        foreach (var file in weak.Files)
            Assert.Equal(
                weak.RowsOf(file).ToArray().Select(row => row.Label).Order(),
                segments.RowsOf(file).ToArray().Select(row => row.Label).Order()
            );
    }

    [Theory]
    [InlineData("audio/training/Yaaaaaaaaaaa_30.000_40.000.wav")]
    [InlineData("aaaaaaaaaaa_30.000_40.000.wav")]
    [InlineData("wav/aaaaaaaaaaa_30_40.wav")]
    [InlineData("Yaaaaaaaaaaa_30.000.wav")]
    [InlineData("aaaaaaaaaaa.wav")]
    public void Audio_is_found_under_all_common_names(string layout)
    {
        File.WriteAllText(
            folder.File("groundtruth_weak_label_training_set.csv"),
            "aaaaaaaaaaa_30.000_40.000.wav\t30.000\t40.000\tCar\nbbbbbbbbbbb_0.000_10.000.wav\t0.000\t10.000\tBus\n"
        );
        var path = folder.File(layout.Split('/'));
        WavWriter.Write(path, new float[44_100 * 9], 44_100);

        Manifest corpus = CorpusLayouts.Read(folder.Path);

        Clip clip = Assert.Single(corpus.Clips);
        Assert.Equal(("aaaaaaaaaaa_30.000_40.000.wav", "aaaaaaaaaaa", path), (clip.Name, clip.Source, clip.AudioPath));
        Assert.Equal((9.0, Split.Training), (clip.DurationSeconds, clip.Split));
        Assert.Equal(["Car"], clip.WeakLabels);
        LeftOutClip absent = Assert.Single(corpus.LeftOut);
        Assert.Equal(new LeftOutClip("bbbbbbbbbbb_0.000_10.000.wav", Split.Training, true, "no audio file"), absent);
    }

    [Fact]
    public void The_error_for_missing_audio_states_where_the_audio_belongs()
    {
        File.WriteAllText(folder.File("groundtruth_weak_label_testing_set.csv"), "a_0.000_10.000.wav\t0\t10\tCar\n");
        CorpusException error = Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path));
        Assert.Equal(
            $"{folder.Path}: the label files name 1 clips, but the folder contains no audio; add the audio files, in one folder "
                + "or in one per split (audio/training, audio/testing, audio/evaluation)",
            error.Message
        );
    }

    private static int[] Count(IReadOnlyList<LabelledClip> clips, Func<LabelledClip, int> value) =>
        [
            .. ((Split[])[Split.Training, Split.Testing, Split.Evaluation]).Select(split =>
                clips.Where(clip => clip.Split == split).Sum(value)
            ),
        ];
}
