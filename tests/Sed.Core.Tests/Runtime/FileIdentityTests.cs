using System.Runtime.InteropServices;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed partial class FileIdentityTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string model;

    public FileIdentityTests()
    {
        model = folder.File("m.sed");
        File.WriteAllText(model, "weights");
    }

    public void Dispose() => folder.Dispose();

    private string? Refused(string output) =>
        FileIdentity.Overwritten([("--out", output)], [("the model", model)]).SingleOrDefault()?.ToString();

    [Fact]
    public void An_output_that_is_an_input_is_named_with_its_option()
    {
        Assert.Equal(
            $"--out {model}: the output file is also the model and would be overwritten; choose another name",
            Refused(model)
        );
        Assert.Null(Refused(folder.File("m.onnx")));
    }

    [Fact]
    public void Other_spellings_links_and_hard_links_are_the_same_file()
    {
        Directory.CreateDirectory(folder.File("a/b"));
        Directory.CreateSymbolicLink(folder.File("here"), folder.Path);
        File.CreateSymbolicLink(folder.File("a/soft"), Path.Combine("..", "m.sed"));
        Assert.Equal(0, link(model, folder.File("hard")));
        string[] spellings =
        [
            Path.GetRelativePath(Directory.GetCurrentDirectory(), model),
            folder.File("a/b/../../m.sed"),
            folder.File("here/here/m.sed"),
            folder.File("a/soft"),
            folder.File("hard"),
        ];
        Assert.All(spellings, output => Assert.NotNull(Refused(output)));
    }

    [Fact]
    public void Files_that_do_not_exist_yet_are_compared_by_folder_and_name()
    {
        Directory.CreateSymbolicLink(folder.File("here"), folder.Path);
        Assert.Equal(FileIdentity.Of(folder.File("new.tsv")), FileIdentity.Of(folder.File("here/new.tsv")));
        Assert.Equal(FileIdentity.Of(folder.File("x/new.tsv")), FileIdentity.Of(folder.File("here/x/new.tsv")));
        Assert.NotEqual(FileIdentity.Of(folder.File("new.tsv")), FileIdentity.Of(folder.File("new2.tsv")));
        File.CreateSymbolicLink(folder.File("loop"), folder.File("loop"));
        Assert.NotEqual(FileIdentity.Of(folder.File("loop")), FileIdentity.Of(model));
    }

    [Fact]
    public void Two_outputs_cannot_be_the_same_file_but_can_be_the_same_device()
    {
        Assert.Equal(
            [$"--scores {folder.File("./x")}: --out {folder.File("x")} is the same file; choose another name"],
            FileIdentity
                .Overwritten([("--out", folder.File("x")), ("--scores", folder.File("./x"))], [])
                .Select(problem => problem.ToString())
        );
        Assert.Empty(FileIdentity.Overwritten([("--out", "/dev/null"), ("--csv", "/dev/null")], [("", "/dev/null")]));
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int link(string file, string name);
}

public sealed class FolderTreeTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Links_to_folders_are_followed_once_and_never_upwards()
    {
        Directory.CreateDirectory(folder.File("in/a"));
        Directory.CreateDirectory(folder.File("elsewhere"));
        foreach (var file in (string[])["in/1.wav", "in/a/2.wav", "elsewhere/3.wav", "4.wav"])
            File.WriteAllText(folder.File(file), "");
        Directory.CreateSymbolicLink(folder.File("in/a/loop"), folder.File("in"));
        Directory.CreateSymbolicLink(folder.File("in/up"), folder.Path);
        Directory.CreateSymbolicLink(folder.File("in/root"), "/");
        Directory.CreateSymbolicLink(folder.File("in/other"), folder.File("elsewhere"));
        Directory.CreateSymbolicLink(folder.File("elsewhere/back"), folder.File("in/a"));
        Assert.Equal(
            ["1.wav", "a/2.wav", "other/3.wav"],
            FolderTree.Files(folder.File("in")).Select(file => Path.GetRelativePath(folder.File("in"), file))
        );
        Assert.Equal([folder.File("in/1.wav")], FolderTree.Files(folder.File("in"), depth: 0));
    }
}

public sealed class OneLineTests
{
    [Theory]
    [InlineData("Gewehrsalve, ñ, 車 🚗", "Gewehrsalve, ñ, 車 🚗")]
    [InlineData("a\tb\nc\r", "a?b?c?")]
    [InlineData("\u001b[2J\u009b2J\u007f", "?[2J?2J?")]
    [InlineData("x\u2028y\u202Egpj.exe", "x?y?gpj.exe")]
    public void Unprintable_characters_become_question_marks(string text, string line)
    {
        Assert.Equal(line, OneLine.Of(text));
        Assert.Equal(text != line, OneLine.HasUnprintable(text));
    }

    [Fact]
    public void Problems_are_one_line_whatever_names_they_contain() =>
        Assert.Equal(
            "a?b.wav: broken at ?[31m; mend it",
            new Problem("a\nb.wav", "broken at \u001b[31m", "mend it").ToString()
        );
}

public sealed class SpellingTests
{
    [Theory]
    [InlineData("--thresh", "--threshold", "--threshold")]
    [InlineData("--treshold", "--threshold", "--threshold")]
    [InlineData("--jsno", "--json", "--json")]
    [InlineData("--JSON", "--json", "--json")]
    [InlineData("--colour", "--out", null)]
    public void The_nearest_word_is_found_unless_none_is_similar(string word, string known, string? nearest) =>
        Assert.Equal(nearest, Spelling.Nearest(word, ["--device", known]));
}
