namespace Sed.Core.Tests.Rooms;

/// <summary>
/// The rooms of a C# project, which are its folders, and which of them use which. It is read from the text of the files: from
/// usings and qualified names, and, since a room sees the rooms around it without either, from the names that those declare.
/// </summary>
internal sealed class SourceTree
{
    private readonly string root;
    private readonly string project;
    private readonly ILookup<string, SourceFile> rooms;
    private readonly Dictionary<string, HashSet<string>> declared;

    /// <param name="root">The project's folder.</param>
    /// <param name="project">The project's name, the namespace of the folder.</param>
    public SourceTree(string root, string project)
    {
        this.root = root;
        this.project = project;
        rooms = FilesIn(root, "*.cs").Select(SourceFile.Read).ToLookup(file => RoomOf(file.Path));
        declared = rooms.ToDictionary(
            room => room.Key,
            room => room.SelectMany(file => file.Declared).ToHashSet(StringComparer.Ordinal)
        );
    }

    /// <summary>The rooms: folders below the project's, "Metrics/Counts", in alphabetical order.</summary>
    public IEnumerable<string> Rooms => rooms.Select(room => room.Key).Order(StringComparer.Ordinal);

    /// <summary>The files whose namespace is not their folder, and what it should be.</summary>
    public IEnumerable<string> Misplaced() =>
        from file in rooms.SelectMany(room => room)
        let asked = NamespaceOf(RoomOf(file.Path))
        where file.Namespace != asked
        select $"{Path.GetRelativePath(root, file.Path)} has the namespace {file.Namespace}, not {asked}";

    /// <summary>Which room uses which, and a file that does.</summary>
    public SortedDictionary<(string From, string To), string> Arrows()
    {
        SortedDictionary<(string From, string To), string> arrows = new(Comparer<(string, string)>.Default);
        foreach (var room in rooms)
        foreach (var file in room)
        foreach (var used in UsedBy(file).Where(used => used != room.Key))
            arrows.TryAdd((room.Key, used), Path.GetFileName(file.Path));
        return arrows;
    }

    /// <summary>The rooms that a file, of this project or another, uses.</summary>
    public IEnumerable<string> UsedBy(SourceFile file) =>
        file.Names.SelectMany(name => Qualified(file.Namespace, name)).Concat(Surrounding(file)).Distinct();

    /// <summary>The source files of a project, without what a build leaves.</summary>
    public static IEnumerable<string> FilesIn(string folder, string pattern) =>
        Directory
            .EnumerateFiles(folder, pattern, SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(folder, path).Split(Path.DirectorySeparatorChar).Contains("obj"))
            .Order(StringComparer.Ordinal);

    /// <summary>A circle of arrows, room by room; empty when there is none.</summary>
    public static IReadOnlyList<string> Circle(IEnumerable<(string From, string To)> arrows)
    {
        var next = arrows.ToLookup(arrow => arrow.From, arrow => arrow.To);
        HashSet<string> done = [];
        List<string> path = [];
        foreach (var room in next.Select(room => room.Key))
            if (Visit(room) is { } circle)
                return circle;
        return [];

        List<string>? Visit(string room)
        {
            if (path.IndexOf(room) is var at and >= 0)
                return [.. path[at..], room];
            if (!done.Add(room))
                return null;
            path.Add(room);
            foreach (var to in next[room])
                if (Visit(to) is { } circle)
                    return circle;
            path.RemoveAt(path.Count - 1);
            return null;
        }
    }

    private string RoomOf(string path) =>
        Path.GetRelativePath(root, Path.GetDirectoryName(path)!).Replace(Path.DirectorySeparatorChar, '/');

    private string NamespaceOf(string room) => room == "." ? project : $"{project}.{room.Replace('/', '.')}";

    /// <summary>The room that a name leads into: it may leave out what the namespaces around it have in common.</summary>
    private IEnumerable<string> Qualified(string from, string name)
    {
        for (var around = from; ; around = around[..Math.Max(around.LastIndexOf('.'), 0)])
        {
            if (LongestRoom(around.Length == 0 ? name : $"{around}.{name}", name) is { } room)
                return [room];
            if (around.Length == 0)
                return [];
        }
    }

    private string? LongestRoom(string full, string name)
    {
        foreach (var room in rooms.Select(room => room.Key).OrderByDescending(room => room.Length))
        {
            var within = NamespaceOf(room);
            if (full == within && name.StartsWith(project, StringComparison.Ordinal))
                return room;
            // What a name leaves out may be anything of that name, a property for example, unless a type follows.
            if (
                name.Contains('.')
                && full.StartsWith($"{within}.", StringComparison.Ordinal)
                && full.Length - within.Length - 1 < name.Length
                && declared[room].Contains(full[(within.Length + 1)..].Split('.')[0])
            )
                return room;
        }
        return null;
    }

    /// <summary>The rooms around a file's own of which it names something.</summary>
    private IEnumerable<string> Surrounding(SourceFile file)
    {
        var own = rooms.Select(room => room.Key).FirstOrDefault(room => NamespaceOf(room) == file.Namespace);
        if (own is null)
            return [];
        var first = file.Names.Select(name => name.Split('.')[0]).Where(name => !declared[own].Contains(name));
        var named = first.Concat(file.Called.Where(call => !declared[own].Contains(call))).ToHashSet();
        return rooms
            .Select(room => room.Key)
            .Where(room => file.Namespace.StartsWith($"{NamespaceOf(room)}.", StringComparison.Ordinal))
            .Where(room => declared[room].Overlaps(named));
    }
}
