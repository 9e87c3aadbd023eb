using System.Text;
using System.Text.RegularExpressions;

namespace Sed.Core.Annotations;

/// <summary>The role of a column in a list.</summary>
internal enum ColumnRole
{
    /// <summary>A column with an unknown name, which is not read.</summary>
    Unknown,

    /// <summary>A column with a known name that is not needed, for example the scene of a recording.</summary>
    NotNeeded,

    /// <summary>The audio file.</summary>
    File,

    /// <summary>Start in seconds.</summary>
    Onset,

    /// <summary>End in seconds.</summary>
    Offset,

    /// <summary>Length in seconds.</summary>
    Duration,

    /// <summary>One label.</summary>
    Label,

    /// <summary>Labels separated by commas.</summary>
    Labels,

    /// <summary>Confidence of the label, from 0 to 1.</summary>
    Confidence,

    /// <summary>Whether the label applies: PRESENT or NOT_PRESENT.</summary>
    Presence,

    /// <summary>
    /// Start in seconds from the start of the file, in lists whose onsets are measured from the start of the first of
    /// several files (Raven).
    /// </summary>
    FileOffset,

    /// <summary>Number of a selection (Raven), which has one row per view.</summary>
    Selection,

    /// <summary>View of a selection (Raven): "Waveform 1" or "Spectrogram 1".</summary>
    View,

    /// <summary>Channel of the recording.</summary>
    Channel,

    /// <summary>Lower limit of the frequency range, in Hz.</summary>
    LowFrequency,

    /// <summary>Upper limit of the frequency range, in Hz.</summary>
    HighFrequency,

    /// <summary>Name or number of the annotator.</summary>
    Annotator,
}

/// <summary>
/// The columns of a header with the column names of DCASE, DESED, AudioSet, AudioSet-Strong, MAESTRO, sed_eval, Raven,
/// BirdNET and crowsetta. Case, quotes, spaces, underscores, hyphens and units of seconds in a name are ignored.
/// </summary>
internal sealed partial class ListColumns
{
    // The file column of crowsetta and vak. In their lists, the column "annotation" contains the number of an
    // annotation.
    private const string NotatedPath = "notatedpath";

    // A file column of Raven.
    private const string BeginPath = "beginpath";

    private static readonly Dictionary<string, ColumnRole> Roles = Named(
        (
            ColumnRole.File,
            "filename file filenames files filepath path fname audiofilename audiofile audiofilepath audiopath audio wav "
                + "wavfile wavname wavfilename segmentid segment clip clipid clipname clipfilename recording recordingid "
                + "recordingname soundfile soundfilename ytid youtubeid videoid video beginfile infile "
                + NotatedPath
        ),
        (ColumnRole.Onset, "onset eventonset onsettime start starttime eventstart begin begintime tstart tmin"),
        (ColumnRole.Offset, "offset eventoffset offsettime end endtime eventend stop stoptime tend tmax"),
        (ColumnRole.Duration, "duration eventduration deltatime dur length audiolength fileduration clipduration"),
        (
            ColumnRole.Label,
            "eventlabel label event class classname classlabel labelname soundclass soundevent eventclass category tag "
                + "annotation commonname species"
        ),
        (ColumnRole.Labels, "eventlabels labels positivelabels tags classes"),
        (ColumnRole.Confidence, "confidence confidencescore conf probability prob score"),
        (ColumnRole.Presence, "present presence ispresent"),
        (ColumnRole.FileOffset, "fileoffset"),
        (ColumnRole.Selection, "selection"),
        (ColumnRole.View, "view"),
        (ColumnRole.Channel, "channel"),
        (ColumnRole.LowFrequency, "lowfreq"),
        (ColumnRole.HighFrequency, "highfreq"),
        (ColumnRole.Annotator, "annotator annotatorid annotatorname rater raterid labeler labeller"),
        (ColumnRole.NotNeeded, "scenelabel scene identifier")
    );

    // Alternative names of the label or file column, used only if no column has one of the names above.
    private static readonly Dictionary<string, ColumnRole> SecondRoles = Named(
        (ColumnRole.Label, "scientificname speciescode mid"),
        (ColumnRole.File, BeginPath)
    );

    private static readonly HashSet<string> Unmistakable = new(
        "filename fname audiofilename audiofile segmentid ytid eventlabel eventlabels positivelabels".Split(' '),
        StringComparer.Ordinal
    );

    private readonly Dictionary<ColumnRole, int> positions;

    private ListColumns(Dictionary<ColumnRole, int> positions, IReadOnlyList<string> unknown, string? problem) =>
        (this.positions, Unknown, Problem) = (positions, unknown, problem);

    /// <summary>Names of the columns that are not read.</summary>
    public IReadOnlyList<string> Unknown { get; }

    /// <summary>Message about two columns with the same meaning; null if there are no such columns.</summary>
    public string? Problem { get; }

    /// <summary>
    /// Whether the file column is one in which a program writes paths on the annotator's machine: Raven's "Begin Path"
    /// or crowsetta's "notated_path". Only the last part of these paths is the name of a recording. In a column with
    /// any other name, for example "path", folders are part of the recording's name.
    /// </summary>
    public bool HasForeignPaths { get; private init; }

    /// <summary>Index of the column with a role, or -1.</summary>
    public int this[ColumnRole role] => positions.GetValueOrDefault(role, -1);

    /// <summary>The name of a recording from a field of the file column.</summary>
    public ReadOnlySpan<byte> RecordingIn(ReadOnlySpan<byte> field) => HasForeignPaths ? LastPart(field) : field;

    /// <summary>The last part of a path with "/" or "\".</summary>
    public static ReadOnlySpan<byte> LastPart(ReadOnlySpan<byte> path) =>
        path[(path.LastIndexOfAny((byte)'/', (byte)'\\') + 1)..];

    /// <summary>The role of a column with the given name.</summary>
    public static ColumnRole RoleOf(string name) =>
        Roles.TryGetValue(KeyOf(name), out var role) ? role : SecondRoles.GetValueOrDefault(KeyOf(name));

    /// <summary>The role of a column with the given name in UTF-8.</summary>
    public static ColumnRole RoleOf(ReadOnlySpan<byte> name) => RoleOf(Encoding.UTF8.GetString(name));

    /// <summary>Possible names of a column for messages, the most common first.</summary>
    public static string NamesOf(ColumnRole role) =>
        role switch
        {
            ColumnRole.File => "filename, file, audio_file, fname or segment_id",
            ColumnRole.Onset => "onset, start or start_time_seconds",
            ColumnRole.Offset => "offset, end or end_time_seconds",
            ColumnRole.Duration => "duration",
            _ => "event_label, label or class",
        };

    /// <summary>
    /// Whether a row is a header. No field of a header is a number or an audio file, and one of the following is true:
    /// at least two fields are known column names, not counting optional columns such as channel or annotator; a field
    /// is a column name that cannot be the name of a file or class; the only field is the name of a file column.
    /// </summary>
    public static bool IsHeader(in ListRows row)
    {
        var known = 0;
        for (var k = 0; k < row.Count; k++)
        {
            if (TextNumbers.TryRead(row[k], out _) || AudioNames.HasExtension(row[k]))
                return false;
            var name = Encoding.UTF8.GetString(row[k]);
            if (Unmistakable.Contains(KeyOf(name)) || (row.Count == 1 && RoleOf(name) == ColumnRole.File))
                return true;
            known += RoleOf(name) == ColumnRole.Unknown || IsSecondary(RoleOf(name)) ? 0 : 1;
        }
        return known >= 2;
    }

    /// <summary>The columns of a header.</summary>
    public static ListColumns Of(in ListRows header)
    {
        Dictionary<ColumnRole, int> positions = [];
        List<(int Column, string Name, ColumnRole Role)> second = [];
        List<string> unknown = [];
        string? problem = null;
        var isNumbered = false;
        for (var k = 0; k < header.Count; k++)
            isNumbered |= KeyOf(Encoding.UTF8.GetString(header[k])) == NotatedPath;
        for (var k = 0; k < header.CountWithoutEmptyEnd; k++)
        {
            var name = Encoding.UTF8.GetString(header[k]);
            if (isNumbered && KeyOf(name) == "annotation")
                unknown.Add(name);
            else if (Roles.TryGetValue(KeyOf(name), out var role))
            {
                if (!positions.TryAdd(role, k) && !IsSecondary(role))
                    problem ??=
                        $"the columns \"{Encoding.UTF8.GetString(header[positions[role]])}\" and \"{name}\" have the same meaning";
            }
            else if (SecondRoles.TryGetValue(KeyOf(name), out role))
                second.Add((k, name, role));
            else
                unknown.Add(name);
        }
        foreach (var (column, name, role) in second)
            if (!positions.TryAdd(role, column))
                unknown.Add(name);
        return new ListColumns(positions, unknown, problem)
        {
            HasForeignPaths =
                positions.TryGetValue(ColumnRole.File, out var file)
                && KeyOf(Encoding.UTF8.GetString(header[file])) is NotatedPath or BeginPath,
        };
    }

    /// <summary>
    /// Whether a column is optional. The name of an optional column alone does not make a row a header.
    /// </summary>
    private static bool IsSecondary(ColumnRole role) =>
        role
            is ColumnRole.NotNeeded
                or ColumnRole.Selection
                or ColumnRole.View
                or ColumnRole.Channel
                or ColumnRole.LowFrequency
                or ColumnRole.HighFrequency
                or ColumnRole.Annotator;

    /// <summary>A name in lower case without units of seconds, spaces and punctuation.</summary>
    private static string KeyOf(string name)
    {
        var plain = name.Trim().TrimStart('#').Trim().Trim('"', '\'').ToLowerInvariant();
        var stem = Unit().Replace(plain, "");
        return string.Concat(stem.Where(letter => letter is not (' ' or '_' or '-' or '.')));
    }

    private static Dictionary<string, ColumnRole> Named(params (ColumnRole Role, string Names)[] roles) =>
        roles
            .SelectMany(entry => entry.Names.Split(' ').Select(name => (name, entry.Role)))
            .ToDictionary(entry => entry.name, entry => entry.Role, StringComparer.Ordinal);

    [GeneratedRegex(@"[ _]*(\((s|sec|secs|seconds|hz)\)|\[(s|sec|seconds|hz)\])$|[ _](in )?(s|sec|secs|seconds|hz)$")]
    private static partial Regex Unit();
}
