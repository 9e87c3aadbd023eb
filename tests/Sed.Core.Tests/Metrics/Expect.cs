using System.Text.Json;
using Sed.Core.Metrics.Counts;

namespace Sed.Core.Tests.Metrics;

/// <summary>Compares results with those of a reference tool. Messages state the place of each difference.</summary>
internal sealed class Expect(string place)
{
    private readonly List<string> differences = [];

    public int Compared { get; private set; }

    public Expect At(string deeper) => new($"{place}, {deeper}") { Parent = this };

    private Expect? Parent { get; init; }

    public void Count(JsonElement counts, string name, long actual) =>
        Equal(name, counts.GetProperty(name).GetDouble(), actual);

    public void Equal(string name, double expected, double actual)
    {
        Note(expected == actual, $"{name} is {actual}, should be {expected}");
    }

    /// <summary>Compares a rate to 1e-9, relative above 1. A null means that the rate is undefined.</summary>
    public void Rate(JsonElement rates, string name, Rate actual, double tolerance = 1e-9)
    {
        var expected = rates.GetProperty(name);
        if (expected.ValueKind == JsonValueKind.Null)
            Note(!actual.IsDefined, $"{name} is {actual}, should be undefined");
        else
            Close(name, expected.GetDouble(), actual.Value, tolerance);
    }

    public void Close(string name, double expected, double actual, double tolerance = 1e-9) =>
        Note(
            Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)),
            $"{name} is {actual:R}, should be {expected:R}"
        );

    public void Note(bool right, string difference)
    {
        for (var one = this; one is not null; one = one.Parent)
        {
            one.Compared++;
            if (!right)
                one.differences.Add($"{place}: {difference}");
        }
    }

    public void Finish(int atLeast = 1)
    {
        Assert.Empty(differences);
        Assert.True(Compared >= atLeast, $"only {Compared} values were compared");
    }
}
