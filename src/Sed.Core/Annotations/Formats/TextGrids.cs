using System.Text;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Praat TextGrids in the long and the short text format. Each interval with a text is an event labelled with the text.
/// Point tiers are not read. The name of the annotation file identifies the recording. One tier is written for each
/// class, and further tiers for overlapping events of a class.
/// </summary>
internal sealed class TextGrids : IAnnotationFormat
{
    public string Name => "textgrid";

    public string Title => "Praat TextGrid";

    public string Expected => "File type = \"ooTextFile\" and Object class = \"TextGrid\"";

    public IReadOnlyList<string> Extensions { get; } = [".textgrid"];

    public bool NamesRecordings => false;

    public string FileSuffix => ".TextGrid";

    public bool Recognises(ReadOnlySpan<byte> head)
    {
        var start = Encoding.UTF8.GetString(head.Length > 200 ? head[..200] : head).TrimStart();
        return start.StartsWith("ooBinaryFile", StringComparison.Ordinal)
            || (
                (start.StartsWith("File type", StringComparison.Ordinal) || start.StartsWith('"'))
                && start.Contains("\"ooTextFile", StringComparison.Ordinal)
            );
    }

    public EventList Read(ReadOnlySpan<byte> text, string source, AnnotationOptions options) =>
        new TextGridReading(text, source, Title, options).Finish();

    public EventWriter Write(TextWriter text) => new Writer(text);

    private sealed class Writer(TextWriter text) : SingleRecordingWriter(text)
    {
        protected override string? ProblemOf(SoundEvent sound) =>
            sound.Onset == sound.Offset
                ? "a zero-duration event cannot be written as an interval"
                : base.ProblemOf(sound);

        protected override void Write(IReadOnlyList<SoundEvent> events)
        {
            var end = events.Count > 0 ? events.Max(sound => sound.Offset) : 1;
            var tiers = Tiers(events);
            Text.Write(
                $"File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\nxmin = 0\nxmax = {TextNumbers.Of(end)}\n"
            );
            Text.Write($"tiers? <exists>\nsize = {tiers.Count}\nitem []:\n");
            for (var k = 0; k < tiers.Count; k++)
                WriteTier(k + 1, tiers[k], end);
        }

        /// <summary>Assigns the events to tiers. The events of a tier have the same class and do not overlap.</summary>
        private static List<List<SoundEvent>> Tiers(IReadOnlyList<SoundEvent> events)
        {
            List<List<SoundEvent>> tiers = [];
            foreach (var ofClass in events.GroupBy(sound => sound.Label))
            {
                List<List<SoundEvent>> own = [];
                foreach (var sound in ofClass.OrderBy(sound => sound.Onset))
                    if (own.FirstOrDefault(tier => tier[^1].Offset <= sound.Onset) is { } free)
                        free.Add(sound);
                    else
                        own.Add([sound]);
                tiers.AddRange(own);
            }
            return tiers;
        }

        private void WriteTier(int number, List<SoundEvent> tier, double end)
        {
            List<(double Start, double End, string Text)> intervals = [];
            var time = 0.0;
            foreach (var (onset, offset, label) in tier)
            {
                if (onset > time)
                    intervals.Add((time, onset, ""));
                intervals.Add((onset, offset, label));
                time = offset;
            }
            if (end > time)
                intervals.Add((time, end, ""));
            Text.Write($"    item [{number}]:\n        class = \"IntervalTier\"\n");
            Text.Write(
                $"        name = {CsvField.Quoted(tier[0].Label)}\n        xmin = 0\n        xmax = {TextNumbers.Of(end)}\n"
            );
            Text.Write($"        intervals: size = {intervals.Count}\n");
            for (var k = 0; k < intervals.Count; k++)
                Text.Write(
                    $"        intervals [{k + 1}]:\n            xmin = {TextNumbers.Of(intervals[k].Start)}\n"
                        + $"            xmax = {TextNumbers.Of(intervals[k].End)}\n            text = {CsvField.Quoted(intervals[k].Text)}\n"
                );
        }
    }
}
