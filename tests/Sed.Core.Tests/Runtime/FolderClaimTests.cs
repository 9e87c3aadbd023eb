using System.Diagnostics;
using Sed.Core.Runtime;

namespace Sed.Core.Tests.Runtime;

/// <summary>Who has the right to a folder that several machines see.</summary>
public sealed class FolderClaimTests : IDisposable
{
    private const string FolderVariable = "SED_TEST_FOLDER";

    private static readonly Claimant there = Machine("there");

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>A process on a machine of its own, which renews nothing by itself.</summary>
    private static Claimant Machine(string host) =>
        Claimant.Here with
        {
            Host = host,
            Place = host,
            Beat = Timeout.InfiniteTimeSpan,
        };

    private FolderLock Ask(Claimant claimant) => FolderLock.Try(folder.Path, "lock", claimant);

    private string LockFile => folder.File("lock");

    private void LastRenewed(TimeSpan ago) => File.SetLastWriteTimeUtc(LockFile, DateTime.UtcNow - ago);

    [Fact]
    public void A_lock_names_its_holder_while_it_is_held_and_leaves_nothing_behind()
    {
        using (Ask(there))
            Assert.StartsWith("host: there\nplace: there\nprocess: ", File.ReadAllText(LockFile));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void The_lock_of_a_process_of_this_machine_that_has_ended_is_free_at_once()
    {
        using Process process = Process.Start("sleep", "60");
        var started = Claimant.StartOf(process.Id)!;
        Claim claim = new("other", Claimant.Here with { Process = process.Id, Started = started });
        File.WriteAllText(LockFile, claim.Text(0));
        LastRenewed(TimeSpan.FromDays(1));
        using (FolderLock held = Ask(Claimant.Here))
            Assert.Equal(LockOutcome.Held, held.Outcome); // it lives, however long it was stopped
        process.Kill();
        process.WaitForExit();
        using FolderLock mine = Ask(Claimant.Here);
        Assert.Equal(LockOutcome.Mine, mine.Outcome);
    }

    [Fact]
    public void A_number_that_was_given_to_another_process_since_is_no_holder()
    {
        File.WriteAllText(LockFile, new Claim("other", Claimant.Here with { Started = "1" }).Text(0));
        using FolderLock mine = Ask(Claimant.Here);
        Assert.Equal(LockOutcome.Mine, mine.Outcome);
    }

    [Fact]
    public void Another_machines_lock_is_held_while_it_is_renewed_and_free_when_it_was_not_for_two_minutes()
    {
        using FolderLock first = Ask(there);
        LastRenewed(TimeSpan.FromSeconds(119));
        using (FolderLock held = Ask(Machine("here")))
            Assert.Equal(LockOutcome.Held, held.Outcome);
        Assert.True(first.IsMine);

        LastRenewed(TimeSpan.FromSeconds(121));
        using FolderLock second = Ask(Machine("here"));
        Assert.Equal((LockOutcome.Mine, true, false), (second.Outcome, second.IsMine, first.IsMine));
        LockLostException lost = Assert.Throws<LockLostException>(first.Require);
        Assert.Equal(
            $"{folder.Path} has been taken over by another process, since this one gave no sign of life for a while.",
            lost.Message
        );
        first.Dispose();
        Assert.True(second.IsMine); // who lost it gives nothing back
    }

    [Fact]
    public void What_is_no_claim_is_held_while_it_may_still_be_written()
    {
        File.WriteAllText(LockFile, "");
        using (FolderLock held = Ask(Claimant.Here))
            Assert.Equal(LockOutcome.Held, held.Outcome);
        LastRenewed(TimeSpan.FromHours(1));
        using FolderLock mine = Ask(Claimant.Here);
        Assert.Equal(LockOutcome.Mine, mine.Outcome);
    }

    [Fact]
    public void Of_many_that_take_over_at_once_one_wins()
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
            Assert.Single(asked, one => one.Outcome == LockOutcome.Mine);
            Assert.Single(asked, one => one.IsMine);
            Array.ForEach(asked, one => one.Dispose());
            Assert.Empty(Directory.GetFiles(folder.Path));
        }
    }

    [Fact]
    public void Who_was_killed_while_taking_over_does_not_stand_in_the_way()
    {
        using FolderLock gone = Ask(there);
        LastRenewed(TimeSpan.FromMinutes(3));
        var token = ClaimFile.Read(LockFile)!.Token;
        Claim killed = new("killed", Claimant.Here with { Started = "1" });
        File.WriteAllText($"{LockFile}.{token}", killed.Text(0));
        using FolderLock mine = Ask(Claimant.Here);
        Assert.Equal(LockOutcome.Mine, mine.Outcome);
        Assert.Equal([LockFile], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void A_holder_that_is_stopped_loses_its_lock_to_another_machine_and_notices_when_it_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Processes are stopped by signals.");
        string[] arguments = ["-noLogo", "-explicit", "only", "-method", $"*.{nameof(Another_machine)}"];
        ProcessStartInfo start = new(Environment.ProcessPath!, arguments) { RedirectStandardOutput = true };
        start.Environment[FolderVariable] = folder.Path;
        using Process holder = Process.Start(start)!;
        Claimant here = Machine("here") with { GoneAfter = TimeSpan.FromSeconds(2) };
        Until(() => File.Exists(LockFile));
        Stopwatch clock = Stopwatch.StartNew();
        Until(() => clock.Elapsed > 1.5 * here.GoneAfter || Ask(here).Outcome == LockOutcome.Mine);
        Assert.True(clock.Elapsed > 1.5 * here.GoneAfter, "It was renewed, but counted as gone.");

        Signal("STOP", holder);
        FolderLock mine = Ask(here);
        Until(() => (mine = Ask(here)).Outcome == LockOutcome.Mine);
        Assert.False(File.Exists(folder.File("noticed")));
        Signal("CONT", holder);
        Until(() => File.Exists(folder.File("noticed")));
        Assert.True(mine.IsMine);
        mine.Dispose();
        holder.WaitForExit();
    }

    /// <summary>Holds the lock for a test that runs this in a process of its own, until it notices that it has lost it.</summary>
    [Fact(Explicit = true)]
    public void Another_machine()
    {
        var shared = Environment.GetEnvironmentVariable(FolderVariable)!;
        Claimant claimant = Machine("there") with { Beat = TimeSpan.FromSeconds(0.1) };
        using FolderLock mine = FolderLock.Try(shared, "lock", claimant);
        Until(() => !mine.IsMine);
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
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), "It takes too long.");
            Thread.Sleep(50);
        }
    }
}
