using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Tests.Runtime;

public sealed class CanonicalKeyTests
{
    [Fact]
    public void A_key_is_compact_JSON_of_stable_names_in_ordinal_order()
    {
        Assert.Equal(
            """{"filters":48,"kernelBands":3,"kernelFrames":3,"kind":"convolution"}""",
            CanonicalKey.Text(new Layer.Convolution(48))
        );
        Assert.Equal(
            """{"kind":"bidirectionalGru","merge":"multiply","units":32}""",
            CanonicalKey.Text(new Layer.BidirectionalGru(32, Merge.Multiply))
        );
    }

    [Fact]
    public void Renamed_types_and_properties_with_the_same_stable_names_have_the_same_keys()
    {
        Before.Filter before = new(4, Before.Mode.Fast);
        After.SmoothingStage after = new(4, After.Quality.Draft);
        Assert.NotEqual(before.ToString(), after.ToString());
        Assert.Equal(CanonicalKey.Text(before), CanonicalKey.Text(after));
    }

    [Fact]
    public void A_property_added_later_does_not_change_keys_while_it_has_its_previous_implicit_value()
    {
        Assert.Equal(CanonicalKey.Text(new Grown.First(3)), CanonicalKey.Text(new Grown.Second(3, 1.0)));
        Assert.NotEqual(CanonicalKey.Text(new Grown.First(3)), CanonicalKey.Text(new Grown.Second(3, 0.5)));
    }

    [Fact]
    public void A_property_without_a_stable_name_is_refused()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => CanonicalKey.Text(new Forgotten(1, 2)));
        Assert.Equal(
            "Forgotten.Second has no [Key]; add [Key], or [JsonIgnore] if the property cannot affect results.",
            refused.Message
        );
    }

    [Fact]
    public void Names_of_enum_members_cannot_seed_draws()
    {
        var refused = Assert.Throws<ArgumentException>(() => RandomSource.SeedFor(1, "order", Merge.Multiply));
        Assert.StartsWith("Random numbers must not depend on the name of Merge.Multiply.", refused.Message);
    }

    [Fact]
    public void Hashes_do_not_depend_on_the_order_of_properties()
    {
        var one = new JsonObject
        {
            ["b"] = 1,
            ["a"] = new JsonObject { ["y"] = 2, ["x"] = 3 },
        };
        var other = new JsonObject
        {
            ["a"] = new JsonObject { ["x"] = 3, ["y"] = 2 },
            ["b"] = 1,
        };
        Assert.Equal(CanonicalKey.Hash(one), CanonicalKey.Hash(other));
    }

    /// <summary>A reader could not distinguish two types with the same stable name.</summary>
    [Fact]
    public void Stable_names_are_unique_among_the_kinds_of_a_type_and_the_members_of_a_type()
    {
        var keyed = typeof(Layer).Assembly.GetTypes().Where(type => Name(type) is not null && !type.IsAbstract);
        foreach (var kinds in keyed.GroupBy(type => type.BaseType == typeof(object) ? type : type.BaseType))
            AssertUnique(kinds.Key!.Name, kinds.Select(Name));
        foreach (var type in typeof(Layer).Assembly.GetTypes())
            AssertUnique(
                type.Name,
                type.GetProperties().Select(Name).Concat(type.IsEnum ? type.GetFields().Select(Name) : [])
            );
    }

    private static string? Name(MemberInfo member) => member.GetCustomAttribute<KeyAttribute>(false)?.Name;

    private static void AssertUnique(string type, IEnumerable<string?> names)
    {
        string[] all = [.. names.OfType<string>()];
        Assert.True(all.Distinct().Count() == all.Length, $"{type}: {string.Join(", ", all)}");
    }

    private static class Before
    {
        public enum Mode
        {
            [Key("fast")]
            Fast,
        }

        public sealed record Filter([property: Key("length")] int Length, [property: Key("mode")] Mode Mode);
    }

    private static class After
    {
        public enum Quality
        {
            [Key("fast")]
            Draft,
        }

        public sealed record SmoothingStage([property: Key("length")] int Taps, [property: Key("mode")] Quality Quality)
        {
            public override string ToString() => $"{Taps} taps, {Quality}";
        }
    }

    private static class Grown
    {
        public sealed record First([property: Key("size")] int Size);

        public sealed record Second(
            [property: Key("size")] int Size,
            [property: Key("gain", OmitWhen = 1.0)] double Gain
        );
    }

    private sealed record Forgotten([property: Key("first")] int First, int Second)
    {
        [JsonIgnore]
        public int Threads { get; init; }
    }
}
