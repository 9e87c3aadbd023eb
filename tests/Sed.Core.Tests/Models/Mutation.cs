namespace Sed.Core.Tests.Models;

/// <summary>Random changes of bytes, as by a defective disk, an interrupted transfer or an attacker.</summary>
internal static class Mutation
{
    private static readonly string[] words =
    [
        "-1",
        "0",
        "2147483647",
        "1e308",
        "null",
        "[]",
        "{}",
        "\"\"",
        "true",
        "9".PadLeft(40, '9'),
        "\"kind\"",
        "\ud83d\ude00",
    ];

    public static byte[] Of(byte[] bytes, Random draw)
    {
        List<byte> changed = [.. bytes];
        for (var times = draw.Next(1, 5); times > 0 && changed.Count > 0; times--)
            Change(changed, draw);
        return [.. changed];
    }

    private static void Change(List<byte> bytes, Random draw)
    {
        var at = draw.Next(bytes.Count);
        var length = Math.Min(draw.Next(1, 64), bytes.Count - at);
        switch (draw.Next(7))
        {
            case 0:
                bytes[at] = (byte)draw.Next(256);
                break;
            case 1:
                bytes[at] ^= (byte)(1 << draw.Next(8));
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(draw.Next(bytes.Count), bytes.GetRange(at, length));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(words[draw.Next(words.Length)]));
                break;
            default:
                Digits(bytes, at, draw);
                break;
        }
    }

    /// <summary>Replaces the next number.</summary>
    private static void Digits(List<byte> bytes, int at, Random draw)
    {
        var from = bytes.FindIndex(at, letter => letter is >= (byte)'0' and <= (byte)'9');
        if (from < 0)
            return;
        var to = bytes.FindIndex(from, letter => letter is not (>= (byte)'0' and <= (byte)'9'));
        bytes.RemoveRange(from, (to < 0 ? bytes.Count : to) - from);
        bytes.InsertRange(from, System.Text.Encoding.UTF8.GetBytes(words[draw.Next(words.Length)]));
    }
}
