using System.Globalization;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Annotations.Formats;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>Soundscapes in the layout of DCASE 2017 task 4: training clips have weak labels only.</summary>
internal sealed class Dcase2017Soundscapes : SoundscapeLayout
{
    private const string MixedEventsFile = "mixed_events_training_set.csv";

    internal override string Fingerprint => "";

    internal override IReadOnlyList<Split> Splits { get; } = [Split.Training, Split.Testing, Split.Evaluation];

    internal override IReadOnlyList<SoundscapePart> Parts(SoundscapeOptions options) =>
        [
            new(Split.Training, "audio/training", "trn", options.TrainingClips),
            new(Split.Testing, "audio/testing", "tst", options.TestingClips),
            new(Split.Evaluation, "audio/evaluation", "evl", options.EvaluationClips),
        ];

    // The identifier has eleven characters, like YouTube identifiers.
    internal override string NameOf(SoundscapePart part, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{part.Prefix}{index:D8}_0.000_{Dcase2017.ClipSeconds:F3}.wav");

    internal override string FileOf(SoundscapePart part, int index) => $"Y{NameOf(part, index)}";

    internal override Soundscape Mix(ISoundSource source, SoundscapeOptions options, SoundscapePart part, int index) =>
        Soundscape.Mix(source, options, part.Split, index);

    internal override void WriteLists(
        string folder,
        ISoundSource source,
        IReadOnlyList<(SoundscapePart Part, IReadOnlyList<SoundEvent>[] Events)> parts
    )
    {
        WriteClasses(Path.Combine(folder, $"sound_event_list_{source.Classes.Count}_classes.txt"), source.Classes);
        foreach (var (part, events) in parts)
            WriteLabels(folder, part, events);
    }

    internal override CorpusListing Read(string folder) => new Dcase2017Task4().Read(CorpusFolder.Open(folder));

    internal override EventList MixedEvents(string folder, ISoundSource source, SoundscapeOptions options)
    {
        var list = Path.Combine(folder, MixedEventsFile);
        if (File.Exists(list))
            return EventListFile.Read(list);
        // Without the list, the events are drawn again from the seed.
        var drawn = new IReadOnlyList<SoundEvent>[options.TrainingClips];
        Workers.Run(
            drawn.Length,
            index =>
                drawn[index] = [
                    .. SoundscapePlan.Draw(source, options, Split.Training, index).Select(planned => planned.Event),
                ]
        );
        var training = Parts(options)[0];
        return EventList.Of(drawn.Select((events, index) => (NameOf(training, index), events)), list);
    }

    private static void WriteClasses(string path, IReadOnlyList<(string Id, string Label)> classes)
    {
        StringBuilder text = new("Class_ID\tConfidence\tClass_Label\n");
        foreach ((var id, var label) in classes)
            text.Append(CultureInfo.InvariantCulture, $"{id}\t10\t{label}\n");
        File.WriteAllText(path, text.ToString());
    }

    private void WriteLabels(string folder, SoundscapePart part, IReadOnlyList<SoundEvent>[] events)
    {
        StringBuilder weak = new();
        StringBuilder strong = new();
        for (var index = 0; index < events.Length; index++)
        {
            var name = NameOf(part, index);
            foreach (var label in events[index].Select(e => e.Label).Distinct())
                weak.Append(CultureInfo.InvariantCulture, $"{name}\t0.000\t{Dcase2017.ClipSeconds:F3}\t{label}\n");
            foreach (var e in events[index])
                strong.Append(CultureInfo.InvariantCulture, $"{name}\t{e.Onset:0.###}\t{e.Offset:0.###}\t{e.Label}\n");
        }
        var word = Path.GetFileName(part.Folder);
        File.WriteAllText(Path.Combine(folder, $"groundtruth_weak_label_{word}_set.csv"), weak.ToString());
        // Training clips have weak labels only; their events are kept in a list that readers of the layout ignore.
        var list = part.Split == Split.Training ? MixedEventsFile : $"groundtruth_strong_label_{word}_set.csv";
        File.WriteAllText(Path.Combine(folder, list), strong.ToString());
    }
}
