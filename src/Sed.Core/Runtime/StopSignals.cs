using System.Globalization;
using System.Runtime.InteropServices;

namespace Sed.Core.Runtime;

/// <summary>
/// Converts the first Ctrl-C, SIGTERM or SIGHUP into a cancellation, so that the process can end cleanly. A second
/// signal deletes unfinished files and ends the process at once. So does the first signal if nothing observes the
/// cancellation. A SIGHUP that is ignored, as under nohup, stays ignored.
/// </summary>
public sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource source = new();
    private readonly List<PosixSignalRegistration> registrations = [];
    private volatile bool isObserved;
    private volatile int code;

    /// <summary>Starts receiving signals.</summary>
    /// <param name="isObserved">
    /// Whether <see cref="Token"/> counts as observed from the start. If false, it counts as observed from its first
    /// use.
    /// </param>
    public StopSignals(bool isObserved = true)
    {
        this.isObserved = isObserved;
        Register(PosixSignal.SIGINT, 130);
        Register(PosixSignal.SIGTERM, 143);
        if (!OperatingSystem.IsWindows() && !IsIgnored(1))
            Register(PosixSignal.SIGHUP, 129);
    }

    /// <summary>
    /// Cancellation token, which the first signal cancels. Work that uses the token must end soon after the
    /// cancellation.
    /// </summary>
    public CancellationToken Token
    {
        get
        {
            isObserved = true;
            return source.Token;
        }
    }

    /// <summary>The exit code: 128 plus the number of the received signal; 0 if no signal was received.</summary>
    public int Code => code;

    /// <summary>Stops receiving signals.</summary>
    public void Dispose()
    {
        foreach (var registration in registrations)
            registration.Dispose();
        source.Dispose();
    }

    private void Register(PosixSignal signal, int exitCode) =>
        registrations.Add(PosixSignalRegistration.Create(signal, context => Receive(context, exitCode)));

    private void Receive(PosixSignalContext context, int exitCode)
    {
        if (isObserved && code == 0)
        {
            context.Cancel = true;
            code = exitCode;
            source.Cancel();
            return;
        }
        // The system's default action follows, which ends the process.
        AtomicFile.DeleteUnfinished();
    }

    private static bool IsIgnored(int signal)
    {
        const string status = "/proc/self/status";
        const string field = "SigIgn:";
        if (!File.Exists(status))
            return false;
        var line = File.ReadLines(status).FirstOrDefault(line => line.StartsWith(field, StringComparison.Ordinal));
        return line is not null
            && ulong.TryParse(
                line.AsSpan(field.Length).Trim(),
                NumberStyles.HexNumber,
                CultureInfo.InvariantCulture,
                out var ignored
            )
            && (ignored >> (signal - 1) & 1) == 1;
    }
}
