using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sed.Core.Annotations;

namespace Sed.Core.Training.Targets;

/// <summary>Frame targets from events; see <see cref="FrameTargets.FromEvents"/>.</summary>
internal sealed class EventTargets : FrameTargets
{
    // Tolerance in frames. Without it, rounding could make an event that ends on a frame boundary activate the next
    // frame.
    private const double Tolerance = 1e-6;

    private readonly ClassList classes;
    private readonly EventList events;
    private readonly Lazy<JsonNode> key;

    public EventTargets(ClassList classes, EventList events)
    {
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(events);
        string[] strange = [.. events.Labels.Where(label => classes.IndexOf(label) < 0)];
        if (strange.Length > 0)
            throw new ArgumentException(
                $"{events.Source}: no class is called {string.Join(", ", strange.Select(label => $"'{label}'"))}; the classes are {classes}.",
                nameof(events)
            );
        this.classes = classes;
        this.events = events;
        key = new(() =>
            new JsonObject { ["events"] = Hash(hash => hash.AppendData(Encoding.UTF8.GetBytes(Rows(events)))) }
        );
    }

    private static string Rows(EventList events)
    {
        StringBuilder rows = new();
        foreach (var file in events.Files)
        {
            if (events.EventsOf(file).IsEmpty)
                rows.Append(file).Append('\n');
            foreach (var ((onset, offset, label), confidence) in events.SoftEventsAt(events.IndexOf(file)))
                rows.Append(
                    CultureInfo.InvariantCulture,
                    $"{file}\t{onset:R}\t{offset:R}\t{label}{(confidence == 1 ? "" : $"\t{confidence:R}")}\n"
                );
        }
        return rows.ToString();
    }

    public override int Classes => classes.Count;

    public override bool Knows(string clip) => events.IndexOf(clip) >= 0;

    internal override JsonNode Key => key.Value;

    internal override void Fill(string clip, ReadOnlySpan<bool> possible, double frameSeconds, Span<float> values)
    {
        values.Clear();
        var frames = values.Length / classes.Count;
        var file = events.IndexOf(clip);
        var sounds = events.EventsAt(file);
        for (var i = 0; i < sounds.Length; i++)
        {
            var (onset, offset, label) = sounds[i];
            var value = (float)(events.DetailsOf(file, i)?.Confidence ?? 1);
            var from = (int)Math.Clamp(Math.Floor(onset / frameSeconds + Tolerance), 0, frames);
            var to = (int)Math.Clamp(Math.Ceiling(offset / frameSeconds - Tolerance), 0, frames);
            var k = classes.IndexOf(label);
            for (var frame = from; frame < to; frame++)
                values[frame * classes.Count + k] = Math.Max(values[frame * classes.Count + k], value);
        }
    }
}
