using System.Diagnostics;
using System.Globalization;

namespace Sed.Core.Runtime;

/// <summary>Who makes claims: one process at one place.</summary>
/// <param name="Host">The machine's name, for people.</param>
/// <param name="Place">
/// Where process numbers mean the same: the machine's name, its start and its space of processes (containers have their own).
/// </param>
/// <param name="Process">The process's number there.</param>
/// <param name="Started">When it started, since numbers are given again.</param>
internal sealed record Claimant(string Host, string Place, int Process, string Started)
{
    /// <summary>This process.</summary>
    public static Claimant Here { get; } =
        new(
            Environment.MachineName,
            PlaceOf(Environment.MachineName),
            Environment.ProcessId,
            StartOf(Environment.ProcessId) ?? ""
        );

    /// <summary>How often a holder renews its claim.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a claim of another place goes unrenewed until its holder counts as gone.</summary>
    public TimeSpan GoneAfter { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether a holder is known to live, without a look at any clock.</summary>
    public bool Sees(ClaimFile there) => IsNeighbour(there) && Lives(there.Claim!.By);

    /// <summary>Whether a holder is gone, at a time of the clock that the claim's file was written by.</summary>
    public bool IsGone(ClaimFile there, DateTime now) =>
        IsNeighbour(there) ? !Lives(there.Claim!.By) : now - there.Written > GoneAfter;

    private bool IsNeighbour(ClaimFile there) => there.Claim is { } claim && claim.By.Place == Place;

    private static bool Lives(Claimant other) => StartOf(other.Process) == other.Started;

    /// <summary>When a living process started, in whatever words the system has; null where it does not live.</summary>
    internal static string? StartOf(int process)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
            {
                using Process living = System.Diagnostics.Process.GetProcessById(process);
                return living.StartTime.Ticks.ToString(CultureInfo.InvariantCulture);
            }
            // The name, in brackets, may have spaces. After it: the state, and as the 20th word the start in clock ticks.
            var stat = File.ReadAllText($"/proc/{process}/stat");
            var words = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return words[0] is "Z" or "X" ? null : words[19];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static string PlaceOf(string host)
    {
        if (!OperatingSystem.IsLinux())
            return host;
        const string start = "/proc/sys/kernel/random/boot_id";
        var boot = File.Exists(start) ? File.ReadAllText(start).Trim() : "";
        var processes = new FileInfo("/proc/self/ns/pid").LinkTarget;
        return $"{host} {boot} {processes}";
    }
}
