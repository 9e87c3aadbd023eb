using System.Text.Json;
using System.Text.Json.Serialization;
using Sed.Core.Annotations;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Models;

/// <summary>
/// JSON serialization of a model's data by stable names (<see cref="KeyAttribute"/>), so that types can be renamed.
/// Reading is strict: unknown kinds, properties and values are errors.
/// </summary>
internal static class ModelJson
{
    public static JsonSerializerOptions Options { get; } = Strict();

    /// <summary>Whether a type consists of data only. A type with a delegate cannot be stored.</summary>
    public static bool IsData(Type kind) =>
        !kind.GetProperties().Any(property => typeof(Delegate).IsAssignableFrom(property.PropertyType));

    private static JsonSerializerOptions Strict()
    {
        var options = KeyContract.Options(IsData);
        options.Converters.Add(new Classes());
        options.MakeReadOnly();
        return options;
    }

    private sealed class Classes : JsonConverter<ClassList>
    {
        public override ClassList Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            var labels = JsonSerializer.Deserialize<string[]>(ref reader, options) ?? [];
            try
            {
                return new ClassList(labels);
            }
            catch (ArgumentException invalid)
            {
                throw new JsonException(invalid.Message, invalid);
            }
        }

        public override void Write(Utf8JsonWriter writer, ClassList value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToArray(), options);
    }
}
