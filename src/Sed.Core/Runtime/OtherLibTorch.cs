using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using TorchSharp;

namespace Sed.Core.Runtime;

/// <summary>
/// Another libtorch than the packaged one: the <c>lib</c> folder of an installed PyTorch, named by an environment variable.
/// Its libraries are loaded by full path before torch is first used; TorchSharp's own library then finds them by name.
/// </summary>
internal static partial class OtherLibTorch
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "SED_LIBTORCH";

    /// <summary>The version that TorchSharp's library is built against; another minor version has another binary interface.</summary>
    public const string Version = "2.10";

    // Libraries before those that need them; those of CUDA only where they are.
    private static readonly string[] libraries = ["c10", "torch_cpu", "c10_cuda", "torch_cuda", "torch"];

    /// <summary>The folder in use; null where it is the packaged libtorch.</summary>
    public static string? Folder { get; private set; }

    /// <summary>Loads the folder that the variable names, if it names one; otherwise sees to it that the packaged one is used.</summary>
    /// <returns>Whether it has CUDA.</returns>
    /// <exception cref="NotSupportedException">The folder is no libtorch, of another version, or cannot be loaded.</exception>
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
        if (VersionOf(folder) is { } version && !version.StartsWith(Version + ".", StringComparison.Ordinal))
            throw Unusable(folder, $"it is version {version}");
        Relink(folder);
        foreach (var path in libraries.Select(library => PathOf(folder, library)).Where(File.Exists))
            try
            {
                NativeLibrary.Load(path);
            }
            catch (DllNotFoundException failed)
            {
                throw Unusable(folder, $"{Path.GetFileName(path)} cannot be loaded: {failed.Message}");
            }
        Folder = folder;
        return File.Exists(PathOf(folder, "torch_cuda"));
    }

    private static NotSupportedException Unusable(string folder, string reason) =>
        new(
            $"{Variable} is {folder}, but {reason}. It has to be the lib folder of an installed PyTorch {Version}; "
                + "unset it to use the packaged libtorch."
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
    // libtorch_cpu.so beside it by path, and two of them in one process end it. The loader takes two paths to one file for
    // one library, so that path becomes a link to the other libtorch; the packaged file waits beside it.
    private static string Packaged =>
        Path.Combine(Path.GetDirectoryName(typeof(torch).Assembly.Location)!, "libtorch_cpu.so");

    private static string SetAside => Packaged + ".packaged";

    private static void Relink(string folder)
    {
        var wanted = PathOf(folder, "torch_cpu");
        try
        {
            if (new FileInfo(Packaged).LinkTarget == wanted)
                return;
            if (new FileInfo(Packaged) is { Exists: true, LinkTarget: null })
                File.Move(Packaged, SetAside, overwrite: true);
            var link = $"{Packaged}.{Environment.ProcessId}";
            File.CreateSymbolicLink(link, wanted);
            File.Move(link, Packaged, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unusable(folder, $"{Packaged} cannot be made a link to it: {error.Message}");
        }
    }

    private static void Restore()
    {
        if (OperatingSystem.IsLinux() && new FileInfo(Packaged).LinkTarget is not null && File.Exists(SetAside))
            File.Move(SetAside, Packaged, overwrite: true);
    }
}
