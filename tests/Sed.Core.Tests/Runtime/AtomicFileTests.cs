using System.Diagnostics;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Another process than this one, by default of the same process namespace.</summary>
    private static LockOwner Process(int number, string started, string? place = null) =>
        LockOwner.Here with
        {
            Process = number,
            Started = started,
            ProcessNamespace = place ?? LockOwner.Here.ProcessNamespace,
        };

    /// <summary>Leaves a temporary file, as a process does that is killed while it writes.</summary>
    private string LeftBy(LockOwner writer)
    {
        var file = AtomicFile.Temporary(folder.File("checkpoint.npz"), writer);
        AtomicFile.Forget(file);
        File.WriteAllText(file, "half");
        return file;
    }

    [Fact]
    public void The_next_write_deletes_temporary_files_of_ended_processes()
    {
        LeftBy(Process(EndedProcess(), "1"));
        // A later process with the same identifier is not the writer.
        LeftBy(Process(1, "1"));
        var longAgo = LeftBy(Process(1, "1", "elsewhere"));
        File.SetLastWriteTimeUtc(longAgo, DateTime.UtcNow.AddDays(-2));
        AtomicFile.Write(folder.File("epochs.csv"), "whole");
        Assert.Equal([folder.File("epochs.csv")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_file_name_can_have_the_maximum_length()
    {
        // 255 bytes in 129 characters.
        var file = folder.File(new string('\u00e4', 126) + "abc");
        AtomicFile.Write(file, "whole");
        Assert.Equal("whole", File.ReadAllText(file));
        Assert.Equal([file], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Temporary_files_of_running_processes_stay()
    {
        // Process 1 always runs; whether a process of another machine runs is unknown.
        string[] growing =
        [
            LeftBy(Process(1, LockOwner.StartOf(1)!)),
            LeftBy(Process(EndedProcess(), "1", "elsewhere")),
        ];
        AtomicFile.Write(folder.File("epochs.csv"), "whole");
        Assert.All(growing, file => Assert.True(File.Exists(file)));
    }

    [Fact]
    public void A_process_in_another_process_namespace_of_the_same_host_keeps_its_temporary_files()
    {
        var here = LockOwner.Here.ProcessNamespace;
        // Two containers with the same host name, in which the same identifier belongs to different processes.
        var inContainer = Process(EndedProcess(), "1", here.Replace("pid:[", "pid:[9", StringComparison.Ordinal));
        Assert.NotEqual(here, inContainer.ProcessNamespace);
        var growing = LeftBy(inContainer);
        AtomicFile.Write(folder.File("epochs.csv"), "whole");
        Assert.True(File.Exists(growing));
        AtomicFile.Write(folder.File("epochs.csv"), file => file.WriteByte(1), inContainer);
        Assert.False(File.Exists(growing));
    }

    [Fact]
    public void Files_with_similar_names_stay()
    {
        string[] others =
        [
            folder.File("findings.csv.2024"),
            folder.File("notes.unfinished"),
            folder.File("a.b.c.unfinished"),
        ];
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

    [Fact]
    public void An_interrupted_process_deletes_what_it_was_writing()
    {
        using var file = AtomicFile.Begin(folder.File("result.json"));
        file.Content.WriteByte(1);
        Assert.Single(Directory.GetFiles(folder.Path));
        AtomicFile.DeleteUnfinished();
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_link_is_followed_and_stays_a_link()
    {
        Directory.CreateDirectory(folder.File("storage"));
        File.CreateSymbolicLink(folder.File("latest.txt"), Path.Combine("storage", "1.txt"));
        AtomicFile.Write(folder.File("latest.txt"), "first");
        AtomicFile.Write(folder.File("latest.txt"), "second");
        Assert.NotNull(new FileInfo(folder.File("latest.txt")).LinkTarget);
        Assert.Equal("second", File.ReadAllText(folder.File("storage/1.txt")));
    }

    [Fact]
    public void A_device_is_written_and_not_replaced_and_a_full_one_is_an_error()
    {
        AtomicFile.Write("/dev/null", "whole");
        Assert.True(FileIdentity.IsDevice("/dev/null"));
        File.CreateSymbolicLink(folder.File("full"), "/dev/full");
        Assert.Throws<IOException>(() => AtomicFile.Write(folder.File("full"), "whole"));
        Assert.True(FileIdentity.IsDevice("/dev/full"));
        Assert.Equal([folder.File("full")], Directory.GetFiles(folder.Path));
    }

    private static int EndedProcess()
    {
        using var process = System.Diagnostics.Process.Start(
            new ProcessStartInfo("dotnet", "--version") { RedirectStandardOutput = true }
        )!;
        process.WaitForExit();
        return process.Id;
    }
}
