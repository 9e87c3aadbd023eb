using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;

namespace Sed.Core.Tests.Corpora;

/// <summary>The audio file and the source of a recording, by its name.</summary>
public sealed class RecordingNamesTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("audio/")]
    public void Recordings_of_the_same_name_have_the_audio_and_the_source_of_their_folders(string before)
    {
        string[] names = ["1/x.wav", "2/x.wav", "12/x.wav", "day1/z.wav", "z.wav"];
        Audio([.. names.Select(name => before + name)]);
        List("train.tsv", names);
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(
            names.Select(name => folder.File((before + name).Split('/'))).Order(),
            manifest.Clips.Select(clip => clip.AudioPath).Order()
        );
        Assert.All(manifest.Clips, clip => Assert.EndsWith($"/{clip.Name}", clip.AudioPath.Replace('\\', '/')));
        Assert.Equal(["1/x", "12/x", "2/x", "day1/z", "z"], manifest.Clips.Select(clip => clip.Source).Order());
        if (before == "")
            Assert.DoesNotContain(
                Preflight.Check(folder.Path).Findings,
                finding => finding.Kind == FindingKind.SeveralFiles
            );
    }

    [Fact]
    public void A_recording_without_audio_does_not_get_that_of_the_same_name_in_another_folder()
    {
        Audio("1/x.wav", "12/x.wav");
        List("train.tsv", "1/x.wav", "2/x.wav", "12/x.wav");
        var manifest = CorpusLayouts.Read(folder.Path);
        Assert.Equal(["1/x.wav", "12/x.wav"], manifest.Clips.Select(clip => clip.Name));
        Assert.Equal(["2/x.wav"], manifest.LeftOut.Select(clip => clip.Name));
    }

    [Theory]
    [InlineData("1/x")]
    [InlineData("/data/corpus/1/x.wav")]
    [InlineData("wav/x.flac")]
    public void Names_with_other_folders_or_extensions_are_found(string name)
    {
        Audio("1/x.wav");
        List("train.tsv", name);
        Assert.Equal(folder.File("1", "x.wav"), CorpusLayouts.Read(folder.Path).Clips.Single().AudioPath);
    }

    [Fact]
    public void Two_names_of_one_file_have_one_source()
    {
        Audio("audio/x.wav", "audio/y.wav");
        List("train.tsv", "x.wav", "y.wav");
        List("test.tsv", "audio/x.wav");
        Assert.Equal(["x", "y", "x"], CorpusLayouts.Read(folder.Path).Clips.Select(clip => clip.Source));
    }

    [Fact]
    public void A_recording_of_several_corpora_has_one_source_and_is_held_out_of_all_of_them()
    {
        string[] names = [.. Enumerable.Range(0, 12).Select(number => $"{number}.wav")];
        Audio(names);
        List("train_weak.tsv", names);
        List("train_other.tsv", names[..6]);
        Manifest Read(string name, string list) =>
            CorpusLayouts.Read(folder.Path, new CorpusOptions { Name = name, Lists = [list] });
        var weak = Read("weak", "train_weak.tsv");
        var union = CorpusUnion.Of([weak, Read("other", "train_other.tsv")]);
        Assert.Equal(18, union.Clips.Count);
        Assert.All(union.Clips, clip => Assert.StartsWith("weak/", clip.Source));
        foreach (var fold in Stratification.Folds(union, 3, 1))
        {
            var held = fold.Select(clip => union.Clips[clip].AudioPath).ToHashSet();
            Assert.DoesNotContain(
                union.Clips.Index().Where(clip => !fold.Contains(clip.Index)),
                clip => held.Contains(clip.Item.AudioPath)
            );
        }
        // The corpus of a clip is part of the identity, since training can use it.
        Assert.NotEqual(union.Hash, CorpusUnion.Of([weak, Read("more", "train_other.tsv")]).Hash);
    }

    [Theory]
    [InlineData("-5QrBL6MzLg_60.000_70.000.wav", "-5QrBL6MzLg")]
    [InlineData("audio/train/Y-5QrBL6MzLg_60.000_70.000.wav", "Y-5QrBL6MzLg")]
    [InlineData("-5QrBL6MzLg_60_70.wav", "-5QrBL6MzLg")]
    [InlineData("-5QrBL6MzLg_60000", "-5QrBL6MzLg")]
    [InlineData("rec1_0.000_10.000.wav", "rec1")]
    [InlineData("SITE_20240101_120000.wav", "SITE_20240101_120000")]
    [InlineData("SITE_20240101_20240102.wav", "SITE_20240101_20240102")]
    [InlineData("SITE_01_20.wav", "SITE_01_20")]
    [InlineData("S1_20240101_120000.wav", "S1_20240101_120000")]
    [InlineData("RECORDER_01_0001_0010.wav", "RECORDER_01_0001_0010")]
    [InlineData("SITE_10.5_9.5.wav", "SITE_10.5_9.5")]
    [InlineData("SITE_0.5_1000.5.wav", "SITE_0.5_1000.5")]
    [InlineData("a.b.wav", "a.b")]
    [InlineData("bl26_0721.20144617", "bl26_0721.20144617")]
    public void Only_names_with_the_times_of_a_clip_have_the_source_of_the_whole(string name, string source) =>
        Assert.Equal(source, LabelledClip.SourceOf(name));

    private void Audio(params string[] names)
    {
        foreach (var name in names)
            WavWriter.Write(folder.File(name.Split('/')), new float[800], 8000);
    }

    private void List(string list, params string[] names) =>
        File.WriteAllLines(folder.File(list), ["filename\tevent_label", .. names.Select(name => $"{name}\tdog")]);
}
