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

    /// <summary>Loads the folder that the variable names, if it names one.</summary>
    /// <returns>Whether it has CUDA.</returns>
    /// <exception cref="NotSupportedException">The folder is no libtorch, of another version, or cannot be loaded.</exception>
    public static bool Load()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder)
            return false;
        if (!OperatingSystem.IsLinux())
            throw Unusable(folder, "another libtorch can be loaded on Linux only");
        foreach (var needed in new[] { "c10", "torch_cpu", "torch" })
            if (!File.Exists(PathOf(folder, needed)))
                throw Unusable(folder, $"it has no lib{needed}.so");
        if (VersionOf(folder) is { } version && !version.StartsWith(Version + ".", StringComparison.Ordinal))
            throw Unusable(folder, $"it is version {version}");
        foreach (var library in libraries)
        {
            var path = PathOf(folder, library);
            if (!File.Exists(path))
                continue;
            try
            {
                NativeLibrary.Load(path);
            }
            catch (DllNotFoundException failed)
            {
                throw Unusable(folder, $"lib{library}.so cannot be loaded: {failed.Message}");
            }
        }
        UseInsteadOfThePackaged(folder);
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

    private static void UseInsteadOfThePackaged(string folder)
    {
        // TorchSharp's library lies beside TorchSharp.dll; what it needs by name is loaded already.
        var own = Path.Combine(Path.GetDirectoryName(typeof(torch).Assembly.Location)!, "libLibTorchSharp.so");
        if (!NativeLibrary.TryLoad(own, out _))
            throw Unusable(folder, "TorchSharp's library does not load with it");
    }
}
