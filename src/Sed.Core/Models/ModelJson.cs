using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Sed.Core.Annotations;

namespace Sed.Core.Models;

/// <summary>
/// JSON serialisation of model descriptions. The kinds of layers, weak outputs, decoding steps and features are the records
/// nested in their abstract types, so a new layer needs no change here. Unknown kinds, properties and values are errors.
/// </summary>
internal static class ModelJson
{
    // No property of a record can have this name.
    private const string KindName = "$kind";

    public static JsonSerializerOptions Options { get; } = Strict();

    /// <summary>Whether a kind is pure data: it holds no delegate.</summary>
    public static bool IsData(Type kind) =>
        !kind.GetProperties().Any(property => typeof(Delegate).IsAssignableFrom(property.PropertyType));

    private static JsonSerializerOptions Strict()
    {
        JsonSerializerOptions options = new(JsonSerializerOptions.Strict)
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            IgnoreReadOnlyProperties = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            WriteIndented = true,
            NewLine = "\n",
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { NameKinds } },
        };
        options.Converters.Add(new JsonStringEnumConverter(allowIntegerValues: false));
        options.Converters.Add(new Classes());
        options.MakeReadOnly();
        return options;
    }

    private static void NameKinds(JsonTypeInfo info)
    {
        if (!info.Type.IsAbstract || info.Kind != JsonTypeInfoKind.Object)
            return;
        var kinds = info.Type.GetNestedTypes().Where(type => type.IsSubclassOf(info.Type) && IsData(type)).ToArray();
        if (kinds.Length == 0)
            return;
        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = KindName };
        foreach (var kind in kinds)
            info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(kind, kind.Name));
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
