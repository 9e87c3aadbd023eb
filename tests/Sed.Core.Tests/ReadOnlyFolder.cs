using System.Diagnostics;

namespace Sed.Core.Tests;

/// <summary>
/// A folder mounted a second time at a place where nothing can be written, as an archive or a container's image is. Only
/// root can mount; tests that need it are skipped for others.
/// </summary>
internal sealed class ReadOnlyFolder : IDisposable
{
    /// <param name="folder">What is shown there.</param>
    /// <param name="place">Where; made by this.</param>
    public ReadOnlyFolder(string folder, string place)
    {
        Path = place;
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Mounts are tried on Linux alone.");
        Directory.CreateDirectory(place);
        Assert.SkipUnless(Run("mount", "--bind", folder, place), "Nothing can be mounted here.");
        if (!Run("mount", "-o", "remount,bind,ro", place))
        {
            Dispose();
            Assert.Skip("Nothing can be mounted read-only here.");
        }
    }

    public string Path { get; }

    public void Dispose() => Run("umount", Path);

    private static bool Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
