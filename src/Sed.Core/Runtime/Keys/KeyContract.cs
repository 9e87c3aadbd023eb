using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sed.Core.Runtime.Keys;

/// <summary>
/// The JSON contract of types with <see cref="KeyAttribute"/>: properties have their stable names, and subtypes of an
/// abstract type are distinguished by a property "kind". Canonical keys and model files share this contract.
/// </summary>
internal static class KeyContract
{
    /// <summary>JSON property with the stable name of a value's type.</summary>
    public const string KindName = "kind";

    private static readonly ConcurrentDictionary<Assembly, Type[]> KeyedTypes = new();

    /// <summary>The key attribute of a type, property or enum member; null if it has none.</summary>
    public static KeyAttribute? Of(ICustomAttributeProvider? member) =>
        member?.GetCustomAttributes(typeof(KeyAttribute), false).Cast<KeyAttribute>().FirstOrDefault();

    /// <summary>Creates serializer options with this contract.</summary>
    /// <param name="isKind">Returns whether a concrete type may be written and read.</param>
    public static JsonSerializerOptions Options(Func<Type, bool> isKind)
    {
        JsonSerializerOptions options = new(JsonSerializerOptions.Strict)
        {
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            WriteIndented = true,
            NewLine = "\n",
            TypeInfoResolver = new DefaultJsonTypeInfoResolver
            {
                Modifiers = { info => NameKinds(info, isKind), NameProperties },
            },
        };
        options.Converters.Add(new EnumConverter());
        return options;
    }

    /// <summary>
    /// Returns the nearest abstract base type in the same assembly; the type itself if it has no such base type.
    /// </summary>
    public static Type KindOf(Type type)
    {
        for (var above = type.BaseType; above is { IsAbstract: true }; above = above.BaseType)
            if (above.Assembly == type.Assembly)
                return above;
        return type;
    }

    private static void NameKinds(JsonTypeInfo info, Func<Type, bool> isKind)
    {
        if (!info.Type.IsAbstract || info.Kind != JsonTypeInfoKind.Object)
            return;
        var kinds = KeyedTypes
            .GetOrAdd(
                info.Type.Assembly,
                assembly => [.. assembly.GetTypes().Where(type => !type.IsAbstract && Of(type) is not null)]
            )
            .Where(type => type.IsAssignableTo(info.Type) && isKind(type))
            .ToArray();
        if (kinds.Length == 0)
            return;
        info.PolymorphismOptions = new JsonPolymorphismOptions { TypeDiscriminatorPropertyName = KindName };
        foreach (var kind in kinds)
            info.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(kind, Of(kind)!.Name));
    }

    private static void NameProperties(JsonTypeInfo info)
    {
        if (info.Kind != JsonTypeInfoKind.Object)
            return;
        for (var i = info.Properties.Count - 1; i >= 0; i--)
        {
            var property = info.Properties[i];
            if (Of(property.AttributeProvider) is { } key)
            {
                property.Name = key.Name;
                if (key.OmitWhen is { } omitted)
                    property.ShouldSerialize = (_, value) => value is not null && !Equals(value, omitted);
            }
            else if (property.Set is null)
                info.Properties.RemoveAt(i);
            else
                throw new InvalidOperationException(
                    $"{info.Type.Name}.{property.Name} has no [Key]; add [Key], or [JsonIgnore] if the property cannot affect results."
                );
        }
    }

    private sealed class EnumConverter : JsonConverterFactory
    {
        public override bool CanConvert(Type type) => type.IsEnum;

        public override JsonConverter CreateConverter(Type type, JsonSerializerOptions options) =>
            (JsonConverter)Activator.CreateInstance(typeof(Of<>).MakeGenericType(type))!;

        private sealed class Of<T> : JsonConverter<T>
            where T : struct, Enum
        {
            private static readonly Dictionary<string, T> Values = Enum.GetValues<T>()
                .ToDictionary(value => CanonicalKey.Of(value), StringComparer.Ordinal);

            public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
                reader.TokenType == JsonTokenType.String && Values.TryGetValue(reader.GetString()!, out var value)
                    ? value
                    : throw new JsonException($"expected one of {string.Join(", ", Values.Keys)}");

            public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
                writer.WriteStringValue(CanonicalKey.Of(value));
        }
    }
}
