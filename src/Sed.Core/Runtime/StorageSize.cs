using System.Globalization;

namespace Sed.Core.Runtime;

/// <summary>Human-readable storage sizes.</summary>
internal static class StorageSize
{
    private static readonly string[] units = ["bytes", "kB", "MB", "GB", "TB"];

    /// <summary>
    /// Formats a size with a decimal unit and three significant digits, for example "40.0 kB" or "1.25 GB". Sizes below
    /// 1 kB are given in whole bytes, for example "812 bytes".
    /// </summary>
    /// <param name="bytes">Number of bytes, at least 0.</param>
    internal static string Print(long bytes)
    {
        double size = bytes;
        var unit = 0;
        for (; size >= 999.5 && unit < units.Length - 1; unit++)
            size /= 1000;
        var format =
            unit == 0 || size >= 99.95 ? "F0"
            : size >= 9.995 ? "F1"
            : "F2";
        return $"{size.ToString(format, CultureInfo.InvariantCulture)} {units[unit]}";
    }
}
