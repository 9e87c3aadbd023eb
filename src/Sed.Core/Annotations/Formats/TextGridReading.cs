using System.Text;
using System.Text.Unicode;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations.Formats;

/// <summary>
/// Reads a TextGrid as Praat does: only free-standing quoted strings, numbers and flags (&lt;exists&gt;) are read. All
/// other words, such as "xmin =" and "intervals [1]:", are ignored, so the long and the short format can be read by the
/// same code.
/// </summary>
internal ref struct TextGridReading
{
    private readonly ReadOnlySpan<byte> text;
    private readonly EventListBuilder builder;
    private readonly List<(SoundEvent Sound, int Line)> events = [];
    private readonly List<string> points = [];
    private int position;
    private int line = 1;

    /// <param name="text">The text in UTF-8.</param>
    /// <param name="source">Name that messages use for the file.</param>
    /// <param name="format">Title of the format.</param>
    public TextGridReading(ReadOnlySpan<byte> text, string source, string format, AnnotationOptions options)
    {
        if (text.StartsWith("ooBinaryFile"u8))
            throw new AnnotationException(
                source,
                0,
                "this is a TextGrid in Praat's binary format",
                "save it as text (Save as text file...)"
            );
        ListText.RequireText(text, source);
        this.text = text;
        builder = new EventListBuilder(source, format, options);
        builder.AddFile("");
        if (!Utf8.IsValid(text))
            builder.AddProblem(0, "the text is not valid UTF-8", "save it as UTF-8 or UTF-16");
        else
            Read();
    }

    /// <summary>Builds the list from the events that were read.</summary>
    /// <exception cref="AnnotationException">
    /// There were problems. The exception lists them with their lines.
    /// </exception>
    public readonly EventList Finish()
    {
        foreach (var (sound, at) in events.OrderBy(entry => entry.Sound.Onset).ThenBy(entry => entry.Sound.Offset))
            builder.Add("", sound, at);
        if (points.Count > 0)
            builder.AddNote($"point tiers are not read: {string.Join(", ", points)}");
        return builder.Finish();
    }

    private void Read()
    {
        if (NextText("the file type") is null || NextText("the object class") is not { } kind)
            return;
        if (kind != "TextGrid")
        {
            builder.AddProblem(line, $"the object class is \"{kind}\"", "save the file as a TextGrid");
            return;
        }
        if (Next("the start time", isNumber: true) is null || Next("the end time", isNumber: true) is null)
            return;
        // The flag <exists> is not a number, so the next number is the number of tiers. A TextGrid without tiers has
        // the flag <absent> and no such number.
        if (!HasTiers() || Count("the number of tiers") is not { } tiers)
            return;
        for (var k = 1; k <= tiers; k++)
            if (!ReadTier(k))
                return;
    }

    private bool ReadTier(int number)
    {
        if (
            NextText($"the class of tier {number}") is not { } kind
            || NextText($"the name of tier {number}") is not { } name
        )
            return false;
        if (kind is not ("IntervalTier" or "TextTier"))
        {
            builder.AddProblem(line, $"the class of tier {number} is \"{kind}\"", "expected IntervalTier or TextTier");
            return false;
        }
        if (
            Next($"the start of tier {number}", isNumber: true) is null
            || Next($"the end of tier {number}", isNumber: true) is null
            || Count($"the number of {(kind == "TextTier" ? "points" : "intervals")} of tier {number}") is not { } count
        )
            return false;
        if (kind == "TextTier")
            points.Add($"\"{name}\" ({count} points)");
        for (var k = 1; k <= count; k++)
            if (!(kind == "TextTier" ? ReadPoint(number, k) : ReadInterval(number, k)))
                return false;
        return true;
    }

    private bool ReadPoint(int tier, int number) =>
        Next($"the time of point {number} in tier {tier}", isNumber: true) is not null
        && NextText($"the mark of point {number} in tier {tier}") is not null;

    private bool ReadInterval(int tier, int number)
    {
        var place = $"interval {number} in tier {tier}";
        if (
            Next($"the start of {place}", isNumber: true) is not { Number: var start }
            || Next($"the end of {place}", isNumber: true) is not { Number: var end }
            || NextText($"the text of {place}") is not { } label
        )
            return false;
        if (label.Trim() is { Length: > 0 } trimmed && !double.IsNaN(start) && !double.IsNaN(end))
            events.Add((new SoundEvent(start, end, trimmed), line));
        return true;
    }

    private int? Count(string what)
    {
        if (Next(what, isNumber: true) is not { Number: var value })
            return null;
        if (value >= 0 && value <= text.Length && value == Math.Floor(value))
            return (int)value;
        builder.AddProblem(line, FormattableString.Invariant($"{what} is {value}, not a non-negative integer"));
        return null;
    }

    private string? NextText(string what) => Next(what, isNumber: false)?.Text;

    private bool HasTiers()
    {
        var flag = text[position..].IndexOf("<"u8);
        return flag < 0 || !text[(position + flag)..].StartsWith("<absent>"u8);
    }

    /// <summary>The next string or number. A malformed number is a problem; its value is NaN.</summary>
    private (string Text, double Number)? Next(string what, bool isNumber)
    {
        while (SkipToToken())
        {
            if (text[position] == '"')
            {
                var from = line;
                if (QuotedText() is not { } quoted)
                    builder.AddProblem(from, $"the quote of {what} is not closed");
                else if (isNumber)
                    builder.AddProblem(from, $"{what} is missing: expected a number, found the string \"{quoted}\"");
                else
                    return (quoted, 0);
                return null;
            }
            var word = Word();
            if (!LooksLikeANumber(word))
                continue;
            if (!isNumber)
            {
                builder.AddProblem(line, $"{what} is missing: expected a quoted string, found {word}");
                return null;
            }
            if (NumberText.TryRead(word, out double value))
                return (word, value);
            builder.AddProblem(line, $"{what} \"{word}\" is not a number", NumberText.Remedy(word));
            return (word, double.NaN);
        }
        builder.AddProblem(line, $"{what} is missing, because the file ends here");
        return null;
    }

    private static bool LooksLikeANumber(string word) =>
        word[0] is '-' or '+' or '.' or ','
            ? word.Length > 1 && char.IsAsciiDigit(word[1])
            : char.IsAsciiDigit(word[0]);

    /// <summary>Skips white space and comments, which begin with an exclamation mark and end with the line.</summary>
    private bool SkipToToken()
    {
        while (position < text.Length && (text[position] <= ' ' || text[position] == '!'))
        {
            if (text[position] == '!')
                while (position < text.Length && text[position] != '\n')
                    position++;
            else
                Advance();
        }
        return position < text.Length;
    }

    private void Advance()
    {
        if (text[position++] == '\n')
            line++;
    }

    private string Word()
    {
        var start = position;
        while (position < text.Length && text[position] > ' ' && text[position] != '"')
            position++;
        return Encoding.UTF8.GetString(text[start..position]);
    }

    /// <summary>A quoted string, in which a quote is doubled; null if the quotes are not closed.</summary>
    private string? QuotedText()
    {
        var start = ++position;
        for (; position < text.Length; Advance())
        {
            if (text[position] != '"')
                continue;
            if (position + 1 == text.Length || text[position + 1] != '"')
                return Encoding.UTF8.GetString(text[start..position++]).Replace("\"\"", "\"");
            position++;
        }
        return null;
    }
}
