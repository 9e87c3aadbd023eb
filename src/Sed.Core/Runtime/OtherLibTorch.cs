using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace Sed.Core.Runtime;

/// <summary>
/// Another libtorch than the packaged one: the <c>lib</c> folder of an installed PyTorch, named by an environment variable.
/// Whether it can stand in is decided by its symbols: it has to have all that TorchSharp's own library wants. Its libraries
/// are loaded by full path before torch is first used; TorchSharp's library then finds them by name.
/// </summary>
internal static partial class OtherLibTorch
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "SED_LIBTORCH";

    /// <summary>Names a build of TorchSharp's native library against that libtorch, where the packaged one lacks symbols.</summary>
    public const string NativeVariable = "SED_LIBTORCHSHARP";

    /// <summary>The version that TorchSharp's packaged library is built against.</summary>
    public const string Version = "2.10";

    private const string Native = "libLibTorchSharp.so";
    private const int Named = 3; // of the symbols that are missing

    // Libraries before those that need them; those of CUDA only where they are.
    private static readonly string[] libraries = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    /// <summary>The folder in use, with its version; null where it is the packaged libtorch.</summary>
    public static string? InUse { get; private set; }

    /// <summary>Loads the folder that the variable names, if it names one; otherwise sees to it that the packaged one is used.</summary>
    /// <returns>Whether it has CUDA.</returns>
    /// <exception cref="NotSupportedException">The folder is no libtorch, lacks symbols, or cannot be loaded.</exception>
    public static bool Load()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
        {
            Restore();
            return false;
        }
        if (!OperatingSystem.IsLinux())
            throw Unusable(folder, "another libtorch can be loaded on Linux only");
        folder = Path.GetFullPath(folder);
        foreach (var needed in new[] { "c10", "torch_cpu", "torch" })
            if (!File.Exists(PathOf(folder, needed)))
                throw Unusable(folder, $"it has no lib{needed}.so");
        var own = Environment.GetEnvironmentVariable(NativeVariable);
        var native = string.IsNullOrEmpty(own) ? NativeOfPackage : Path.GetFullPath(own);
        if (!File.Exists(native))
            throw Unusable(folder, $"{NativeVariable} is {native}, where there is no file");
        var paths = libraries.Select(library => PathOf(folder, library)).Where(File.Exists).ToArray();
        var version = VersionOf(folder) is { } known ? $"version {known}" : "of unknown version";
        RequireSymbols(folder, version, native, paths);
        Relink(folder, Beside("libtorch_cpu.so"), PathOf(folder, "torch_cpu"));
        Relink(folder, Beside(Native), native);
        foreach (var path in paths)
            try
            {
                NativeLibrary.Load(path);
            }
            catch (DllNotFoundException failed)
            {
                throw Unusable(folder, $"{Path.GetFileName(path)} cannot be loaded: {failed.Message}");
            }
        InUse = $"{folder}, {version}";
        return File.Exists(PathOf(folder, "torch_cuda"));
    }

    private static void RequireSymbols(string folder, string version, string native, string[] paths)
    {
        string[] missing;
        int wanted;
        try
        {
            (missing, wanted) = Missing(native, paths);
        }
        catch (InvalidDataException unreadable)
        {
            throw Unusable(folder, unreadable.Message.TrimEnd('.'));
        }
        if (missing.Length > 0)
            throw Unusable(
                folder,
                $"it is {version} and lacks {missing.Length} of the {wanted} symbols that {Path.GetFileName(native)} wants: "
                    + string.Join(", ", missing.Take(Named))
                    + (missing.Length > Named ? ", ..." : "")
            );
    }

    /// <summary>The symbols that a library wants and that none of some others has, in order, and how many it wants.</summary>
    internal static (string[] Missing, int Wanted) Missing(string native, IEnumerable<string> paths)
    {
        var wanted = ElfSymbols.Read(native).Wanted;
        HashSet<string> missing = new(wanted, StringComparer.Ordinal);
        foreach (var path in paths)
            missing.ExceptWith(ElfSymbols.Read(path).Defined);
        return ([.. missing.Order(StringComparer.Ordinal)], wanted.Count);
    }

    private static NotSupportedException Unusable(string folder, string reason) =>
        new(
            $"{Variable} is {folder}, but {reason}. It has to be the lib folder of an installed PyTorch {Version}, or of one "
                + $"that has the same symbols; {NativeVariable} names a build of TorchSharp's native library against another. "
                + $"Unset {Variable} to use the packaged libtorch."
        );

    private static string PathOf(string folder, string library) => Path.Combine(folder, $"lib{library}.so");

    /// <summary>
    /// The version that a Python installation writes beside its lib folder, or null where there is no such file (a plain
    /// libtorch has build-version instead).
    /// </summary>
    private static string? VersionOf(string folder)
    {
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))!;
        var python = Path.Combine(parent, "version.py");
        if (File.Exists(python) && PythonVersion().Match(File.ReadAllText(python)) is { Success: true } found)
            return found.Groups[1].Value;
        var plain = Path.Combine(parent, "build-version");
        return File.Exists(plain) ? File.ReadAllText(plain).Trim() : null;
    }

    [GeneratedRegex(@"^__version__\s*(?::\s*\w+\s*)?=\s*'([^']+)'", RegexOptions.Multiline)]
    private static partial Regex PythonVersion();

    // TorchSharp's library finds what it needs by name among what is loaded. TorchSharp itself, however, loads the
    // libtorch_cpu.so and its own library beside it by path, and two of them in one process end it. The loader takes two paths
    // to one file for one library, so those paths become links to the others; the packaged files wait beside them.
    private static string Beside(string name) =>
        Path.Combine(Path.GetDirectoryName(typeof(torch).Assembly.Location)!, name);

    private static string SetAside(string packaged) => packaged + ".packaged";

    private static string NativeOfPackage =>
        File.Exists(SetAside(Beside(Native))) ? SetAside(Beside(Native)) : Beside(Native);

    private static void Relink(string folder, string packaged, string wanted)
    {
        try
        {
            if (wanted == packaged || new FileInfo(packaged).LinkTarget == wanted)
                return;
            if (new FileInfo(packaged) is { Exists: true, LinkTarget: null })
                File.Move(packaged, SetAside(packaged), overwrite: true);
            var link = $"{packaged}.{Environment.ProcessId}";
            File.CreateSymbolicLink(link, wanted);
            File.Move(link, packaged, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, $"{packaged} cannot be made a link to {wanted}: {error.Message.TrimEnd('.')}");
        }
    }

    private static void Restore()
    {
        foreach (var packaged in new[] { Beside("libtorch_cpu.so"), Beside(Native) })
            if (
                OperatingSystem.IsLinux()
                && new FileInfo(packaged).LinkTarget is not null
                && File.Exists(SetAside(packaged))
            )
                File.Move(SetAside(packaged), packaged, overwrite: true);
    }
}
