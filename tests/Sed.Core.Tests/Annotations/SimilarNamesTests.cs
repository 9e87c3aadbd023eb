using Sed.Core.Annotations;

namespace Sed.Core.Tests.Annotations;

public sealed class SimilarNamesTests
{
    [Theory]
    [InlineData("Alarm_bell_ringing", "Alarm bell ringing", "spaces, underscores or hyphens")]
    [InlineData("Alarmbell", "Alarm-Bell", "case and spaces, underscores or hyphens")]
    [InlineData("DOG", "Dog", "case")]
    [InlineData("a b", "a\u00A0b", "Unicode form")]
    [InlineData("\u00c4rger", "A\u0308rger", "Unicode form")]
    [InlineData("\u0439", "\u0438\u0306", "Unicode form")]
    [InlineData("\uAC15", "\u1100\u1161\u11BC", "Unicode form")]
    [InlineData("\u304C", "\u304B\u3099", "Unicode form")]
    [InlineData("\uFF24og", "Dog", "Unicode form")]
    public void Names_that_differ_only_in_spelling_are_similar(string first, string second, string difference)
    {
        Assert.True(SimilarNames.AreSimilar(first, second));
        Assert.Equal(difference, SimilarNames.Difference(first, second));
    }

    [Theory]
    [InlineData("Dog", "Dog")]
    [InlineData("Dog", "Dogs")]
    [InlineData("caf\u00e9", "cafe")]
    [InlineData("1.5", "15")]
    public void Equal_and_different_names_are_not(string first, string second) =>
        Assert.False(SimilarNames.AreSimilar(first, second));

    [Fact]
    public void A_letter_and_a_mark_become_one_character()
    {
        // Pairs of a decomposed and a composed letter, one of each mark.
        string[] pairs =
        [
            "a\u0300\u00e0",
            "z\u0301\u017a",
            "w\u0302\u0175",
            "o\u0303\u00f5",
            "u\u0304\u016b",
            "g\u0306\u011f",
            "e\u0307\u0117",
            "y\u0308\u00ff",
            "u\u030A\u016f",
            "o\u030B\u0151",
            "s\u030C\u0161",
            "c\u0327\u00e7",
            "e\u0328\u0119",
            "\u30a6\u3099\u30f4",
            "\u307b\u309a\u307d",
        ];
        foreach (var pair in pairs)
            Assert.Equal(pair[2..], ComposedText.Of(pair[..2]));
    }
}
