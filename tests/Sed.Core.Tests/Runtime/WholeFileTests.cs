using System.Diagnostics;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed class WholeFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_a_killed_process_left_unfinished_is_cleared_when_the_next_file_is_written_there()
    {
        var here = $"{Environment.MachineName}.{EndedProcess()}";
        File.WriteAllText(folder.File($"checkpoint.npz.{here}.unfinished"), "half");
        var longAgo = folder.File("checkpoint.npz.elsewhere.1.unfinished");
        File.WriteAllText(longAgo, "half");
        File.SetLastWriteTimeUtc(longAgo, DateTime.UtcNow.AddDays(-2));
        WholeFile.Write(folder.File("epochs.csv"), "whole");
        Assert.Equal([folder.File("epochs.csv")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void What_another_living_process_has_not_finished_stays()
    {
        // Process 1 lives as long as there is a system; whether another machine's lives nobody here knows.
        string[] growing =
        [
            folder.File($"checkpoint.npz.{Environment.MachineName}.1.unfinished"),
            folder.File($"checkpoint.npz.elsewhere.{EndedProcess()}.unfinished"),
        ];
        foreach (var file in growing)
            File.WriteAllText(file, "half");
        WholeFile.Write(folder.File("epochs.csv"), "whole");
        Assert.All(growing, file => Assert.True(File.Exists(file)));
    }

    [Fact]
    public void Files_of_others_with_a_like_name_stay()
    {
        string[] others = [folder.File("findings.csv.2024"), folder.File("notes.unfinished")];
        foreach (var other in others)
            File.WriteAllText(other, "kept");
        WholeFile.Write(folder.File("findings.csv"), "whole");
        Assert.All(others, other => Assert.True(File.Exists(other)));
    }

    [Fact]
    public void A_writing_that_fails_leaves_the_old_file_and_nothing_else()
    {
        WholeFile.Write(folder.File("result.json"), "old");
        Assert.Throws<InvalidOperationException>(() =>
            WholeFile.Write(folder.File("result.json"), _ => throw new InvalidOperationException())
        );
        Assert.Equal("old", File.ReadAllText(folder.File("result.json")));
        Assert.Equal([folder.File("result.json")], Directory.GetFiles(folder.Path));
    }

    private static int EndedProcess()
    {
        using Process process = Process.Start(
            new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true }
        )!;
        process.WaitForExit();
        return process.Id;
    }
}
