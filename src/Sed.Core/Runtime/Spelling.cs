namespace Sed.Core.Runtime;

/// <summary>Suggests the correct spelling of a misspelt word.</summary>
public static class Spelling
{
    /// <summary>
    /// Returns the known word that begins with <paramref name="word"/>, if <paramref name="word"/> has at least 3
    /// letters. If there is none, returns the known word with the smallest edit distance (changed, missing, additional
    /// or transposed letters), or null if this distance exceeds one edit per three letters. Case is ignored.
    /// </summary>
    /// <param name="word">The misspelt word.</param>
    /// <param name="known">The known words. Of equally similar words, the first is returned.</param>
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

    /// <summary>Computes the optimal string alignment distance (Damerau 1964).</summary>
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
