using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Sed.Core.Annotations;

namespace Sed.Core.Models;

/// <summary>
/// What is data in a model as JSON, and back. Records that come in kinds (layers, weak outputs, steps of decoding,
/// features) are those nested in an abstract one, and are known by their names; so a new layer needs no line here.
/// Strict: unknown kinds, members and values are errors.
/// </summary>
internal static class ModelJson
{
    // A name that no member of a record can have.
    private const string KindName = "$kind";

    public static JsonSerializerOptions Options { get; } = Strict();

    /// <summary>Whether a kind is data throughout. What carries code is none.</summary>
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
            catch (ArgumentException wrong)
            {
                throw new JsonException(wrong.Message, wrong);
            }
        }

        public override void Write(Utf8JsonWriter writer, ClassList value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.ToArray(), options);
    }
}
