namespace Sed.Core.Tests;

/// <summary>A folder of a test's own, gone when the test ends.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("sed-test-").FullName;

    public string Path { get; }

    public string File(params string[] parts)
    {
        var path = System.IO.Path.Combine([Path, .. parts]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>Copies a folder with all files below it into this folder, under a name. Returns its path.</summary>
    public string Copy(string source, string name)
    {
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
            System.IO.File.Copy(file, File(name, System.IO.Path.GetRelativePath(source, file)));
        return File(name);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
