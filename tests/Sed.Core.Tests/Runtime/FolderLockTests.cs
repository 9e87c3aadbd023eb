using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

public sealed class FolderLockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void One_process_at_a_time_holds_the_lock()
    {
        using (FolderLock first = FolderLock.Try(folder.File("new"), "lock"))
        {
            using FolderLock second = FolderLock.Try(folder.File("new"), "lock");
            Assert.Equal((LockOutcome.Acquired, LockOutcome.HeldElsewhere), (first.Outcome, second.Outcome));
            Assert.Equal(("", ""), (first.Reason, second.Reason));
        }
        using FolderLock third = FolderLock.Try(folder.File("new"), "lock");
        Assert.Equal(LockOutcome.Acquired, third.Outcome);
    }

    [Fact]
    public void A_folder_at_the_path_of_the_lock_file_makes_the_lock_unavailable()
    {
        Directory.CreateDirectory(folder.File("lock"));
        using FolderLock none = FolderLock.Try(folder.Path, "lock");
        Assert.Equal(LockOutcome.Unavailable, none.Outcome);
        Assert.Equal($"Access to the path '{folder.File("lock")}' is denied.", none.Reason);
    }

    [Fact]
    public void A_file_at_the_path_of_the_folder_makes_the_lock_unavailable()
    {
        File.WriteAllText(folder.File("trial"), "");
        using FolderLock none = FolderLock.Try(folder.File("trial"), "lock");
        Assert.Equal(LockOutcome.Unavailable, none.Outcome);
        Assert.Equal($"The file '{folder.File("trial")}' already exists.", none.Reason);
    }

    [Fact]
    public void Read_only_storage_makes_the_lock_unavailable()
    {
        Directory.CreateDirectory(folder.File("kept"));
        File.WriteAllText(folder.File("kept/lock"), "");
        using ReadOnlyFolder storage = new(folder.File("kept"), folder.File("storage"));
        using FolderLock old = FolderLock.Try(storage.Path, "lock");
        using FolderLock fresh = FolderLock.Try(storage.Path, "another");
        using FolderLock below = FolderLock.Try(storage.Path + "/trial", "lock");
        Assert.Equal(
            (LockOutcome.Unavailable, LockOutcome.Unavailable, LockOutcome.Unavailable),
            (old.Outcome, fresh.Outcome, below.Outcome)
        );
        Assert.Equal($"Read-only file system : '{storage.Path}/lock'", old.Reason);
    }
}
