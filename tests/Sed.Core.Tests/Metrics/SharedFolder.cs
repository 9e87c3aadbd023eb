namespace Sed.Core.Tests.Metrics;

/// <summary>The folder of recordings, labels and reference results beside the repository, or at the path in SED_SHARED.</summary>
internal static class SharedFolder
{
    /// <summary>The path of a subfolder. Skips the running test where the folder is absent.</summary>
    public static string Require(params string[] parts)
    {
        if (Find(parts) is { } found)
            return found;
        Assert.Skip($"There is no folder {Path.Combine(parts)} under shared; set SED_SHARED to where it is.");
        throw new InvalidOperationException("Assert.Skip always throws.");
    }

    private static string? Find(string[] parts)
    {
        if (Environment.GetEnvironmentVariable("SED_SHARED") is { Length: > 0 } given)
            return Existing(given, parts);
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Existing(Path.Combine(folder.FullName, "shared"), parts) is { } found)
                return found;
        return null;
    }

    private static string? Existing(string root, string[] parts) =>
        Path.Combine([root, .. parts]) is var path && Directory.Exists(path) ? path : null;
}
