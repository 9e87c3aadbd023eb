using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Sed.Core.Runtime.Keys;

/// <summary>
/// Canonical keys, which identify trials, checkpoints, feature stores and recorded results. A key is JSON without white
/// space and with properties in ordinal order. It consists only of stable names (<see cref="KeyAttribute"/>) and
/// values, so it is independent of descriptions and of the names of types and members.
/// </summary>
public static class CanonicalKey
{
    private static readonly JsonSerializerOptions Options = Writing();

    /// <summary>Creates the key of a value as a JSON node, which can be included in a larger key.</summary>
    /// <param name="value">A value whose type has stable names.</param>
    /// <exception cref="InvalidOperationException">A settable property has no <see cref="KeyAttribute"/>.</exception>
    public static JsonNode Node(object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return JsonSerializer.SerializeToNode(value, KeyContract.KindOf(value.GetType()), Options)!;
    }

    /// <summary>Returns the canonical JSON text of a value. This text identifies the value in stored results.</summary>
    public static string Text(object value) => Text(Node(value));

    /// <summary>Returns the canonical text of a key.</summary>
    public static string Text(JsonNode key) => Sorted(key)!.ToJsonString();

    /// <summary>Returns the SHA-256 hash of a key's canonical text, as 64 hexadecimal digits.</summary>
    public static string Hash(JsonNode key) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text(key))));

    /// <summary>The stable name of an enum member.</summary>
    /// <exception cref="InvalidOperationException">The member has no <see cref="KeyAttribute"/>.</exception>
    public static string Of(Enum value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var field = value.GetType().GetField(value.ToString());
        return KeyContract.Of(field)?.Name
            ?? throw new InvalidOperationException($"{value.GetType().Name}.{value} has no [Key].");
    }

    private static JsonNode? Sorted(JsonNode? node) =>
        node switch
        {
            JsonObject fields => new JsonObject(
                fields
                    .OrderBy(field => field.Key, StringComparer.Ordinal)
                    .Select(field => KeyValuePair.Create(field.Key, Sorted(field.Value)))
            ),
            JsonArray items => new JsonArray([.. items.Select(Sorted)]),
            _ => node?.DeepClone(),
        };

    private static JsonSerializerOptions Writing()
    {
        var options = KeyContract.Options(_ => true);
        options.WriteIndented = false;
        options.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        options.MakeReadOnly();
        return options;
    }
}
