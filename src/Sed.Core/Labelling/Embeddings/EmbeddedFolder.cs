using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Features.Store;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// Recordings with a vector for each of their stretches. If the vectors come from a model, each stretch can also have
/// scores of all classes. Vectors and scores are kept in stores. A store is identified by the definition of the vectors
/// and the length of the stretches. In a store, a recording is identified by the content of its audio file, so vectors
/// and scores are computed only for new or changed recordings. Files with the same content have the same vectors,
/// whatever their names. Reading is thread-safe.
/// </summary>
public sealed class EmbeddedFolder : IDisposable
{
    private readonly VectorStore vectors;
    private readonly VectorStore? scores;

    private EmbeddedFolder(EmbeddingSource source, double length, VectorStore vectors, VectorStore? scores) =>
        (Source, Length, this.vectors, this.scores) = (source, length, vectors, scores);

    /// <summary>The definition of the vectors.</summary>
    public EmbeddingSource Source { get; }

    /// <summary>Length of a stretch in seconds.</summary>
    public double Length { get; }

    /// <summary>The recordings that can be read, in the order in which they were given.</summary>
    public IReadOnlyList<EmbeddedRecording> Recordings { get; private set; } = [];

    /// <summary>For each recording that cannot be read or processed: a message with its path and the reason.</summary>
    public IReadOnlyList<string> Skipped { get; private set; } = [];

    /// <summary>
    /// Number of recordings whose vectors or scores were not in the stores and have been computed. Files with the same
    /// content count once.
    /// </summary>
    public int Computed { get; private set; }

    /// <summary>Number of stretches of all recordings.</summary>
    public long Stretches => Recordings.Sum(recording => (long)vectors.Find(recording.Content)!.Count);

    /// <summary>
    /// Opens the stores of vectors and scores, computes missing vectors and scores, and returns the recordings.
    /// </summary>
    /// <param name="source">The definition of the vectors.</param>
    /// <param name="length">Length of a stretch in seconds, at least <see cref="Stretch.MinSeconds"/>.</param>
    /// <param name="withScores">Whether the class scores of the source's model are computed, too.</param>
    /// <param name="recordings">Name and path of each recording.</param>
    /// <param name="root">The folder that contains the recordings, for the cache of content hashes.</param>
    /// <param name="directory">Parent folder of the stores.</param>
    /// <param name="cache">Folder of the cache of content hashes; null (default): no cache.</param>
    /// <param name="progress">Receives the number of finished recordings and the number of recordings to compute.</param>
    /// <param name="cancellation">Cancels the computation. Finished recordings are kept.</param>
    /// <exception cref="ArgumentException">
    /// The length is out of range, or scores are requested but the vectors are defined without a model.
    /// </exception>
    /// <exception cref="FeatureStoreException">
    /// Vectors or scores are missing, but their store cannot be written.
    /// </exception>
    /// <exception cref="Audio.AudioFormatException">A recording needs ffmpeg, which is missing.</exception>
    public static EmbeddedFolder Open(
        EmbeddingSource source,
        double length,
        bool withScores,
        IReadOnlyList<(string Name, string Path)> recordings,
        string root,
        string directory,
        string? cache = null,
        IProgress<(int Done, int All)>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(recordings);
        if (Stretch.LengthProblem(length) is { } problem)
            throw new ArgumentException(problem, nameof(length));
        if (withScores && source.Model is null)
            throw new ArgumentException(
                "Class scores are computed by a model, but the vectors are defined without a model.",
                nameof(withScores)
            );
        var vectorKey = source.VectorKey();
        vectorKey["length"] = length;
        var vectors = VectorStore.Open(
            directory,
            vectorKey,
            new VectorForm(source.Width, FeaturePrecision.Float16),
            cancellation
        );
        VectorStore? scores = null;
        try
        {
            if (withScores)
            {
                var scoreKey = source.ScoreKey();
                scoreKey["length"] = length;
                scores = VectorStore.Open(
                    directory,
                    scoreKey,
                    new VectorForm(source.Model!.Classes.Count, FeaturePrecision.Float32),
                    cancellation
                );
            }
            EmbeddedFolder folder = new(source, length, vectors, scores);
            folder.Complete(recordings, root, cache, progress, cancellation);
            return folder;
        }
        catch
        {
            vectors.Dispose();
            scores?.Dispose();
            throw;
        }
    }

    /// <summary>The stretches of a recording.</summary>
    /// <param name="recording">Position of the recording in <see cref="Recordings"/>.</param>
    public IReadOnlyList<Stretch> StretchesOf(int recording) =>
        Stretch.Divide(Recordings[recording].Name, Recordings[recording].Seconds, Length);

    /// <summary>The vector of a stretch, scaled to length 1 and then rounded to float16.</summary>
    /// <param name="recording">Position of the recording in <see cref="Recordings"/>.</param>
    /// <param name="stretch">Number of the stretch, from 0.</param>
    public float[] VectorOf(int recording, int stretch) => Read(vectors, recording, stretch);

    /// <summary>
    /// The class scores of a stretch: the calibrated probability of each class, as the maximum over the frames of the
    /// stretch.
    /// </summary>
    /// <param name="recording">Position of the recording in <see cref="Recordings"/>.</param>
    /// <param name="stretch">Number of the stretch, from 0.</param>
    /// <exception cref="InvalidOperationException">The folder was opened without scores.</exception>
    public float[] ScoresOf(int recording, int stretch) =>
        Read(scores ?? throw new InvalidOperationException("The class scores were not computed."), recording, stretch);

    /// <summary>
    /// The vector of a part of an audio file, computed in the same way as the vectors of the stretches and scaled to
    /// length 1.
    /// </summary>
    /// <param name="path">Path of the audio file.</param>
    /// <param name="onset">Start of the part in seconds.</param>
    /// <param name="offset">End of the part in seconds, after the onset; null: the end of the file.</param>
    /// <param name="cancellation">Cancels the computation.</param>
    /// <returns>The vector, and the end of the part in seconds.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The part begins at or after the end of the file.</exception>
    public (float[] Vector, double Offset) VectorOf(
        string path,
        double onset,
        double? offset,
        CancellationToken cancellation = default
    )
    {
        using var extractor = Source.Features.Extractor(torch.CPU);
        return ClipVector.Of(Source, extractor, path, onset, offset, cancellation);
    }

    /// <summary>The stretches that are most similar to a part of an audio file.</summary>
    /// <param name="path">Path of the audio file, in the folder or elsewhere.</param>
    /// <param name="onset">Start of the part in seconds.</param>
    /// <param name="offset">End of the part in seconds, after the onset; null: the end of the file.</param>
    /// <param name="count">Maximum number of stretches.</param>
    /// <param name="cancellation">Cancels the computation.</param>
    /// <returns>
    /// The stretches in descending order of similarity. Stretches that overlap the part, in the file itself or in a copy of
    /// it, are left out.
    /// </returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="ArgumentException">The part begins at or after the end of the file.</exception>
    public SearchResult Find(
        string path,
        double onset,
        double? offset,
        int count,
        CancellationToken cancellation = default
    )
    {
        var (vector, end) = VectorOf(path, onset, offset, cancellation);
        var content = FileStamp.ContentHash(path);
        HashSet<(int, int)> own =
        [
            .. Enumerable
                .Range(0, Recordings.Count)
                .Where(k => Recordings[k].Content == content)
                .SelectMany(k =>
                    StretchesOf(k)
                        .Index()
                        .Where(one => one.Item.Onset < end && one.Item.Offset > onset)
                        .Select(one => (k, one.Index))
                ),
        ];
        return new SearchResult(
            Find(
                vector,
                count,
                own.Count == 0 ? null : (recording, stretch) => own.Contains((recording, stretch)),
                cancellation
            ),
            own.Count,
            Recordings.Count - Recordings.DistinctBy(one => one.Content, StringComparer.Ordinal).Count()
        );
    }

    /// <summary>The stretches that are most similar to a vector.</summary>
    /// <param name="vector">
    /// The vector, for example from <see cref="VectorOf(string, double, double?, CancellationToken)"/>.
    /// </param>
    /// <param name="count">Maximum number of stretches.</param>
    /// <param name="isExcluded">
    /// Returns whether a stretch is left out, given the position of its recording and the number of the stretch in the
    /// recording, from 0. Null (default): no stretch is left out.
    /// </param>
    /// <param name="cancellation">Cancels the search.</param>
    /// <returns>
    /// The stretches in descending order of cosine similarity. Stretches with the same similarity are in the order of
    /// the recordings. Of recordings with the same content, only the first one is searched.
    /// </returns>
    public IReadOnlyList<SimilarStretch> Find(
        ReadOnlySpan<float> vector,
        int count,
        Func<int, int, bool>? isExcluded = null,
        CancellationToken cancellation = default
    )
    {
        int[] searched =
        [
            .. Enumerable.Range(0, Recordings.Count).DistinctBy(k => Recordings[k].Content, StringComparer.Ordinal),
        ];
        VectorRange[] ranges = [.. searched.Select(k => vectors.Find(Recordings[k].Content)!)];
        return
        [
            .. VectorScan
                .Top(
                    vectors,
                    ranges,
                    vector,
                    count,
                    isExcluded is null ? null : (range, row) => isExcluded(searched[range], row),
                    cancellation
                )
                .Select(hit => new SimilarStretch(
                    searched[hit.Range],
                    StretchesOf(searched[hit.Range])[hit.Row],
                    hit.Similarity
                )),
        ];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        vectors.Dispose();
        scores?.Dispose();
    }

    private void Complete(
        IReadOnlyList<(string Name, string Path)> recordings,
        string root,
        string? cache,
        IProgress<(int Done, int All)>? progress,
        CancellationToken cancellation
    )
    {
        List<string> unreadable = [];
        var readable = recordings.Where(one => IsReadable(one.Path, unreadable)).ToArray();
        var contents = ContentHashes.Of(root, [.. readable.Select(one => one.Path)], cache);
        (string Path, string Content)[] missing =
        [
            .. readable
                .Zip(contents, (one, content) => (one.Path, Content: content))
                .DistinctBy(one => one.Content, StringComparer.Ordinal)
                .Where(one =>
                    vectors.Find(one.Content) is null || (scores is not null && scores.Find(one.Content) is null)
                ),
        ];
        IReadOnlyDictionary<string, string> problems = new Dictionary<string, string>();
        if (missing.Length > 0)
        {
            vectors.RequireWritable();
            scores?.RequireWritable();
            using var extractor = Source.Features.Extractor(torch.CPU);
            StretchExtraction extraction = new(Source, Length, vectors, scores);
            problems = extraction.Run(missing, extractor, progress, cancellation);
        }
        vectors.Release();
        scores?.Release();
        Computed = missing.Length - problems.Count;
        Skipped = [.. unreadable, .. problems.Values];
        Recordings =
        [
            .. readable
                .Zip(contents)
                .Where(one => !problems.ContainsKey(one.Second))
                .Select(one => new EmbeddedRecording(
                    one.First.Name,
                    one.First.Path,
                    one.Second,
                    vectors.Find(one.Second)!.Seconds
                )),
        ];
    }

    private static bool IsReadable(string path, List<string> unreadable)
    {
        try
        {
            using var file = File.OpenRead(path);
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            unreadable.Add(refused.Message);
            return false;
        }
    }

    private float[] Read(VectorStore store, int recording, int stretch)
    {
        var range = store.Find(Recordings[recording].Content)!;
        ArgumentOutOfRangeException.ThrowIfNegative(stretch);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stretch, range.Count);
        var values = new float[store.Form.Width];
        store.Read(range.First + stretch, values);
        return values;
    }
}
