using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// JSON serialisation of reviews: property names in camel case, enumeration values in lower case, no line breaks.
/// </summary>
public static class ReviewJson
{
    /// <summary>
    /// The serialisation options of the log and of the data that the review page sends and receives. Unknown and
    /// missing properties are errors.
    /// </summary>
    public static JsonSerializerOptions Options { get; } =
        new(JsonSerializerDefaults.Web)
        {
            NumberHandling = JsonNumberHandling.Strict,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            MaxDepth = 8,
            // The log is read by people; pages receive it as JSON, never within HTML.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        };
}
