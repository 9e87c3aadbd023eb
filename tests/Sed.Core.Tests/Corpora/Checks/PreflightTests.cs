using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Checks;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Tests.Audio;

namespace Sed.Core.Tests.Corpora.Checks;

public sealed class PreflightTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Each_of_forty_kinds_of_damage_is_reported_with_its_cause()
    {
        AudioFileTests.RequireFfmpeg();
        Assert.True(DamagedAudio.All.Count >= 40);
        foreach ((var name, var bytes, _) in DamagedAudio.All)
            File.WriteAllBytes(folder.File("audio", name), bytes);
        Tone("good.wav", 10);
        Label("training", [.. DamagedAudio.All.Select(file => file.Name), "good.wav"]);

        PreflightReport report = Preflight.Check(folder.Path);

        foreach ((var name, _, FindingKind kind) in DamagedAudio.All)
        {
            Finding found = Assert.Single(report.Findings, finding => finding.Name == name);
            Assert.True(kind == found.Kind, $"{name}: expected {kind}, found {found.Kind}: {found.Detail}");
            Assert.Contains(name, found.Detail);
        }
        Assert.Equal("good.wav", Assert.Single(report.ToManifest().Clips).Name);
        Assert.Equal(DamagedAudio.All.Count, report.ToManifest().LeftOut.Count);
        Assert.Equal(1, report.UsableClips);
    }

    [Fact]
    public void Usable_but_unusual_audio_is_reported()
    {
        WavWriter.Write(Audio("silent.wav"), new float[441_000], 44_100);
        WavWriter.Write(
            Audio("clipped.wav"),
            [.. Enumerable.Range(0, 441_000).Select(i => i % 100 < 50 ? 1f : -1f)],
            44_100
        );
        Tone("short.wav", 3);
        Tone("long.wav", 12);
        Tone("rate.wav", 10, 48_000);
        File.WriteAllBytes(Audio("stereo.wav"), WavTests.Wav(1, 2, 16, Noise(320_000)));
        Tone("first.wav", 10);
        File.Copy(Audio("first.wav"), Audio("second.wav"));
        Tone("nobody.wav", 10);
        string[] labelled = ["silent", "clipped", "short", "long", "rate", "stereo", "first", "second", "missing"];
        Label("training", [.. labelled.Select(name => $"{name}.wav")]);

        PreflightReport report = Preflight.Check(folder.Path);

        Assert.Equal("silent.wav", Only(report, FindingKind.Silent).Name);
        Assert.Equal("clipped.wav", Only(report, FindingKind.Clipped).Name);
        Assert.Equal("3.000 s instead of 10 s", Only(report, FindingKind.Short).Detail);
        Assert.Equal("12.000 s instead of 10 s", Only(report, FindingKind.Long).Detail);
        Assert.Equal(
            ["48000 Hz instead of 44100 Hz", "8000 Hz instead of 44100 Hz"],
            report.Findings.Where(f => f.Kind == FindingKind.OtherRate).Select(f => f.Detail)
        );
        Assert.Equal("2 channels", Only(report, FindingKind.MultiChannel).Detail);
        Assert.Equal("same samples as the Training clip first.wav", Only(report, FindingKind.Duplicate).Detail);
        Assert.Equal("missing.wav", Only(report, FindingKind.Missing).Name);
        Assert.Equal(Path.Combine("audio", "nobody.wav"), Only(report, FindingKind.Unlabelled).Name);
        Assert.Equal((9, 8), (report.LabelledClips, report.UsableClips));
        Assert.Equal("8 training clips; left out: 1 missing", report.ToManifest().Describe());
    }

    [Fact]
    public void Labels_are_checked()
    {
        foreach (var name in (string[])["abc_0.000_10.000", "abc_10.000_20.000"])
            Tone($"{name}.wav", 9);
        Label("training", ["abc_0.000_10.000.wav"]);
        Label("testing", ["abc_10.000_20.000.wav"]);
        File.WriteAllText(
            folder.File("groundtruth_strong_label_testing_set.csv"),
            "abc_10.000_20.000.wav\t0\t0\tCar\nabc_10.000_20.000.wav\t8\t9.5\tCar\n"
        );

        PreflightReport report = Preflight.Check(folder.Path);

        Assert.Equal("Car from 0 s to 0 s", Only(report, FindingKind.ZeroLength).Detail);
        Assert.Equal("Car from 8 s to 9.5 s; the audio ends at 9.000 s", Only(report, FindingKind.OutsideClip).Detail);
        Finding shared = Only(report, FindingKind.SharedSource);
        Assert.Equal(
            ("abc", "Training abc_0.000_10.000.wav; Testing abc_10.000_20.000.wav"),
            (shared.Name, shared.Detail)
        );
        Assert.Equal(16, report.Findings.Count(f => f is { Kind: FindingKind.EmptyClass, Split: Split.Testing }));
        // A class without training clips is scored, so its scores are not undefined.
        Assert.Equal(16, report.Findings.Count(f => f is { Kind: FindingKind.Untrained, Split: Split.Training }));
        Assert.Equal(1, report.ClipsOf(Split.Testing, "Car"));
    }

    [Fact]
    public void The_report_has_counts_and_actions_and_the_CSV_all_findings()
    {
        Tone("a.wav", 10);
        Tone("b, with comma.wav", 3);
        Label("training", ["a.wav", "b, with comma.wav", "gone1.wav", "gone2.wav", "gone3.wav", "gone4.wav"]);

        PreflightReport report = Preflight.Check(folder.Path);

        var lines = report.ToText().Split('\n');
        Assert.Equal(
            $"{folder.Path}: DCASE 2017 Task 4; 2 of 6 labelled clips are usable (2 audio files checked)",
            lines[0]
        );
        Assert.Equal("Read at 44100 Hz, clips of 10 s.", lines[2]);
        Assert.Equal("list                                     split     content      format  clips  note", lines[4]);
        Assert.Equal("groundtruth_weak_label_training_set.csv  Training  weak labels              6", lines[5]);
        Assert.Equal("finding    count  action            first", lines[7]);
        Assert.Equal("Missing        4  left out          gone1.wav, gone2.wav, gone3.wav, ...", lines[8]);
        Assert.Equal("Short          1  kept; padded      b, with comma.wav", lines[9]);
        Assert.Contains("clips per class                  Training", lines);
        // Clips that are left out do not count.
        Assert.Contains("Car                                     2", lines);
        var csv = folder.File("report.csv");
        report.WriteCsv(csv);
        Assert.Contains(
            "Short,Training,\"b, with comma.wav\",3.000 s instead of 10 s,kept; padded",
            File.ReadAllLines(csv)
        );
    }

    [Fact]
    public void A_faulty_header_is_a_finding_and_the_clip_is_used()
    {
        Tone("a.wav", 10);
        var wav = File.ReadAllBytes(Audio("a.wav"));
        wav[32] = 4;
        File.WriteAllBytes(Audio("a.wav"), wav);
        Label("training", ["a.wav"]);
        var cache = folder.File("cache");

        foreach (var report in new[] { Preflight.Check(folder.Path, cache), Preflight.Check(folder.Path, cache) })
        {
            Assert.Equal(
                "the header states 4 bytes per frame, but 1 channels of 16 bits make 2; frames of 2 bytes were read",
                Only(report, FindingKind.FaultyHeader).Detail
            );
            Assert.Equal(1, report.UsableClips);
            Assert.Contains("\nFaultyHeader: a.wav: the header states 4 bytes per frame", report.ToText());
        }
    }

    [Fact]
    public void Invalid_rows_of_all_lists_are_reported_together_with_the_findings_of_the_other_rows()
    {
        Tone("good.wav", 10);
        File.WriteAllText(
            folder.File("train.tsv"),
            "filename\tevent_label\ngood.wav\tCar\n\tBus\ngone.wav\tCar\nx.wav\tCar\tBus\tToo\tmany\n"
        );
        File.WriteAllText(
            folder.File("test.tsv"),
            "filename\tonset\toffset\tevent_label\ngood.wav\t0\tone\tCar\ngood.wav\t1\t2\tCar\n"
        );
        File.WriteAllText(folder.File("labels.tsv"), "filename\tevent_label\ngood.wav\tCar\n");

        PreflightReport report = Preflight.Check(folder.Path);

        Assert.Equal(
            [
                ("labels.tsv", "the name of the list does not state its split; " + SplitName.Remedy),
                ("test.tsv, line 2", "the offset \"one\" is not a number"),
                ("train.tsv, line 3", "the file name is missing"),
                ("train.tsv, line 5", "the row has 5 fields, but the list has 2"),
            ],
            report
                .Findings.Where(finding => finding.Kind == FindingKind.InvalidLabels)
                .Select(finding => (finding.Name, finding.Detail))
        );
        Assert.Equal("gone.wav", Only(report, FindingKind.Missing).Name);
        Assert.Equal(1, report.ClipsOf(Split.Testing, "Car"));
        var error = Assert.Throws<CorpusException>(report.ToManifest);
        Assert.Equal(4, error.Problems.Count);
        Assert.Equal(error.Message, Assert.Throws<CorpusException>(() => CorpusLayouts.Read(folder.Path)).Message);
    }

    [Theory]
    [InlineData("Yabc.wav", "abc.wav", "a leading Y")]
    [InlineData("sub\\abc.wav", "sub/abc.wav", "\\ instead of /")]
    [InlineData("Abc.wav", "abc.wav", "case")]
    [InlineData("a bc.wav", "a_bc.wav", "spaces, underscores or hyphens")]
    [InlineData("caf\u00e9.wav", "cafe\u0301.wav", "Unicode form")]
    [InlineData("Yabc_0.000_10.000.wav", "abc_0_10.wav", "a leading Y")]
    [InlineData("train\\YABC.wav", "abc.mp3", "\\ instead of / and a leading Y and case")]
    public void An_audio_file_with_almost_the_name_of_a_clip_is_a_hint(string name, string file, string difference)
    {
        File.WriteAllText(folder.File("train.tsv"), $"filename\tevent_label\n{name}\tCar\n");
        File.WriteAllBytes(folder.File(file.Split('/')), WavTests.Wav(1, 1, 16, Noise(16_000)));

        PreflightReport report = Preflight.Check(folder.Path);

        Finding found = Only(report, FindingKind.SimilarFile);
        Assert.Equal(
            (name, $"{file.Replace('/', Path.DirectorySeparatorChar)} differs by {difference}"),
            (found.Name, found.Detail)
        );
        Only(report, FindingKind.Missing);
        Assert.Contains($"differs by {difference}", Assert.Throws<CorpusException>(report.ToManifest).Message);
    }

    [Fact]
    public void Classes_that_differ_only_in_spelling_are_reported()
    {
        string[] labels =
        [
            "Alarm_bell_ringing",
            "Alarm bell ringing",
            "alarm_bell_ringing",
            "caf\u00e9",
            "cafe\u0301",
            "Dog",
            "Dogs",
        ];
        File.WriteAllText(
            folder.File("train.tsv"),
            "filename\tevent_label\n" + string.Concat(labels.Select((label, i) => $"{i}.wav\t{label}\n"))
        );
        Tone("0.wav", 10);

        PreflightReport report = Preflight.Check(folder.Path);

        Assert.Equal(
            [
                ("Alarm_bell_ringing", "spaces, underscores or hyphens"),
                ("alarm_bell_ringing", "case and spaces, underscores or hyphens"),
                ("caf\u00e9", "Unicode form"),
            ],
            report
                .Findings.Where(finding => finding.Kind == FindingKind.SimilarClasses)
                .Select(finding => (finding.Name, finding.Detail.Split(" differs only in ")[1].Split(';')[0]))
        );
    }

    [Fact]
    public void Repeated_and_overlapping_events_of_a_class_are_reported()
    {
        Tone("a.wav", 10);
        File.WriteAllText(
            folder.File("test.tsv"),
            "filename\tonset\toffset\tevent_label\na.wav\t0\t10\tDishes\na.wav\t3.5\t4\tDishes\na.wav\t3.5\t4\tDishes\n"
                + "a.wav\t1\t2\tDog\na.wav\t2\t3\tDog\na.wav\t2\t3\tCat\n"
        );

        PreflightReport report = Preflight.Check(folder.Path);

        Assert.Equal("Dishes from 3.5 s to 4 s, 2 times", Only(report, FindingKind.RepeatedEvent).Detail);
        Assert.Equal(
            "Dishes from 0 s to 10 s and from 3.5 s to 4 s",
            Only(report, FindingKind.OverlappingEvents).Detail
        );
    }

    [Fact]
    public void A_second_check_decodes_only_what_changed()
    {
        Tone("a.wav", 10);
        Tone("b.wav", 10);
        Label("training", ["a.wav", "b.wav"]);
        var cache = folder.File("cache");
        string[] Findings() =>
            [.. Preflight.Check(folder.Path, cache).Findings.Select(finding => finding.Kind + finding.Name)];
        var written = DateTime.UtcNow.AddMinutes(-1);
        File.SetLastWriteTimeUtc(Audio("a.wav"), written);
        var first = Findings();
        // With the same size and time the file is not read again.
        WavWriter.Write(Audio("a.wav"), new float[441_000], 44_100);
        File.SetLastWriteTimeUtc(Audio("a.wav"), written);
        Assert.Equal(first, Findings());
        File.SetLastWriteTimeUtc(Audio("a.wav"), written.AddSeconds(1));
        Assert.Contains("Silenta.wav", Findings());
    }

    private static Finding Only(PreflightReport report, FindingKind kind) =>
        Assert.Single(report.Findings, finding => finding.Kind == kind);

    private string Audio(string name) => folder.File("audio", name);

    // Each name has its own pitch, so that no two are the same sound.
    private void Tone(string name, int seconds, int sampleRate = 44_100)
    {
        double pitch = 200 + name.Sum(c => c);
        WavWriter.Write(
            Audio(name),
            [.. Enumerable.Range(0, seconds * sampleRate).Select(i => (float)(0.1 * Math.Sin(pitch * i / sampleRate)))],
            sampleRate
        );
    }

    private static byte[] Noise(int bytes)
    {
        var noise = new byte[bytes];
        new Random(5).NextBytes(noise);
        return noise;
    }

    private void Label(string split, string[] names) =>
        File.WriteAllLines(
            folder.File($"groundtruth_weak_label_{split}_set.csv"),
            names.Select(name => $"{name}\t0.000\t10.000\tCar")
        );
}
