using System.Globalization;
using System.Text.Json;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations.Formats;

/// <summary>Builds an event list from a text that is not a table of rows and fields.</summary>
/// <param name="source">Name that messages use for the list.</param>
/// <param name="format">Title of the format.</param>
/// <param name="options">Minimum confidence and channel.</param>
internal sealed class EventListBuilder(string source, string format, AnnotationOptions options)
{
    private readonly double? minimumConfidence = options.MinimumConfidence;
    private readonly List<string> files = [];
    private readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);
    private readonly List<List<EventEntry>> events = [];
    private readonly ProblemList problems = new();
    private readonly List<string> notes = [];
    private readonly List<HashSet<string>> annotators = [];
    private int withConfidence;
    private int belowConfidence;

    /// <summary>Number of problems.</summary>
    public int ProblemCount => problems.Count;

    /// <summary>Adds a problem of a line, or of the whole text if the line is 0.</summary>
    public void AddProblem(int line, string cause, string remedy = "") => problems.Add(source, line, cause, remedy);

    /// <summary>Adds a problem at a path in a JSON text, for example "files[2].events[0].onset".</summary>
    public void AddProblem(string path, string cause, string remedy = "") =>
        problems.Add(path == "" ? source : $"{source}, {path}", 0, cause, remedy);

    /// <summary>Adds a note, without the name of the list.</summary>
    public void AddNote(string note) => notes.Add(note);

    /// <summary>Adds a recording unless it has been added before. Returns its position.</summary>
    public int AddFile(string name)
    {
        if (!positions.TryGetValue(name, out var file))
        {
            positions.Add(name, file = files.Count);
            files.Add(name);
            events.Add([]);
            annotators.Add(new HashSet<string>(StringComparer.Ordinal));
        }
        return file;
    }

    /// <summary>Adds an annotator of a recording. The annotator need not have events.</summary>
    public void AddAnnotator(string file, string annotator) => annotators[AddFile(file)].Add(annotator);

    /// <summary>Adds an event. An invalid event is reported as a problem with its line or path.</summary>
    public void Add(string file, SoundEvent sound, int line = 0, string path = "", EventDetails? details = null)
    {
        var place = path == "" ? source : $"{source}, {path}";
        if (sound.Problem() is { } problem)
            problems.Add(place, line, problem);
        else if (OneLine.HasUnprintable(sound.Label))
            problems.Add(place, line, "the label contains a line break or another control character");
        else if (details?.Confidence is { } confidence && !(confidence is >= 0 and <= 1))
            problems.Add(
                place,
                line,
                FormattableString.Invariant($"the confidence {confidence} is not a number from 0 to 1")
            );
        else
        {
            withConfidence += details?.Confidence is null ? 0 : 1;
            if (details?.Confidence < (minimumConfidence ?? EventList.DefaultMinimumConfidence))
                belowConfidence++;
            else
                events[AddFile(file)].Add(new EventEntry(sound, line, details));
        }
    }

    /// <summary>
    /// Reads a required time from a property of a JSON object. Adds a problem and returns false if the property is
    /// missing or is not a number.
    /// </summary>
    /// <param name="owner">The object.</param>
    /// <param name="path">Path of the object in the JSON text, for messages.</param>
    /// <param name="name">Name of the property.</param>
    /// <param name="seconds">The time in seconds.</param>
    /// <param name="isMilliseconds">Whether the property is in milliseconds.</param>
    public bool IsTime(JsonElement owner, string path, string name, out double seconds, bool isMilliseconds = false)
    {
        seconds = 0;
        if (owner.Property(name) is not { } value)
            AddProblem(path, $"\"{name}\" is missing");
        else if (value.Number() is { } number)
        {
            seconds = isMilliseconds ? FromMilliseconds(value, number) : number;
            return true;
        }
        else
            AddProblem(
                $"{path}.{name}",
                $"{value.Shown()} is not a number",
                value.ValueKind == JsonValueKind.String ? NumberText.Remedy(value.GetString()!) : ""
            );
        return false;
    }

    /// <summary>Converts a decimal number of milliseconds to seconds, rounded to the nearest double.</summary>
    private static double FromMilliseconds(JsonElement value, double number) =>
        decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var milliseconds)
        && NumberText.TryRead((milliseconds / 1000).ToString(CultureInfo.InvariantCulture), out double seconds)
            ? seconds
            : number / 1000;

    /// <summary>Builds the list from the added events.</summary>
    /// <exception cref="AnnotationException">There were problems.</exception>
    public EventList Finish()
    {
        problems.ThrowIfAny();
        if (withConfidence > 0 && minimumConfidence is null)
            AddNote(ListNotes.BelowMinimum(belowConfidence, withConfidence, "events"));
        EventList list = new(source, [.. files], events, positions)
        {
            NotesWithoutSource = notes,
            Format = format,
            IsSoft = withConfidence > 0 || annotators.Exists(own => own.Count > 1),
        };
        list = list.OnChannel(options.Channel);
        return annotators.Exists(own => own.Count > 0) ? Consensus.Of(list, annotators, minimumConfidence) : list;
    }
}
