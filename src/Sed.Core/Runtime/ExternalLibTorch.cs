using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace Sed.Core.Runtime;

/// <summary>
/// Replaces the packaged libtorch with the libtorch of an installed PyTorch, whose <c>lib</c> folder is the value of
/// the environment variable <see cref="Variable"/>. The replacement must define all symbols that TorchSharp's native
/// library requires. The libraries of the replacement are loaded by full path before the first use of torch, so that
/// TorchSharp's native library finds them by name.
/// </summary>
internal static partial class ExternalLibTorch
{
    /// <summary>Environment variable with the path of the lib folder of an installed PyTorch.</summary>
    public const string Variable = "SED_LIBTORCH";

    /// <summary>
    /// Environment variable with the path of a TorchSharp native library that is built against the libtorch in <see
    /// cref="Variable"/>. Default: the packaged library.
    /// </summary>
    public const string NativeVariable = "SED_LIBTORCHSHARP";

    /// <summary>The libtorch version that TorchSharp's packaged native library is built against.</summary>
    public const string Version = "2.10";

    private const string Native = "libLibTorchSharp.so";
    private const int NamedSymbols = 3; // maximum number of missing symbols in a message

    // In the order of their dependencies. The CUDA libraries are optional.
    private static readonly string[] libraries = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    /// <summary>Folder and version of the external libtorch in use; null if the packaged libtorch is used.</summary>
    public static string? InUse { get; private set; }

    /// <summary>
    /// Loads the libtorch in the folder of <see cref="Variable"/>. If the variable is not set, restores the packaged
    /// libtorch.
    /// </summary>
    /// <returns>Whether the loaded libtorch supports CUDA.</returns>
    /// <exception cref="NotSupportedException">
    /// The folder contains no libtorch, or its libtorch lacks required symbols or cannot be loaded.
    /// </exception>
    public static bool Load()
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrEmpty(folder))
        {
            Restore();
            return false;
        }
        if (!OperatingSystem.IsLinux())
            throw Unusable(folder, "an external libtorch can be loaded on Linux only");
        folder = Path.GetFullPath(folder);
        foreach (var needed in new[] { "c10", "torch_cpu", "torch" })
            if (!File.Exists(PathOf(folder, needed)))
                throw Unusable(folder, $"it has no lib{needed}.so");
        var own = Environment.GetEnvironmentVariable(NativeVariable);
        var native = string.IsNullOrEmpty(own) ? NativeOfPackage : Path.GetFullPath(own);
        if (!File.Exists(native))
            throw Unusable(folder, $"{NativeVariable} is {native}, which does not exist");
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
        int required;
        try
        {
            (missing, required) = Missing(native, paths);
        }
        catch (InvalidDataException unreadable)
        {
            throw Unusable(folder, unreadable.Message.TrimEnd('.'));
        }
        if (missing.Length > 0)
            throw Unusable(
                folder,
                $"it is {version} and lacks {missing.Length} of the {required} symbols that {Path.GetFileName(native)} requires: "
                    + string.Join(", ", missing.Take(NamedSymbols))
                    + (missing.Length > NamedSymbols ? ", ..." : "")
            );
    }

    /// <summary>Finds the symbols that one library requires and that none of several other libraries defines.</summary>
    /// <param name="native">Path of the library that requires symbols.</param>
    /// <param name="paths">Paths of the libraries that define symbols.</param>
    /// <returns>The missing symbols, in ordinal order, and the number of required symbols.</returns>
    internal static (string[] Missing, int Required) Missing(string native, IEnumerable<string> paths)
    {
        var required = ElfSymbols.Read(native).Required;
        HashSet<string> missing = new(required, StringComparer.Ordinal);
        foreach (var path in paths)
            missing.ExceptWith(ElfSymbols.Read(path).Defined);
        return ([.. missing.Order(StringComparer.Ordinal)], required.Count);
    }

    private static NotSupportedException Unusable(string folder, string reason) =>
        new(
            $"{Variable} is {folder}, but {reason}. Set {Variable} to the lib folder of an installed PyTorch {Version} or of "
                + $"a version with the same symbols. For another version, also set {NativeVariable} to a TorchSharp native "
                + $"library that is built against it. Unset {Variable} to use the packaged libtorch."
        );

    private static string PathOf(string folder, string library) => Path.Combine(folder, $"lib{library}.so");

    /// <summary>
    /// Reads the version from the file version.py (PyTorch) or build-version (plain libtorch) next to the lib folder;
    /// null if there is neither.
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

    // TorchSharp's native library finds libtorch by name among the loaded libraries. TorchSharp itself, however, loads
    // libtorch_cpu.so and its native library from its own folder by path, and two copies in one process crash it. The
    // loader treats two paths to the same file as one library. So the packaged files are renamed, and links to the
    // replacement take their place.
    private static string Beside(string name) =>
        Path.Combine(Path.GetDirectoryName(typeof(torch).Assembly.Location)!, name);

    private static string SetAside(string packaged) => packaged + ".packaged";

    private static string NativeOfPackage =>
        File.Exists(SetAside(Beside(Native))) ? SetAside(Beside(Native)) : Beside(Native);

    private static void Relink(string folder, string packaged, string target)
    {
        try
        {
            if (target == packaged || new FileInfo(packaged).LinkTarget == target)
                return;
            if (new FileInfo(packaged) is { Exists: true, LinkTarget: null })
                File.Move(packaged, SetAside(packaged), overwrite: true);
            var link = $"{packaged}.{Environment.ProcessId}";
            File.CreateSymbolicLink(link, target);
            File.Move(link, packaged, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(
                folder,
                $"{packaged} cannot be replaced by a link to {target}: {error.Message.TrimEnd('.')}"
            );
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
