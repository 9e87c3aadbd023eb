using Sed.Core.Corpora;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Labelling;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Clips;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;
using Candidate = Sed.Core.Labelling.Candidate;
using Monitor = Sed.Core.Scoring.Monitor;

namespace Sed.Bench;

/// <summary>
/// Simulates the labelling loop with labels that exist already. In each round, stretches are chosen, at random or with the
/// network of the round before; their labels are revealed; and a new network is trained on all labelled stretches and scored
/// on the fixed test set.
/// </summary>
/// <param name="corpus">The corpus.</param>
/// <param name="steps">
/// Minimum number of optimizer steps of each training run. Small training sets get more epochs to reach it.
/// </param>
internal sealed class LabellingLoop(LoopCorpus corpus, int steps)
{
    /// <summary>All stretches are drawn at random.</summary>
    public const string Random = "random";

    /// <summary>Stretches are chosen by <see cref="Selection"/>, with its default share of random stretches.</summary>
    public const string Chosen = "selection";

    private const int Batch = 16;
    private const int FewestEpochs = 12;

    private readonly int[] pool = corpus.Manifest.IndicesOf(Split.Training);

    // Features need no labels, so the statistics of the whole pool are known from the beginning.
    private readonly BandStatistics statistics = BandStatistics.Fit(
        corpus.Features,
        corpus.Manifest.IndicesOf(Split.Training)
    );

    private readonly Lazy<ReadOnlyMemory<float>[]> embeddings = new(() =>
        [
            .. corpus
                .Manifest.IndicesOf(Split.Training)
                .Select(clip => (ReadOnlyMemory<float>)corpus.Features.VectorOf(clip)),
        ]
    );

    /// <summary>Total length of the pool in seconds.</summary>
    public double PoolSeconds => pool.Sum(clip => corpus.Stretches[clip].Seconds);

    /// <summary>Runs the loop with one strategy. Deterministic.</summary>
    /// <param name="strategy"><see cref="Random"/> or <see cref="Chosen"/>; the first round is random in both.</param>
    /// <param name="seed">Seed of the choices and of training.</param>
    /// <param name="rounds">Number of rounds.</param>
    /// <param name="seconds">Total length of the stretches that are labelled in each round.</param>
    /// <returns>
    /// After each round: the labelled minutes, and the segment-based macro F1 (1 s) on the test set at threshold 0.5.
    /// </returns>
    public IEnumerable<(double Minutes, double MacroF)> Run(string strategy, int seed, int rounds, double seconds)
    {
        HashSet<int> labelled = []; // positions in the pool
        HashSet<int> drawn = [];
        var scores = new float[pool.Length][];
        Array.Fill(scores, new float[corpus.Manifest.Classes.Count]);
        for (var round = 1; round <= rounds && labelled.Count < pool.Length; round++)
        {
            var isRandom = strategy == Random || round == 1;
            int[] open = [.. Enumerable.Range(0, pool.Length).Where(k => !drawn.Contains(k))];
            var choices = Selection.Choose(
                [
                    .. open.Select(k => new Candidate(corpus.Stretches[pool[k]], scores[k], embeddings.Value[k])
                    {
                        IsAnnotated = labelled.Contains(k),
                    }),
                ],
                [.. labelled.Order().Select(k => embeddings.Value[k])],
                [
                    .. corpus.Manifest.Classes.Select(label =>
                        labelled.Count(k => corpus.Manifest.Clips[pool[k]].WeakLabels.Contains(label))
                    ),
                ],
                new SelectionOptions { Seconds = seconds, Round = round } with
                {
                    RandomShare = isRandom ? 1 : new SelectionOptions().RandomShare,
                },
                seed
            );
            foreach (var choice in choices)
            {
                labelled.Add(open[choice.Candidate]);
                if (choice.Inclusion is not null)
                    drawn.Add(open[choice.Candidate]);
            }
            var score = Train(labelled, seed, round, scores);
            yield return (labelled.Sum(k => corpus.Stretches[pool[k]].Seconds) / 60, score);
        }
    }

    /// <summary>
    /// Trains a network on the labelled stretches, writes its scores of all other stretches of the pool to
    /// <paramref name="scores"/>, and returns its macro F1 on the test set.
    /// </summary>
    private double Train(HashSet<int> labelled, int seed, int round, float[][] scores)
    {
        var splits = corpus.Manifest.Clips.Select(clip => clip.Split).ToArray();
        foreach (var clip in pool)
            splits[clip] = Split.Evaluation;
        foreach (var k in labelled)
            splits[pool[k]] = Split.Training;
        var manifest = corpus.Manifest.WithSplits(splits);
        using var training = new ClipSet(manifest, corpus.Features, statistics, Split.Training);
        using var test = new ClipSet(manifest, corpus.Features, statistics, Split.Testing);
        using var watched = Watched();
        random.manual_seed(RandomSource.SeedFor(seed, "weights", round));
        using var network = new SedNetwork(
            new NetworkDescription
            {
                Layers = [new Layer.BidirectionalGru(32, Merge.Concatenate), new Layer.Dense(64, Activation.Relu)],
                Frames = corpus.Features.Frames,
                Bands = corpus.Features.Bands,
                Classes = manifest.Classes.Count,
                Dropout = 0.3,
                Weak = new WeakOutput.LinearSoftmax(),
                LeavesOutPadding = true,
            }
        );
        var perEpoch = (training.Count + Batch - 1) / Batch;
        TrainingOptions options = new()
        {
            Epochs = Math.Max(FewestEpochs, (steps + perEpoch - 1) / perEpoch),
            Patience = int.MaxValue,
            BatchSize = Batch,
            Schedule = new Schedule.Cosine(2),
            Monitor = new Monitor.Score(TagMetrics.F),
            Labels = new Labels.Strong(),
            MaskShortClips = true,
            KeepsLastEpoch = true,
            Seed = RandomSource.SeedFor(seed, "round", round),
            Threads = 1,
        };
        DetectionOptions decoding = new();
        new Trainer(options, CPU).Train(
            network,
            training,
            new Evaluator(watched, corpus.HopSeconds, decoding),
            targets: TrainingTargets.Of(options.Labels, training, corpus.HopSeconds)
        );
        if (labelled.Count < pool.Length)
            using (var rest = new ClipSet(manifest, corpus.Features, statistics, Split.Evaluation))
                Score(network, rest, scores);
        var scored = new Evaluator(test, corpus.HopSeconds, decoding).Evaluate(network, CPU, 64);
        return SegmentMetrics.MacroF.Of(scored.Once());

        // Epochs are not selected, so the score after each epoch is not used; one clip is enough to compute it.
        ClipSet Watched()
        {
            var only = splits.Select(_ => Split.Evaluation).ToArray();
            only[pool.First(clip => manifest.Clips[clip].WeakLabels.Count > 0)] = Split.Validation;
            return new ClipSet(manifest.WithSplits(only), corpus.Features, statistics, Split.Validation);
        }
    }

    /// <summary>
    /// Writes the largest probability of each class over the frames of each stretch to <paramref name="scores"/>.
    /// </summary>
    private void Score(SedNetwork network, ClipSet clips, float[][] scores)
    {
        var positions = pool.Index().ToDictionary(at => at.Item, at => at.Index);
        var classes = corpus.Manifest.Classes.Count;
        foreach (var output in ClipProbabilities.Of(network, clips, CPU, 64))
        {
            var row = clips.Rows[output.Clip];
            var largest = new float[classes];
            for (var at = 0; at < corpus.Features.FramesWithSound(row) * classes; at++)
                largest[at % classes] = Math.Max(largest[at % classes], output.Strong[at]);
            scores[positions[row]] = largest;
        }
    }
}
