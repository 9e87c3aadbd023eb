using Sed.Core.Audio;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Layouts;

/// <summary>Reads corpora from folders, in any of the known layouts.</summary>
public static class CorpusLayouts
{
    /// <summary>The corpus layouts.</summary>
    internal static IReadOnlyList<ICorpusLayout> All { get; } =
    [new Dcase2017Task4(), new TabSeparatedLabels(), new AnnotatedRecordings()];

    /// <summary>
    /// Reads the corpus in a folder. The layout is recognised from the label files. Clips without audio are left out.
    /// </summary>
    /// <param name="folder">The folder. Label files and audio can be in folders below it.</param>
    /// <param name="options">Properties that replace those of the layout; null (the default) replaces none.</param>
    /// <exception cref="CorpusException">
    /// The folder is missing, is empty or has no audio; its layout is unknown or ambiguous; or its label files have invalid
    /// rows. The message gives the line of each invalid row.
    /// </exception>
    public static Manifest Read(string folder, CorpusOptions? options = null) =>
        ManifestBuilder.Build(Open(folder, options));

    /// <summary>Reads the label files of the corpus in a folder. Invalid rows are problems of the result.</summary>
    /// <exception cref="CorpusException">
    /// The folder is missing or empty, no layout or several layouts recognise it, or no clip has valid rows.
    /// </exception>
    internal static CorpusListing Open(string folder, CorpusOptions? options = null)
    {
        options ??= new CorpusOptions();
        return options.ApplyTo(Open(folder, All, options));
    }

    internal static CorpusListing Open(string folder, IReadOnlyList<ICorpusLayout> layouts, CorpusOptions options)
    {
        var (corpus, review) = ReviewFolder.Split(CorpusFolder.Open(folder, options));
        var listing = Recognised(corpus, layouts, out var missing);
        return listing is null && !ReviewedLabels.Exist(review)
            ? throw new CorpusException(missing)
            : ReviewedLabels.ApplyTo(listing, corpus, review);
    }

    /// <summary>
    /// Reads the labels of a folder with the default options, including the reviewed labels in the folder "review"
    /// below it. Null if the folder has no labels.
    /// </summary>
    /// <exception cref="CorpusException">
    /// The folder is missing or empty, several layouts recognise it, or no clip has valid rows.
    /// </exception>
    internal static CorpusListing? OpenIfLabelled(string folder)
    {
        var (corpus, review) = ReviewFolder.Split(CorpusFolder.Open(folder));
        var listing = Recognised(corpus, All, out _);
        return listing is null && !ReviewedLabels.Exist(review)
            ? null
            : new CorpusOptions().ApplyTo(ReviewedLabels.ApplyTo(listing, corpus, review));
    }

    /// <summary>
    /// Reads the labels of a folder without the reviewed labels in the folder "review" below it. Null if no layout
    /// recognises the folder.
    /// </summary>
    /// <exception cref="CorpusException">
    /// The folder is missing or empty, several layouts recognise it, or no clip has valid rows.
    /// </exception>
    internal static CorpusListing? OpenUnreviewed(string folder) =>
        Recognised(ReviewFolder.Split(CorpusFolder.Open(folder)).Corpus, All, out _);

    /// <summary>
    /// The listing of a folder; null if no layout recognises the folder, with the reasons in
    /// <paramref name="missing"/>.
    /// </summary>
    private static CorpusListing? Recognised(
        CorpusFolder corpus,
        IReadOnlyList<ICorpusLayout> layouts,
        out IReadOnlyList<Problem> missing
    )
    {
        (ICorpusLayout Layout, LayoutMatch Match)[] matches =
        [
            .. layouts.Select(layout => (layout, layout.Recognise(corpus))),
        ];
        (ICorpusLayout Layout, LayoutMatch Match)[] recognised = [.. matches.Where(entry => entry.Match.IsRecognised)];
        if (recognised.Any(entry => !entry.Match.IsTentative))
            recognised = [.. recognised.Where(entry => !entry.Match.IsTentative)];
        missing = recognised.Length > 0 ? [] : Missing(corpus, matches);
        if (recognised.Length == 0)
            return null;
        if (recognised.Length > 1)
            throw new CorpusException(
                corpus.Path,
                $"the folder has label files in several layouts: {string.Join(", ", recognised.Select(entry => Shown(entry.Layout, entry.Match, corpus)))}",
                "keep the label files of one layout in the folder and move the others out of it"
            );
        var layout = recognised[0].Layout;
        return AnnotatedTimes.ApplyTo(layout.Read(corpus) with { Layout = layout.Title }, corpus);
    }

    /// <summary>
    /// The reasons why no layout recognises a folder: what it lacks and, unless it contains audio only, what each layout
    /// expects.
    /// </summary>
    private static Problem[] Missing(CorpusFolder corpus, (ICorpusLayout Layout, LayoutMatch Match)[] matches) =>
        [
            Lacking(corpus),
            .. corpus.Files.All(AudioFile.HasAudioExtension)
                ? []
                : matches.Select(entry => new Problem(
                    corpus.Path,
                    $"the folder does not have the layout \"{entry.Layout.Title}\": {entry.Match.Missing}",
                    $"expected {entry.Layout.Expected}"
                )),
        ];

    /// <summary>What a folder that no layout recognises lacks: audio or annotations.</summary>
    private static Problem Lacking(CorpusFolder corpus)
    {
        string[] audio = [.. corpus.Files.Where(AudioFile.HasAudioExtension).Select(corpus.Relative)];
        if (audio.Length == 0)
            return new(corpus.Path, "the folder contains no audio files", "add the annotated recordings");
        var folders = audio.Select(Path.GetDirectoryName).Distinct().ToArray();
        return new(
            corpus.Path,
            "no annotations of its recordings were found",
            folders.Length > 1 && !folders.Contains("")
                ? $"if its folders are the classes, list them in train.tsv with the columns filename and event_label: one row for each recording, such as {audio[0].Replace('\\', '/')} and {Path.GetFileName(folders[0])}, separated by a tab"
                : "add a list train.tsv with the columns filename and event_label, or an annotation file for each recording, such as a.txt for a.wav"
        );
    }

    private static string Shown(ICorpusLayout layout, LayoutMatch match, CorpusFolder corpus) =>
        $"{layout.Title} ({corpus.Relative(match.LabelFiles[0])}{(match.LabelFiles.Count > 1 ? ", ..." : "")})";
}
