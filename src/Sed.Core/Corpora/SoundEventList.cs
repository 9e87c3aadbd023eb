namespace Sed.Core.Corpora;

/// <summary>The class list of DCASE 2017 task 4: a header, then identifier TAB confidence TAB label.</summary>
internal static class SoundEventList
{
    /// <summary>Identifiers and labels in the file's order.</summary>
    /// <exception cref="CorpusException">A row has not three fields, or there is no class.</exception>
    internal static IReadOnlyList<(string Id, string Label)> Read(string path)
    {
        List<(string, string)> classes = [];
        List<string> problems = [];
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i].StartsWith("Class_ID", StringComparison.Ordinal))
                continue;
            var fields = lines[i].Split('\t');
            if (fields.Length == 3 && fields[2].Trim().Length > 0)
                classes.Add((fields[0].Trim(), fields[2].Trim()));
            else
                problems.Add(
                    $"{path}, line {i + 1}: a class is identifier, confidence and label with tabs between them."
                );
        }
        if (classes.Count == 0 && problems.Count == 0)
            problems.Add($"{path}: it lists no classes.");
        return problems.Count == 0 ? classes : throw new CorpusException(problems);
    }
}
