using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Sed.Core.Tests.Rooms;

/// <summary>The house as src/README.md draws it is the house as it stands.</summary>
public sealed partial class HouseTests
{
    private static readonly string src = Path.Combine(Root(), "src");
    private static readonly string[] languages = ["Sed.Dsl", "Sed.Runner"];
    private static readonly SourceTree core = new(Path.Combine(src, "Sed.Core"), "Sed.Core");
    private static readonly string[] drawing = File.ReadAllLines(Path.Combine(src, "README.md"));

    [Fact]
    public void Every_file_has_the_namespace_of_its_folder() => Nothing(core.Misplaced());

    [Fact]
    public void No_rooms_use_each_other_in_a_circle()
    {
        var arrows = core.Arrows();
        var circle = SourceTree.Circle(arrows.Keys);
        Nothing(circle.Zip(circle.Skip(1), (from, to) => $"{from} -> {to} ({arrows[(from, to)]})"));
    }

    [Fact]
    public void Every_room_has_its_line_in_the_drawing_and_every_line_its_room()
    {
        var rooms = core.Rooms.Concat(languages).ToArray();
        var lines = drawing.Select(line => Description().Match(line)).Where(match => match.Success);
        var described = lines.Select(match => match.Groups[1].Value).ToArray();
        Nothing(
            rooms
                .Except(described)
                .Select(room => $"no line: {room}")
                .Concat(described.Except(rooms).Select(room => $"no room: {room}"))
        );
    }

    [Fact]
    public void The_arrows_between_rooms_are_those_that_are_drawn()
    {
        var drawn = drawing.SelectMany(Drawn).ToHashSet();
        var there = core.Arrows().ToDictionary(arrow => arrow.Key, arrow => arrow.Value);
        foreach (var (arrow, file) in languages.SelectMany(ArrowsOf))
            there.TryAdd(arrow, file);
        var missing = there.Where(arrow => !drawn.Contains(arrow.Key));
        var gone = drawn.Where(arrow => !there.ContainsKey(arrow));
        Nothing(
            missing
                .Select(arrow => $"not drawn: {arrow.Key.From} -> {arrow.Key.To} ({arrow.Value})")
                .Concat(gone.Select(arrow => $"not there: {arrow.From} -> {arrow.To}"))
        );
    }

    /// <summary>A file of an F# project sees only those before it, so folders that stand together cannot form a circle.</summary>
    [Theory]
    [InlineData("Sed.Runner")]
    [InlineData("Sed.Dsl")]
    public void The_files_of_a_folder_stand_together_in_an_FSharp_project(string project)
    {
        var folders = ProjectItems(project, "Compile").Select(path => Path.GetDirectoryName(path)!).ToArray();
        var changes = folders.Where((folder, k) => k == 0 || folder != folders[k - 1]).Where(folder => folder != "");
        Assert.Equal(changes.Distinct(), changes);
    }

    [Fact]
    public void The_files_and_folders_that_the_page_names_for_additions_exist()
    {
        var additions = drawing.SkipWhile(line => line != "## Extension points").Skip(1);
        string[] roots = [src, Path.Combine(src, "Sed.Core"), Root()];
        var paths = additions
            .SelectMany(line => QuotedPath().Matches(line))
            .Select(match => match.Groups[1].Value)
            .ToList();
        Assert.NotEmpty(paths);
        Nothing(
            paths
                .Where(path => !roots.Any(root => Path.Exists(Path.Combine(root, path))))
                .Select(path => $"no file: {path}")
        );
    }

    /// <summary>Fails with every line of what is wrong; assertions on collections cut them short.</summary>
    private static void Nothing(IEnumerable<string> wrong)
    {
        if (string.Join('\n', wrong) is { Length: > 0 } lines)
            Assert.Fail(lines);
    }

    private static IEnumerable<((string From, string To) Arrow, string File)> ArrowsOf(string project)
    {
        foreach (var reference in ProjectItems(project, "ProjectReference").Select(Path.GetFileNameWithoutExtension))
            if (languages.Contains(reference))
                yield return ((project, reference!), $"{project}.fsproj");
        foreach (var path in SourceTree.FilesIn(Path.Combine(src, project), "*.fs"))
        foreach (var room in core.UsedBy(SourceFile.Read(path)))
            yield return ((project, room), Path.GetFileName(path));
    }

    private static IEnumerable<string> ProjectItems(string project, string kind) =>
        XDocument
            .Load(Path.Combine(src, project, $"{project}.fsproj"))
            .Descendants(kind)
            .Select(item => item.Attribute("Include")!.Value.Replace('\\', '/'));

    private static IEnumerable<(string From, string To)> Drawn(string line) =>
        Arrow().Match(line) is { Success: true } match
            ? match.Groups[2].Value.Split(", ").Select(to => (match.Groups[1].Value, to))
            : [];

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "SedDsl.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"No folder around {AppContext.BaseDirectory} has SedDsl.sln.");
    }

    [GeneratedRegex(@"`([\w.]+/[\w/.]+)`")]
    private static partial Regex QuotedPath();

    [GeneratedRegex(@"^\| `([\w/.]+)` \| \S")]
    private static partial Regex Description();

    [GeneratedRegex(@"^([\w/.]+) +-> +(\S.*)$")]
    private static partial Regex Arrow();
}
