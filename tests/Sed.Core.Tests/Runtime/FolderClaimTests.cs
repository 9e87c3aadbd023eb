using System.Diagnostics;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

/// <summary>Ownership of a folder lock among processes and machines.</summary>
public sealed class FolderClaimTests : IDisposable
{
    private const string FolderVariable = "SED_TEST_FOLDER";

    private static readonly LockOwner there = Machine("there");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A process on another machine that never renews its lock.</summary>
    private static LockOwner Machine(string host) =>
        LockOwner.Here with
        {
            Host = host,
            ProcessNamespace = host,
            RenewalInterval = Timeout.InfiniteTimeSpan,
        };

    private FolderLock Ask(LockOwner owner) => FolderLock.Try(folder.Path, "lock", owner);

    private string LockPath => folder.File("lock");

    private void LastRenewed(TimeSpan ago) => File.SetLastWriteTimeUtc(LockPath, DateTime.UtcNow - ago);

    [Fact]
    public void A_held_lock_states_its_holder_and_a_released_lock_leaves_no_file()
    {
        using (Ask(there))
            Assert.StartsWith("host: there\nplace: there\nprocess: ", File.ReadAllText(LockPath));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_lock_of_an_ended_process_on_this_machine_can_be_acquired_at_once()
    {
        using Process process = Process.Start("sleep", "60");
        var started = LockOwner.StartOf(process.Id)!;
        LockRecord record = new("other", LockOwner.Here with { Process = process.Id, Started = started });
        File.WriteAllText(LockPath, record.Text(0));
        LastRenewed(TimeSpan.FromDays(1));
        using (FolderLock held = Ask(LockOwner.Here))
            Assert.Equal(LockOutcome.HeldElsewhere, held.Outcome); // the process runs, so the age of the file does not matter
        process.Kill();
        process.WaitForExit();
        using FolderLock mine = Ask(LockOwner.Here);
        Assert.Equal(LockOutcome.Acquired, mine.Outcome);
    }

    [Fact]
    public void A_reused_process_identifier_does_not_hold_the_lock()
    {
        File.WriteAllText(LockPath, new LockRecord("other", LockOwner.Here with { Started = "1" }).Text(0));
        using FolderLock mine = Ask(LockOwner.Here);
        Assert.Equal(LockOutcome.Acquired, mine.Outcome);
    }

    [Fact]
    public void A_lock_of_a_process_that_the_system_hides_is_held_until_it_is_stale()
    {
        // Process 1 always runs. With hidepid, /proc does not show it to other users.
        Directory.CreateDirectory(folder.File("proc"));
        LockOwner here = LockOwner.Here with { ProcessTable = folder.File("proc") };
        File.WriteAllText(LockPath, new LockRecord("other", here with { Process = 1, Started = "1" }).Text(0));
        using (FolderLock held = Ask(here))
            Assert.Equal(LockOutcome.HeldElsewhere, held.Outcome);
        var growing = AtomicFile.Temporary(folder.File("result.json"), here with { Process = 1, Started = "1" });
        AtomicFile.Forget(growing);
        File.WriteAllText(growing, "half");
        AtomicFile.Write(folder.File("epochs.csv"), file => file.WriteByte(1), here);
        Assert.True(File.Exists(growing));
        LastRenewed(TimeSpan.FromMinutes(3));
        using FolderLock mine = Ask(here);
        Assert.Equal(LockOutcome.Acquired, mine.Outcome);
    }

    [Fact]
    public void A_lock_of_another_machine_is_stale_after_two_minutes_without_renewal()
    {
        using FolderLock first = Ask(there);
        LastRenewed(TimeSpan.FromSeconds(119));
        using (FolderLock held = Ask(Machine("here")))
            Assert.Equal(LockOutcome.HeldElsewhere, held.Outcome);
        Assert.True(first.IsHeld);

        LastRenewed(TimeSpan.FromSeconds(121));
        using FolderLock second = Ask(Machine("here"));
        Assert.Equal((LockOutcome.Acquired, true, false), (second.Outcome, second.IsHeld, first.IsHeld));
        LockLostException lost = Assert.Throws<LockLostException>(first.ThrowIfLost);
        Assert.Equal(
            $"Another process has taken over {folder.Path}, because this process did not renew its lock in time; "
                + "wait until the other process has ended, then try again.",
            lost.Message
        );
        first.Dispose();
        Assert.True(second.IsHeld); // disposing a lost lock releases nothing
    }

    [Fact]
    public void An_unreadable_lock_file_counts_as_held_until_it_is_stale()
    {
        File.WriteAllText(LockPath, "");
        using (FolderLock held = Ask(LockOwner.Here))
            Assert.Equal(LockOutcome.HeldElsewhere, held.Outcome);
        LastRenewed(TimeSpan.FromHours(1));
        using FolderLock mine = Ask(LockOwner.Here);
        Assert.Equal(LockOutcome.Acquired, mine.Outcome);
    }

    [Fact]
    public void Exactly_one_of_several_simultaneous_takeovers_succeeds()
    {
        for (var round = 0; round < 50; round++)
        {
            using FolderLock gone = Ask(there);
            LastRenewed(TimeSpan.FromMinutes(3));
            FolderLock[] asked = new FolderLock[8];
            using Barrier together = new(asked.Length);
            Thread[] machines =
            [
                .. Enumerable
                    .Range(0, asked.Length)
                    .Select(number => new Thread(() =>
                    {
                        together.SignalAndWait();
                        asked[number] = Ask(Machine($"machine {number}"));
                    })),
            ];
            Array.ForEach(machines, machine => machine.Start());
            Array.ForEach(machines, machine => machine.Join());
            Assert.Single(asked, one => one.Outcome == LockOutcome.Acquired);
            Assert.Single(asked, one => one.IsHeld);
            Array.ForEach(asked, one => one.Dispose());
            Assert.Empty(Directory.GetFiles(folder.Path));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Exactly_one_of_several_simultaneous_moves_to_a_free_path_succeeds(bool links)
    {
        Action<string, string> move = links ? FolderLock.MoveToFree : FolderLock.ReserveAndMove;
        for (var round = 0; round < 200; round++)
        {
            var moved = new bool[8];
            using Barrier together = new(moved.Length);
            Thread[] processes =
            [
                .. Enumerable
                    .Range(0, moved.Length)
                    .Select(number => new Thread(() =>
                    {
                        var candidate = folder.File($"candidate {number}");
                        File.WriteAllText(candidate, $"{number}");
                        together.SignalAndWait();
                        try
                        {
                            move(candidate, LockPath);
                            moved[number] = true;
                        }
                        catch (IOException)
                        {
                            File.Delete(candidate);
                        }
                    })),
            ];
            Array.ForEach(processes, process => process.Start());
            Array.ForEach(processes, process => process.Join());
            Assert.Single(moved, true);
            Assert.Equal($"{Array.IndexOf(moved, true)}", File.ReadAllText(LockPath));
            Assert.Equal([LockPath], Directory.GetFiles(folder.Path));
            File.Delete(LockPath);
        }
    }

    [Fact]
    public void A_process_killed_during_a_takeover_does_not_block_the_next()
    {
        using FolderLock gone = Ask(there);
        LastRenewed(TimeSpan.FromMinutes(3));
        var token = LockFile.Read(LockPath)!.Token;
        LockRecord killed = new("killed", LockOwner.Here with { Started = "1" });
        File.WriteAllText($"{LockPath}.{token}", killed.Text(0));
        using FolderLock mine = Ask(LockOwner.Here);
        Assert.Equal(LockOutcome.Acquired, mine.Outcome);
        Assert.Equal([LockPath], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_suspended_process_loses_its_lock_to_another_machine_and_detects_it_on_resumption()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows cannot suspend processes by signals.");
        string[] arguments = ["-noLogo", "-explicit", "only", "-method", $"*.{nameof(Another_machine)}"];
        ProcessStartInfo start = new(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true };
        start.Environment[FolderVariable] = folder.Path;
        using Process holder = Process.Start(start)!;
        LockOwner here = Machine("here") with { StaleAfter = TimeSpan.FromSeconds(2) };
        Until(() => File.Exists(LockPath));
        Stopwatch clock = Stopwatch.StartNew();
        Until(() => clock.Elapsed > 1.5 * here.StaleAfter || Ask(here).Outcome == LockOutcome.Acquired);
        Assert.True(clock.Elapsed > 1.5 * here.StaleAfter, "The lock was renewed but counted as stale.");

        Signal("STOP", holder);
        FolderLock mine = Ask(here);
        Until(() => (mine = Ask(here)).Outcome == LockOutcome.Acquired);
        Assert.False(File.Exists(folder.File("noticed")));
        Signal("CONT", holder);
        Until(() => File.Exists(folder.File("noticed")));
        Assert.True(mine.IsHeld);
        mine.Dispose();
        holder.WaitForExit();
    }

    /// <summary>Helper that a test runs in another process: holds the lock until it is lost.</summary>
    [Fact(Explicit = true)]
    public void Another_machine()
    {
        var shared = Environment.GetEnvironmentVariable(FolderVariable)!;
        LockOwner owner = Machine("there") with { RenewalInterval = TimeSpan.FromSeconds(0.1) };
        using FolderLock mine = FolderLock.Try(shared, "lock", owner);
        Until(() => !mine.IsHeld);
        File.WriteAllText(Path.Combine(shared, "noticed"), "");
    }

    private static void Signal(string signal, Process process)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        kill.WaitForExit();
    }

    private static void Until(Func<bool> reached)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (!reached())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), "The condition was not reached within one minute.");
            Thread.Sleep(50);
        }
    }
}
