using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>The process that owns a lock.</summary>
/// <param name="Host">Name of the machine; informational.</param>
/// <param name="ProcessNamespace">
/// Scope in which process identifiers are unique: machine name, boot identifier and PID namespace (one per container).
/// </param>
/// <param name="Process">Process identifier.</param>
/// <param name="Started">
/// Start time of the process, which distinguishes it from a later process with the same identifier.
/// </param>
internal sealed partial record LockOwner(string Host, string ProcessNamespace, int Process, string Started)
{
    /// <summary>This process.</summary>
    public static LockOwner Here { get; } =
        new(
            Environment.MachineName,
            NamespaceOf(Environment.MachineName),
            Environment.ProcessId,
            StartOf(Environment.ProcessId) ?? ""
        );

    /// <summary>Interval between renewals of a lock. Default 15 s.</summary>
    public TimeSpan RenewalInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// Time without renewal after which a lock is stale if its process belongs to another process namespace or is hidden
    /// by the system. Default 2 min.
    /// </summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Folder of the process table on Linux. Default "/proc".</summary>
    public string ProcessTable { get; init; } = DefaultProcessTable;

    private const string DefaultProcessTable = "/proc";

    // Takes the place of the start time of a process that has ended.
    private const string Ended = "ended";

    // An error number of kill(2), equal on all Unix systems: no process has the identifier.
    private const int NoSuchProcess = 3;

    /// <summary>
    /// Whether the owner of a lock file is known to be running. False if this is unknown, as for an owner in another
    /// process namespace. Clocks are not compared.
    /// </summary>
    public bool KnowsAlive(LockFile file) => IsOwnerRunning(file) == true;

    /// <summary>
    /// Whether the owner of a lock file has ended or, if this is unknown, has not renewed the lock for too long.
    /// </summary>
    /// <param name="file">Lock file as read from disk.</param>
    /// <param name="now">Current time by the clock of the file system that contains the lock file.</param>
    public bool IsStale(LockFile file, DateTime now) =>
        IsOwnerRunning(file) is { } running ? !running : now - file.Written > StaleAfter;

    private bool? IsOwnerRunning(LockFile file) =>
        file.Record is { Owner: var owner } && owner.ProcessNamespace == ProcessNamespace
            ? IsRunning(owner.Process, owner.Started)
            : null;

    /// <summary>
    /// Whether the process of this namespace with this identifier and start time is running. The identifier alone is
    /// not sufficient, because a later process can have it. Null if a process has the identifier but the system hides
    /// its start time, as Linux does with processes of other users if /proc is mounted with hidepid.
    /// </summary>
    internal bool? IsRunning(int process, string started) =>
        StartOf(process, ProcessTable) is { } start ? start == started
        : Exists(process) ? null
        : false;

    /// <summary>
    /// The start time of a running process, in the system's own format; "ended" if the process has ended but is
    /// still listed; null if no such process runs or the system hides it.
    /// </summary>
    internal static string? StartOf(int process, string processTable = DefaultProcessTable)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using var running = System.Diagnostics.Process.GetProcessById(process);
                return running.StartTime.Ticks.ToString(CultureInfo.InvariantCulture);
            }
            // The process name, in brackets, may contain spaces. The first field after it is the state; the 20th is the
            // start time in clock ticks (proc(5)).
            var stat = File.ReadAllText(Path.Combine(processTable, $"{process}", "stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? Ended : fields[19];
        }
        catch (Exception gone)
            when (gone
                    is IOException
                        or UnauthorizedAccessException
                        or ArgumentException
                        or InvalidOperationException
                        or Win32Exception
            )
        {
            return null;
        }
    }

    private static bool Exists(int process)
    {
        if (OperatingSystem.IsWindows())
            return System.Diagnostics.Process.GetProcesses().Any(one => one.Id == process);
        // Signal 0 only checks whether a process has the identifier (kill(2)). The call fails for processes of other
        // users, too, with another error number.
        return kill(process, 0) == 0 || Marshal.GetLastPInvokeError() != NoSuchProcess;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int process, int signal);

    private static string NamespaceOf(string host)
    {
        if (!OperatingSystem.IsLinux())
            return host;
        const string bootId = "/proc/sys/kernel/random/boot_id";
        var boot = File.Exists(bootId) ? File.ReadAllText(bootId).Trim() : "";
        var processes = new FileInfo("/proc/self/ns/pid").LinkTarget;
        return $"{host} {boot} {processes}";
    }
}

/// <summary>Contents of a lock file.</summary>
/// <param name="Token">Random text, unique to this acquisition.</param>
/// <param name="Owner">The process that holds the lock.</param>
internal sealed record LockRecord(string Token, LockOwner Owner)
{
    private const string RenewalName = "beat: ";
    private const int RenewalDigits = 10;

    /// <summary>Returns the text of the file. Its length does not depend on the number of renewals.</summary>
    /// <param name="renewals">Number of renewals so far.</param>
    public string Text(int renewals) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"host: {Owner.Host}\nplace: {Owner.ProcessNamespace}\nprocess: {Owner.Process}\nstarted: {Owner.Started}\ntoken: {Token}\n{RenewalName}{renewals:D10}\n"
        );

    /// <summary>Parses the text of a lock file; null if it is incomplete or invalid.</summary>
    public static LockRecord? Parse(string text)
    {
        string[] names = ["host: ", "place: ", "process: ", "started: ", "token: ", RenewalName];
        var lines = text.Split('\n');
        if (
            lines.Length <= names.Length
            || names.Where((name, i) => !lines[i].StartsWith(name, StringComparison.Ordinal)).Any()
        )
            return null;
        string[] values = [.. names.Select((name, i) => lines[i][name.Length..])];
        return
            values[^1].Length == RenewalDigits
            && values[4].Length > 0
            && int.TryParse(values[2], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? new LockRecord(values[4], new LockOwner(values[0], values[1], process, values[3]))
            : null;
    }
}

/// <summary>A lock file as found on disk.</summary>
/// <param name="Record">Its contents; null if unreadable.</param>
/// <param name="Written">Time of the last renewal, by the clock of the file system.</param>
internal sealed record LockFile(LockRecord? Record, DateTime Written)
{
    /// <summary>Token of the acquisition; "unreadable" if the contents are unreadable.</summary>
    public string Token => Record?.Token ?? "unreadable";

    /// <summary>Reads the file, bypassing the caches of network file systems; null if it does not exist.</summary>
    public static LockFile? Read(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[4096];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var written = File.GetLastWriteTimeUtc(file.SafeFileHandle);
            return new LockFile(LockRecord.Parse(Encoding.UTF8.GetString(bytes, 0, length)), written);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
