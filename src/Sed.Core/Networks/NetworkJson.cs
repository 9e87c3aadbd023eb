using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sed.Core.Networks;

/// <summary>
/// A description as JSON, beside exported weights: all that it takes to build the same network elsewhere. Layers and the weak
/// output are objects of their parameters, with their <c>type</c>; enumerations are their names.
/// </summary>
public static class NetworkJson
{
    /// <summary>For example {"frames":500,"bands":40,"classes":17,"dropout":0.15,"layers":[{"type":"Convolution","filters":48,...}],...}.</summary>
    public static string Of(NetworkDescription description) =>
        new JsonObject
        {
            ["frames"] = description.Frames,
            ["bands"] = description.Bands,
            ["classes"] = description.Classes,
            ["dropout"] = description.Dropout,
            ["layers"] = new JsonArray([.. description.Layers.Select(Fields)]),
            ["weak"] = Fields(description.Weak),
        }.ToJsonString();

    private static JsonObject Fields(object record)
    {
        JsonObject fields = new() { ["type"] = record.GetType().Name };
        // What a record is made from has a setter; what follows from it has none.
        foreach (var property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            if (property.CanWrite)
                fields[JsonNamingPolicy.CamelCase.ConvertName(property.Name)] = property.GetValue(record) switch
                {
                    int number => number,
                    double number => number,
                    bool yes => yes,
                    var other => JsonValue.Create(other?.ToString()),
                };
        return fields;
    }
}
