using System.Text;

namespace Sed.Core.Annotations;

/// <summary>
/// Composes letters with the combining marks that follow them: "e" and U+0301 become "é". File systems of macOS store
/// decomposed names. Covers Latin, Greek and Cyrillic letters, Korean syllables and Japanese kana, and replaces
/// full-width forms with ASCII. .NET can normalise Unicode only with ICU, which this library does not require.
/// </summary>
internal static class ComposedText
{
    // Each mark with pairs of a letter and its composition.
    private static readonly (char Mark, string Pairs)[] Marks =
    [
        ('\u0300', "AÀEÈIÌNǸOÒUÙWẀYỲaàeèiìnǹoòuùwẁyỳ"),
        ('\u0301', "AÁCĆEÉIÍLĹNŃOÓRŔSŚUÚYÝZŹaácćeéiílĺnńoórŕsśuúyýzźΑΆΕΈΗΉΙΊΟΌΥΎΩΏαάεέηήιίοόυύωώ"),
        ('\u0302', "AÂCĈEÊGĜHĤIÎJĴOÔSŜUÛWŴYŶaâcĉeêgĝhĥiîjĵoôsŝuûwŵyŷ"),
        ('\u0303', "AÃEẼIĨNÑOÕUŨaãeẽiĩnñoõuũ"),
        ('\u0304', "AĀEĒIĪOŌUŪaāeēiīoōuū"),
        ('\u0306', "AĂEĔGĞIĬOŎUŬaăeĕgğiĭoŏuŭИЙий"),
        ('\u0307', "CĊEĖGĠIİZŻcċeėgġzż"),
        ('\u0308', "AÄEËIÏOÖUÜYŸaäeëiïoöuüyÿЕЁеёІЇії"),
        ('\u030A', "AÅUŮaåuů"),
        ('\u030B', "OŐUŰoőuű"),
        ('\u030C', "CČDĎEĚGǦNŇRŘSŠTŤZŽcčdďeěgǧnňrřsštťzž"),
        ('\u0327', "CÇGĢKĶLĻNŅRŖSŞTŢcçgģkķlļnņrŗsştţ"),
        ('\u0328', "AĄEĘIĮOǪUŲaąeęiįoǫuų"),
        (
            '\u3099',
            "かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼ"
                + "カガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴ"
        ),
        ('\u309A', "はぱひぴふぷへぺほぽハパヒピフプヘペホポ"),
    ];

    private static readonly Dictionary<(char, char), char> Compositions = (
        from entry in Marks
        from pair in entry.Pairs.Chunk(2)
        select ((pair[0], entry.Mark), pair[1])
    ).ToDictionary(entry => entry.Item1, entry => entry.Item2);

    /// <summary>The composed text.</summary>
    internal static string Of(string text)
    {
        StringBuilder composed = new(text.Length);
        foreach (var letter in text)
        {
            var next = letter is >= '\uFF01' and <= '\uFF5E' ? (char)(letter - 0xFEE0) : letter;
            if (composed.Length > 0 && Composition(composed[^1], next) is { } one)
                composed[^1] = one;
            else
                composed.Append(next);
        }
        return composed.ToString();
    }

    private static char? Composition(char first, char second) =>
        Compositions.TryGetValue((first, second), out var known) ? known : Hangul(first, second);

    // The Unicode Standard, section 3.12: syllables of a leading consonant, a vowel and a trailing consonant.
    private static char? Hangul(char first, char second)
    {
        const int Leading = 0x1100;
        const int Vowel = 0x1161;
        const int Trailing = 0x11A7;
        const int Syllable = 0xAC00;
        var (lead, vowel, syllable, trail) = (first - Leading, second - Vowel, first - Syllable, second - Trailing);
        if (lead is >= 0 and < 19 && vowel is >= 0 and < 21)
            return (char)(Syllable + (((lead * 21) + vowel) * 28));
        return syllable is >= 0 and < 11172 && syllable % 28 == 0 && trail is > 0 and < 28
            ? (char)(first + trail)
            : null;
    }
}
