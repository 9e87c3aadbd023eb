namespace Sed.Core.Annotations;

/// <summary>
/// Reads tab-separated frame scores, either one list with a header "filename onset offset" and the classes, or a folder with
/// one list "onset offset" and the classes per file, named after the file (as sed_scores_eval keeps them). The frames of a
/// file follow each other without gaps; LF or CRLF, UTF-8.
/// </summary>
public static class ScoreListFile
{
    /// <summary>Reads a list or a folder of lists.</summary>
    /// <exception cref="AnnotationException">Rows are no scores; every one is named with its line.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static ScoreList Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Directory.Exists(path) ? ReadFolder(path) : Parse(ListBytes.Read(path), path);
    }

    /// <summary>Reads a list from UTF-8 text.</summary>
    /// <exception cref="AnnotationException">Rows are no scores; every one is named with its line.</exception>
    public static ScoreList Parse(ReadOnlySpan<byte> text, string source)
    {
        ScoreListReading reading = new(source, null);
        reading.Add(text);
        return reading.Finish(source);
    }

    private static ScoreList ReadFolder(string folder)
    {
        var paths = Directory.GetFiles(folder, "*.tsv");
        Array.Sort(paths, StringComparer.Ordinal);
        if (paths.Length == 0)
            throw new AnnotationException(folder, 0, "the folder has no list of scores (*.tsv)");
        ScoreListReading? all = null;
        foreach (var path in paths)
        {
            if (new FileInfo(path) is { Exists: true, Length: 0 })
                throw new AnnotationException(path, 0, "the list is empty, or it is a pipe or a device");
            ScoreListReading reading = new(path, Path.GetFileNameWithoutExtension(path), all);
            reading.Add(ListBytes.Read(path));
            all = reading;
        }
        return all!.Finish(folder);
    }
}
