namespace Sed.Core.Labelling.Embeddings;

/// <summary>
/// The vectors and class scores of a recording that is being processed. The outputs for the windows of its stretches
/// can arrive on any thread and after the recording has been read. Thread-safe.
/// </summary>
/// <param name="complete">Called once, when all stretches are complete.</param>
internal sealed class PendingRecording(Action<PendingRecording> complete)
{
    private readonly Lock turn = new();
    private readonly List<float[]> vectors = [];
    private readonly List<float[]> scores = [];
    private int expected;
    private int arrived;
    private bool isEnded;

    /// <summary>Duration in seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>Whether all vectors and scores are finite.</summary>
    public bool IsFinite => vectors.Concat(scores).All(values => values.All(float.IsFinite));

    /// <summary>The vectors, scaled to length 1, shape (stretches, width).</summary>
    public float[] Vectors => [.. vectors.SelectMany(vector => UnitVector.Of(vector))];

    /// <summary>The class scores, shape (stretches, classes).</summary>
    public float[] Scores => [.. scores.SelectMany(values => values)];

    /// <summary>Adds the next stretch.</summary>
    /// <param name="vector">Vector of the stretch; null if <see cref="Arrive"/> adds it later.</param>
    /// <returns>Number of the stretch, from 0.</returns>
    public int Add(float[]? vector)
    {
        lock (turn)
        {
            vectors.Add(vector ?? []);
            scores.Add([]);
            return vectors.Count - 1;
        }
    }

    /// <summary>Announces a number of windows of a stretch, whose outputs will arrive later.</summary>
    public void Expect(int windows)
    {
        lock (turn)
            expected += windows;
    }

    /// <summary>Adds the outputs for a window of a stretch.</summary>
    /// <param name="stretch">Number of the stretch.</param>
    /// <param name="own">The class scores of the window; the scores of the stretch are the maximum over its windows.</param>
    /// <param name="vector">
    /// The vector of the window; the vector of the stretch is the mean over its windows. Empty if no vectors are
    /// computed.
    /// </param>
    public void Arrive(int stretch, float[] own, float[] vector)
    {
        lock (turn)
        {
            scores[stretch] = Joined(scores[stretch], own, Math.Max);
            // The sum is used instead of the mean, because `Vectors` scales it to length 1 in any case.
            if (vector.Length > 0)
                vectors[stretch] = Joined(vectors[stretch], vector, (a, b) => a + b);
            arrived++;
            CompleteIfDone();
        }
    }

    /// <summary>
    /// States that the recording has no more stretches. All windows must have been announced by <see cref="Expect"/>
    /// before.
    /// </summary>
    /// <param name="seconds">Duration in seconds.</param>
    public void End(double seconds)
    {
        lock (turn)
        {
            (isEnded, Seconds) = (true, seconds);
            CompleteIfDone();
        }
    }

    private void CompleteIfDone()
    {
        if (isEnded && arrived == expected)
            complete(this);
    }

    private static float[] Joined(float[] first, float[] second, Func<float, float, float> join) =>
        first.Length == 0 ? second : [.. first.Zip(second, join)];
}
