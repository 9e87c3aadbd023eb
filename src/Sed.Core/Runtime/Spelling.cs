namespace Sed.Core.Runtime;

/// <summary>Finds the word that was probably meant by a misspelt one.</summary>
public static class Spelling
{
    /// <summary>
    /// The known word that begins with the given one, or else the word with the fewest changed, missing, additional or exchanged
    /// neighbouring letters; null where none is similar, with at most one change for three letters. Case is ignored.
    /// </summary>
    /// <param name="word">The misspelt word.</param>
    /// <param name="known">The words that exist. Of equally similar ones the first is returned.</param>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(known);
        var nearest = known
            .Select(candidate =>
                (candidate, distance: Difference(word.ToUpperInvariant(), candidate.ToUpperInvariant()))
            )
            .Where(found => 3 * found.distance <= Math.Max(word.Length, 3))
            .OrderBy(found => found.distance)
            .FirstOrDefault();
        return nearest.candidate;
    }

    private static int Difference(string word, string candidate) =>
        word.Length >= 3 && candidate.StartsWith(word, StringComparison.Ordinal) ? 0 : Distance(word, candidate);

    /// <summary>The optimal string alignment distance (Damerau 1964).</summary>
    private static int Distance(string first, string second)
    {
        var distance = new int[first.Length + 1, second.Length + 1];
        for (var i = 0; i <= first.Length; i++)
        for (var j = 0; j <= second.Length; j++)
            if (i == 0 || j == 0)
                distance[i, j] = i + j;
            else
            {
                var replaced = distance[i - 1, j - 1] + (first[i - 1] == second[j - 1] ? 0 : 1);
                distance[i, j] = Math.Min(replaced, 1 + Math.Min(distance[i - 1, j], distance[i, j - 1]));
                if (i > 1 && j > 1 && first[i - 1] == second[j - 2] && first[i - 2] == second[j - 1])
                    distance[i, j] = Math.Min(distance[i, j], 1 + distance[i - 2, j - 2]);
            }
        return distance[first.Length, second.Length];
    }
}
