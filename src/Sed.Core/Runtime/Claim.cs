using System.Globalization;
using System.Text;

namespace Sed.Core.Runtime;

/// <summary>What a holder writes down: who it is, and a word that no other claim has.</summary>
internal sealed record Claim(string Token, Claimant By)
{
    private const string BeatName = "beat: ";
    private const int BeatDigits = 10;

    /// <summary>Its text with a number of beats, always of the same length.</summary>
    public string Text(int beats) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"host: {By.Host}\nplace: {By.Place}\nprocess: {By.Process}\nstarted: {By.Started}\ntoken: {Token}\n{BeatName}{beats:D10}\n"
        );

    /// <summary>Reads a text; null where it is no claim, or not all of one.</summary>
    public static Claim? Parse(string text)
    {
        string[] names = ["host: ", "place: ", "process: ", "started: ", "token: ", BeatName];
        var lines = text.Split('\n');
        if (
            lines.Length <= names.Length
            || names.Where((name, i) => !lines[i].StartsWith(name, StringComparison.Ordinal)).Any()
        )
            return null;
        string[] values = [.. names.Select((name, i) => lines[i][name.Length..])];
        return
            values[^1].Length == BeatDigits
            && values[4].Length > 0
            && int.TryParse(values[2], NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? new Claim(values[4], new Claimant(values[0], values[1], process, values[3]))
            : null;
    }
}

/// <summary>A claim's file as it is found: the claim, null where it cannot be read, and when it was last renewed.</summary>
internal sealed record ClaimFile(Claim? Claim, DateTime Written)
{
    /// <summary>What stands for a holder whose claim cannot be read.</summary>
    public string Token => Claim?.Token ?? "unreadable";

    /// <summary>Reads what is there now, past what a network's file system remembers of it; null where nothing is.</summary>
    public static ClaimFile? Read(string path)
    {
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[4096];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            DateTime written = File.GetLastWriteTimeUtc(file.SafeFileHandle);
            return new ClaimFile(Runtime.Claim.Parse(Encoding.UTF8.GetString(bytes, 0, length)), written);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
