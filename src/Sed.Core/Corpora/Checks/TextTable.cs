using System.Text;

namespace Sed.Core.Corpora.Checks;

/// <summary>Rows of text in aligned columns; columns of numbers are aligned to the right.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> rows = [];

    internal void Add(params string[] row) => rows.Add(row);

    public override string ToString()
    {
        var columns = header.Length;
        int[] widths =
        [
            .. Enumerable
                .Range(0, columns)
                .Select(c => rows.Select(row => row[c].Length).Append(header[c].Length).Max()),
        ];
        bool[] numbers =
        [
            .. Enumerable
                .Range(0, columns)
                .Select(c =>
                    rows.Count > 0 && rows.All(row => row[c].All(x => char.IsAsciiDigit(x) || x is '.' or '-'))
                ),
        ];
        StringBuilder text = new();
        foreach (var row in rows.Prepend(header))
        {
            IEnumerable<string> cells = row.Select(
                (cell, c) => numbers[c] ? cell.PadLeft(widths[c]) : cell.PadRight(widths[c])
            );
            text.Append(string.Join("  ", cells).TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}
