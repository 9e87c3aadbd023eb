using System.Runtime.InteropServices;

namespace Sed.Core.Runtime;

/// <summary>
/// Identifies files and folders independently of the spelling of their paths: a relative path, an absolute path, a
/// symbolic link and a hard link to a file all have the same identifier. On file systems that ignore case, so do names
/// that differ only in case.
/// </summary>
public static partial class FileIdentity
{
    // Constants of statx(2): relative paths start from the current folder; the mask of the requested fields; and the
    // offsets of fields in struct statx, which are the same on all processors.
    private const int CurrentFolder = -100;
    private const uint TypeAndInode = 0x0101;
    private const int ModeField = 28;
    private const int InodeField = 32;
    private const int DeviceField = 136;
    private const int StatusBytes = 256;
    private const ushort TypeMask = 0xF000;
    private const ushort RegularFile = 0x8000;
    private const ushort Folder = 0x4000;

    // Maximum number of links in a chain, as on Linux. Longer chains count as loops.
    private const int MostLinks = 40;

    /// <summary>
    /// An identifier of a file or folder, equal for two paths if and only if they lead to the same file or folder.
    /// Missing files are identified by folder and name.
    /// </summary>
    /// <param name="path">A path. The file or folder need not exist.</param>
    public static string Of(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (TryRead(path, out var status))
            return status.Identity;
        var resolved = FullTarget(path);
        if (TryRead(resolved, out status))
            return status.Identity;
        var folder = Path.GetDirectoryName(resolved);
        if (OperatingSystem.IsLinux() && !string.IsNullOrEmpty(folder))
            return Path.Combine(Of(folder), Path.GetFileName(resolved));
        return OperatingSystem.IsLinux() ? resolved : resolved.ToUpperInvariant();
    }

    /// <summary>Whether a path is a pipe, a device or a socket. An atomic write would replace it with a file.</summary>
    public static bool IsDevice(string path) =>
        TryRead(path, out var status) && status.Type is not (RegularFile or Folder);

    /// <summary>
    /// Returns the final target of a link or of a chain of links; the path itself if it is not a link.
    /// </summary>
    public static string Target(string path) => new FileInfo(path).LinkTarget is null ? path : FullTarget(path);

    /// <summary>Returns the full path of a file or folder, with all links in it resolved.</summary>
    public static string FullTarget(string path) => Resolved(Path.GetFullPath(path), MostLinks);

    /// <summary>
    /// Returns a problem for each output file that is also an input or another output. Commands call this before they
    /// write anything, so that no command overwrites its own input.
    /// </summary>
    /// <param name="outputs">Option, for example "--out", and path of each output.</param>
    /// <param name="inputs">Description, for example "the model", and path of each input.</param>
    public static IReadOnlyList<Problem> Overwritten(
        IEnumerable<(string Option, string Path)> outputs,
        IEnumerable<(string What, string Path)> inputs
    )
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(inputs);
        List<Problem> problems = [];
        Dictionary<string, string> written = new(StringComparer.Ordinal);
        foreach (var (option, path) in outputs.Where(output => IsUsable(output.Path) && !IsDevice(output.Path)))
            if (!written.TryAdd(Of(path), $"{option} {path}"))
                problems.Add(
                    new Problem($"{option} {path}", $"{written[Of(path)]} is the same file", "choose another name")
                );
        if (written.Count == 0)
            return problems;
        foreach (var (what, path) in inputs.Where(input => IsUsable(input.Path)))
            if (written.Remove(Of(path), out var output))
                problems.Add(
                    new Problem(
                        output,
                        $"the output file is also {what} and would be overwritten",
                        "choose another name"
                    )
                );
        return problems;
    }

    private static bool IsUsable(string path) => !string.IsNullOrWhiteSpace(path) && !path.Contains('\0');

    /// <summary>Resolves every link in a full path.</summary>
    private static string Resolved(string path, int links)
    {
        var folder = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(path));
        if (string.IsNullOrEmpty(folder))
            return path;
        var here = Path.Combine(Resolved(folder, links), Path.GetFileName(Path.TrimEndingDirectorySeparator(path)));
        return links > 0 && new FileInfo(here).LinkTarget is { } target
            ? Resolved(Path.GetFullPath(target, Path.GetDirectoryName(here)!), links - 1)
            : here;
    }

    private static unsafe bool TryRead(string path, out Status status)
    {
        status = default;
        if (!OperatingSystem.IsLinux())
            return false;
        var bytes = stackalloc byte[StatusBytes];
        try
        {
            if (statx(CurrentFolder, path, 0, TypeAndInode, bytes) != 0)
                return false;
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            // The C library is older than 2018 and has no statx. Paths are compared instead.
            return false;
        }
        status = new Status(
            (ushort)(*(ushort*)(bytes + ModeField) & TypeMask),
            *(ulong*)(bytes + InodeField),
            *(ulong*)(bytes + DeviceField)
        );
        return true;
    }

    [LibraryImport("libc.so.6", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int statx(int folder, string path, int flags, uint mask, byte* status);

    private readonly record struct Status(ushort Type, ulong Inode, ulong Device)
    {
        public string Identity => $"{Device:x}:{Inode:x}";
    }
}
