using System.Diagnostics;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_next_write_deletes_temporary_files_of_ended_processes()
    {
        var here = $"{Environment.MachineName}.{EndedProcess()}";
        File.WriteAllText(folder.File($"checkpoint.npz.{here}.unfinished"), "half");
        var longAgo = folder.File("checkpoint.npz.elsewhere.1.unfinished");
        File.WriteAllText(longAgo, "half");
        File.SetLastWriteTimeUtc(longAgo, DateTime.UtcNow.AddDays(-2));
        AtomicFile.Write(folder.File("epochs.csv"), "whole");
        Assert.Equal([folder.File("epochs.csv")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Temporary_files_of_running_processes_stay()
    {
        // Process 1 always runs; whether a process of another machine runs is unknown.
        string[] growing =
        [
            folder.File($"checkpoint.npz.{Environment.MachineName}.1.unfinished"),
            folder.File($"checkpoint.npz.elsewhere.{EndedProcess()}.unfinished"),
        ];
        foreach (var file in growing)
            File.WriteAllText(file, "half");
        AtomicFile.Write(folder.File("epochs.csv"), "whole");
        Assert.All(growing, file => Assert.True(File.Exists(file)));
    }

    [Fact]
    public void Files_with_similar_names_stay()
    {
        string[] others = [folder.File("findings.csv.2024"), folder.File("notes.unfinished")];
        foreach (var other in others)
            File.WriteAllText(other, "kept");
        AtomicFile.Write(folder.File("findings.csv"), "whole");
        Assert.All(others, other => Assert.True(File.Exists(other)));
    }

    [Fact]
    public void A_failed_write_leaves_only_the_old_file()
    {
        AtomicFile.Write(folder.File("result.json"), "old");
        Assert.Throws<InvalidOperationException>(() =>
            AtomicFile.Write(folder.File("result.json"), _ => throw new InvalidOperationException())
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
