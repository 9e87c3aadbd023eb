using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Sed.Core.Runtime;

/// <summary>
/// The right to work in a folder, which one process at a time can have, on any machine that sees the folder. It is a file in
/// it that names its holder. Such a file comes by one step that fails where there is one (a link, or exclusive creation), so
/// it holds on network file systems too, and its holder renews it every 15 s. Of a holder on the same machine it is known
/// whether it lives; one on another machine counts as gone when its file was not renewed for 2 minutes, by the clock of the
/// file system. The right of a holder that is gone goes to the next process that asks.
/// </summary>
public sealed class FolderLock : IDisposable
{
    // Whoever asks goes round again when the holder changes under its eyes.
    private const int Rounds = 8;

    private readonly string path;
    private readonly Claim? claim;
    private readonly SafeFileHandle? file;
    private readonly ManualResetEventSlim ended = new();
    private readonly Thread? beating;

    private FolderLock(LockOutcome outcome, string path, string reason)
    {
        Outcome = outcome;
        Reason = reason;
        this.path = path;
    }

    private FolderLock(string path, Claim claim, SafeFileHandle file)
        : this(LockOutcome.Mine, path, "")
    {
        this.claim = claim;
        this.file = file;
        beating = new Thread(Beat) { IsBackground = true, Name = "claim" };
        beating.Start();
    }

    /// <summary>Whether the right is this process's, another's, or cannot be had.</summary>
    public LockOutcome Outcome { get; }

    /// <summary>Why the lock cannot be made, in the system's words; empty in the other cases.</summary>
    public string Reason { get; }

    /// <summary>
    /// Whether this process still has the right: one that was stopped for long may have lost it. Ask before what is written
    /// replaces something.
    /// </summary>
    public bool IsMine => claim is not null && ClaimFile.Read(path)?.Token == claim.Token;

    /// <summary>Asks once, without waiting. Throws nothing: what goes wrong is the lock's <see cref="Reason"/>.</summary>
    /// <param name="folder">The folder; made if need be.</param>
    /// <param name="name">The file in it that stands for the right while somebody has it.</param>
    /// <returns>The answer; dispose it when done.</returns>
    public static FolderLock Try(string folder, string name) => Try(folder, name, Claimant.Here);

    /// <summary>Asks for the right of a holder that is gone; it counts as held where there was none.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="name">The file in it that stands for the right.</param>
    /// <returns>The answer; dispose it when done.</returns>
    public static FolderLock TrySucceed(string folder, string name) =>
        Try(folder, name, Claimant.Here, toSucceed: true);

    internal static FolderLock Try(string folder, string name, Claimant claimant, bool toSucceed = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        var path = Path.Combine(folder, name);
        try
        {
            Directory.CreateDirectory(folder);
            return Ask(path, claimant, toSucceed);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return new FolderLock(LockOutcome.CannotBeMade, path, refused.Message);
        }
    }

    /// <summary>Throws where this process has the right no longer.</summary>
    /// <exception cref="LockLostException">Another process has it.</exception>
    public void Require()
    {
        if (!IsMine)
            throw new LockLostException(Path.GetDirectoryName(path)!);
    }

    /// <summary>Gives the right back.</summary>
    public void Dispose()
    {
        if (claim is null || ended.IsSet)
            return;
        ended.Set();
        beating!.Join();
        file!.Dispose();
        try
        {
            Withdraw();
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Whoever asks next finds that this process has ended, or no beats.
        }
    }

    private static FolderLock Ask(string path, Claimant claimant, bool toSucceed)
    {
        ClaimFile? there = ClaimFile.Read(path);
        if (there is null ? toSucceed : claimant.Sees(there))
            return new FolderLock(LockOutcome.Held, path, "");
        Claim claim = new(Guid.NewGuid().ToString("N")[..16], claimant);
        var own = $"{path}.{claim.Token}";
        SafeFileHandle? file = null;
        var mine = false;
        try
        {
            file = Write(own, path, claim);
            // The clock of the file system, so that machines need not agree on the time.
            DateTime now = File.GetLastWriteTimeUtc(file);
            for (var round = 0; round < Rounds && !mine; round++)
            {
                mine = !toSucceed && Takes(own, path, claim, overwrite: false);
                if (mine || (there = ClaimFile.Read(path)) is null)
                    continue;
                if (!claimant.IsGone(there, now))
                    break;
                // One at a time replaces a holder that is gone: who has the right to, a claim of its own.
                using FolderLock succession = Ask($"{path}.{there.Token}", claimant, toSucceed: false);
                if (succession.Outcome == LockOutcome.Held)
                    break;
                if (ClaimFile.Read(path)?.Token == there.Token && succession.IsMine)
                    mine = Takes(own, path, claim, overwrite: true);
            }
            return mine ? new FolderLock(path, claim, file) : new FolderLock(LockOutcome.Held, path, "");
        }
        finally
        {
            if (!mine)
                file?.Dispose();
            if (file is not null)
                File.Delete(own);
        }
    }

    private static SafeFileHandle Write(string own, string path, Claim claim)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(
                own,
                FileMode.CreateNew,
                FileAccess.ReadWrite,
                FileShare.ReadWrite | FileShare.Delete
            );
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(claim.Text(0)), 0);
            RandomAccess.FlushToDisk(file);
            return file;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (file is not null)
            {
                file.Dispose();
                File.Delete(own);
            }
            throw new IOException(refused.Message.Replace(own, path, StringComparison.Ordinal), refused.HResult);
        }
    }

    /// <summary>Gives a claim its name. A network's answer may be lost, so what counts is what stands there afterwards.</summary>
    private static bool Takes(string own, string path, Claim claim, bool overwrite)
    {
        try
        {
            // Without overwriting this is a link, or where there are none a copy that is created exclusively.
            File.Move(own, path, overwrite);
        }
        catch (IOException) when (Path.Exists(path)) { }
        return ClaimFile.Read(path)?.Token == claim.Token;
    }

    /// <summary>Takes the claim away, and nobody else's.</summary>
    private void Withdraw()
    {
        if (!IsMine)
            return;
        var aside = $"{path}.{claim!.Token}";
        File.Move(path, aside, overwrite: true);
        if (ClaimFile.Read(aside)?.Token == claim.Token)
        {
            File.Delete(aside);
            return;
        }
        // It was taken over since it was looked at: it belongs where it was, unless another has come meanwhile.
        try
        {
            File.Move(aside, path, overwrite: false);
        }
        catch (IOException)
        {
            File.Delete(aside);
        }
    }

    private void Beat()
    {
        for (var beats = 1; !ended.Wait(claim!.By.Beat); beats++)
            try
            {
                // Through the open file: a claim of somebody else in its place is not renewed.
                RandomAccess.Write(file!, Encoding.UTF8.GetBytes(claim.Text(beats)), 0);
                RandomAccess.FlushToDisk(file!);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // A storage that cannot be reached for a moment; whether the right is still there is asked before writing.
            }
    }
}
