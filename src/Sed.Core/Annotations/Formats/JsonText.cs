using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Sed.Core.Runtime;

namespace Sed.Core.Annotations.Formats;

/// <summary>Reads and writes JSON texts of annotations.</summary>
internal static class JsonText
{
    private static readonly JsonSerializerOptions Relaxed = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>
    /// Reads the kind of the root value (object or array) and the property names of the first object, as far as the
    /// first lines contain them; null if the text does not begin with an object or array.
    /// </summary>
    /// <param name="head">The first lines of the text.</param>
    public static (JsonTokenType Root, IReadOnlyList<string> Names)? Head(ReadOnlySpan<byte> head)
    {
        List<string> names = [];
        Utf8JsonReader reader = new(head, isFinalBlock: false, default);
        JsonTokenType? root = null;
        try
        {
            while (reader.Read())
            {
                root ??= reader.TokenType;
                var depth = root == JsonTokenType.StartArray ? 2 : 1;
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth)
                    names.Add(reader.GetString() ?? "");
                if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == depth - 1)
                    break;
            }
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The property names before the syntax error identify the format. The reader of this format then reports
            // the error.
        }
        return root is JsonTokenType.StartObject or JsonTokenType.StartArray ? (root.Value, names) : null;
    }

    /// <summary>Parses a text.</summary>
    /// <exception cref="AnnotationException">The text is not valid JSON. The message states the line.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> text, string source)
    {
        ListText.RequireText(text, source);
        if (!Utf8.IsValid(text))
            throw new AnnotationException(source, 0, "the text is not valid UTF-8", "save it as UTF-8");
        try
        {
            return JsonDocument.Parse(text.ToArray());
        }
        catch (JsonException malformed)
        {
            var sentence = malformed.Message.Split(" LineNumber:")[0].Split(". ")[0].TrimEnd('.');
            var cause =
                sentence.Contains("depth to be zero", StringComparison.Ordinal) ? "it ends within an object or array"
                : sentence.Contains("trailing comma", StringComparison.Ordinal) ? "a comma is not followed by a value"
                : $"{char.ToLowerInvariant(sentence[0])}{sentence[1..]}";
            throw new AnnotationException(
                source,
                (int)(malformed.LineNumber ?? -1) + 1,
                $"the text is not valid JSON: {cause}"
            );
        }
    }

    /// <summary>Returns a property; null if the value is not an object or does not have this property.</summary>
    public static JsonElement? Property(this JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out var value) ? value : null;

    /// <summary>Returns the elements of an array property; null if the object does not have such a property.</summary>
    public static JsonElement[]? Array(this JsonElement owner, string name) =>
        owner.Property(name) is { ValueKind: JsonValueKind.Array } value ? [.. value.EnumerateArray()] : null;

    /// <summary>Returns the value of a string property; null if the object does not have such a property.</summary>
    public static string? Text(this JsonElement owner, string name) =>
        owner.Property(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>Whether a property is true. False if the object does not have the property.</summary>
    public static bool IsTrue(this JsonElement owner, string name) =>
        owner.Property(name) is { ValueKind: JsonValueKind.True };

    /// <summary>Reads a number, or a string that contains a number; null for other values.</summary>
    public static double? Number(this JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? number
        : value.ValueKind == JsonValueKind.String && NumberText.TryRead(value.GetString()!, out double parsed) ? parsed
        : null;

    /// <summary>Formats a value for messages, shortened to 60 characters.</summary>
    public static string Shown(this JsonElement value) =>
        value.GetRawText() is { Length: > 60 } text ? text[..60] + "..." : value.GetRawText();

    /// <summary>Formats a text as a JSON string in quotes.</summary>
    public static string Quoted(string text) => JsonSerializer.Serialize(text, Relaxed);

    /// <summary>Checks that the events of a recording can be written as JSON and read back.</summary>
    /// <exception cref="AnnotationException">Labels cannot be written. The exception lists them.</exception>
    public static void Require(string file, IReadOnlyList<SoundEvent> events) =>
        ProblemList.ThrowIfAny(file, events.Select(sound => ProblemOf(sound.Label)));

    /// <summary>The reason that a label cannot be written; null if it can.</summary>
    public static string? ProblemOf(string label) =>
        OneLine.HasUnprintable(label)
            ? $"the label \"{label}\" contains a line break or another control character"
            : null;
}
