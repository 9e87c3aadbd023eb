using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Training;

/// <summary>
/// Saves and restores the training state after an epoch, as named arrays. No random state is saved: each epoch derives
/// its random numbers from the seed, the epoch and the purpose.
/// </summary>
internal static class Checkpoint
{
    private const string About = "about.";
    private const string NetworkPrefix = "network.";
    private const string TeacherPrefix = "teacher.";
    private const string BestPrefix = "best.";
    private const char BetweenNames = '\n';

    /// <summary>Writes the checkpoint. The previous file stays in place until the new one is complete.</summary>
    public static void Write(
        TrainingFolder folder,
        TrainingOptions options,
        TrainingTargets targets,
        TrainingState state
    )
    {
        List<KeyValuePair<string, NumpyArray>> arrays = [];
        foreach (var (name, text) in Identity(folder, options, targets, state.Network))
            arrays.Add(new(About + name, NumpyArray.Of(text)));
        AddHistory(arrays, state.Reports);
        arrays.Add(new("threads", NumpyArray.Of([Torch.Threads])));
        foreach (var (name, array) in NetworkWeights.Of(state.Network))
            arrays.Add(new(NetworkPrefix + name, array));
        arrays.AddRange(state.Optimizer.State);
        if (state.Average is not null)
            arrays.Add(new("average", NumpyArray.Of(state.Average)));
        if (state.Teacher is not null)
            foreach (var (name, array) in NetworkWeights.Of(state.Teacher))
                arrays.Add(new(TeacherPrefix + name, array));
        foreach (var (name, array) in state.Best)
            arrays.Add(new(BestPrefix + name, array));
        NumpyArchive.Write(folder.CheckpointFile, arrays);
    }

    /// <summary>
    /// Restores the training state from the folder's checkpoint; does nothing if the folder has no checkpoint.
    /// </summary>
    /// <exception cref="TrainingException">
    /// The checkpoint has a different network, features, data, standardisation, labels or options; the message lists
    /// every difference.
    /// </exception>
    /// <exception cref="CheckpointException">
    /// The checkpoint is damaged. The state may then be partly restored and must not be used.
    /// </exception>
    public static void Read(
        TrainingFolder folder,
        TrainingOptions options,
        TrainingTargets targets,
        TrainingState state
    )
    {
        if (!File.Exists(folder.CheckpointFile))
            return;
        try
        {
            Put(folder, options, targets, state, NumpyArchive.Read(folder.CheckpointFile));
        }
        // A damaged file can make any step of reading fail, with any exception.
        catch (Exception broken) when (broken is not TrainingException and (not IOException or EndOfStreamException))
        {
            throw new CheckpointException(folder.CheckpointFile, Cause(broken, folder.CheckpointFile), broken);
        }
    }

    private static string Cause(Exception broken, string file) =>
        broken switch
        {
            KeyNotFoundException => "arrays are missing",
            InvalidDataException => broken
                .Message.Split(Environment.NewLine)[0]
                .Replace(file, "")
                .Trim('.', ',', ':', ' '),
            _ => "its arrays are inconsistent",
        };

    private static void Put(
        TrainingFolder folder,
        TrainingOptions options,
        TrainingTargets targets,
        TrainingState state,
        Dictionary<string, NumpyArray> arrays
    )
    {
        Refuse(Identity(folder, options, targets, state.Network), folder, arrays);
        NetworkWeights.Load(state.Network, Part(arrays, NetworkPrefix), "it");
        state.Optimizer.Load(arrays);
        if (state.Average is not null)
            arrays["average"].CopyTo(state.Average);
        if (state.Teacher is not null)
            NetworkWeights.Load(state.Teacher, Part(arrays, TeacherPrefix), "it");
        state.Best = Part(arrays, BestPrefix);
        state.Reports.AddRange(History(arrays, options.KeepsLastEpoch));
        Torch.Threads = (int)arrays["threads"].Longs[0];
    }

    private static void Refuse(
        IEnumerable<(string Name, string Text)> identity,
        TrainingFolder folder,
        Dictionary<string, NumpyArray> arrays
    )
    {
        List<string> differences = [];
        foreach (var (name, wanted) in identity)
            if (arrays[About + name].Text is var kept && kept != wanted)
                differences.Add(
                    $"{name}: the checkpoint has {kept}{Environment.NewLine}    but this training run has {wanted}"
                );
        if (differences.Count > 0)
            throw new TrainingException(
                $"{folder.CheckpointFile} belongs to a different training run; delete it to start this training run again.{Environment.NewLine}  "
                    + string.Join($"{Environment.NewLine}  ", differences)
            );
    }

    private static IEnumerable<(string Name, string Text)> Identity(
        TrainingFolder folder,
        TrainingOptions options,
        TrainingTargets targets,
        SedNetwork network
    ) =>
        [
            ("network", CanonicalKey.Text(network.Description)),
            ("features", folder.Features),
            ("data", folder.Data),
            ("standardisation", targets.Clips.Statistics.Hash()),
            ("labels", CanonicalKey.Text(targets.Key)),
            // A different patience continues the same training run. More epochs do too, unless the learning rate
            // depends on their number.
            ("training", CanonicalKey.Text(options with { Epochs = Epochs(options), Patience = 1 })),
        ];

    private static int Epochs(TrainingOptions options) => options.Schedule.DependsOnEpochs ? options.Epochs : 1;

    private static Dictionary<string, NumpyArray> Part(Dictionary<string, NumpyArray> arrays, string prefix) =>
        arrays
            .Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(entry => entry.Key[prefix.Length..], entry => entry.Value);

    private static void AddHistory(List<KeyValuePair<string, NumpyArray>> arrays, IReadOnlyList<EpochReport> reports)
    {
        string[] metrics = [.. reports.SelectMany(report => report.Scores.Keys).Distinct()];
        double[] numbers =
        [
            .. reports.SelectMany(report =>
                new[]
                {
                    report.Loss,
                    report.Monitor,
                    report.Elapsed.Ticks,
                    report.ClipsPerSecond,
                    report.LearningRate,
                    report.ResidentMiB,
                    report.LiveTensors,
                }
            ),
        ];
        double[] scores =
        [
            .. reports.SelectMany(report =>
                metrics.Select(metric => report.Scores.GetValueOrDefault(metric, double.NaN))
            ),
        ];
        arrays.Add(new("history.epochs", NumpyArray.Of([reports.Count])));
        arrays.Add(new("history.numbers", NumpyArray.Of(numbers)));
        arrays.Add(new("history.metrics", NumpyArray.Of(string.Join(BetweenNames, metrics))));
        arrays.Add(new("history.scores", NumpyArray.Of(scores)));
    }

    private static IEnumerable<EpochReport> History(Dictionary<string, NumpyArray> arrays, bool keepsLastEpoch)
    {
        var epochs = (int)arrays["history.epochs"].Longs[0];
        var numbers = arrays["history.numbers"].Doubles.ToArray().Chunk(7).ToArray();
        var metrics = arrays["history.metrics"].Text.Split(BetweenNames, StringSplitOptions.RemoveEmptyEntries);
        var scores = arrays["history.scores"].Doubles.ToArray();
        var (best, highest) = (0, double.NegativeInfinity);
        for (var i = 0; i < epochs; i++)
        {
            var n = numbers[i];
            if (keepsLastEpoch || n[1] > highest)
                (best, highest) = (i + 1, n[1]);
            var own = metrics
                .Zip(scores[(i * metrics.Length)..((i + 1) * metrics.Length)])
                .Where(score => !double.IsNaN(score.Second))
                .ToDictionary(score => score.First, score => score.Second);
            yield return new EpochReport(i + 1, n[0], own, n[1], best, TimeSpan.FromTicks((long)n[2]), n[3])
            {
                LearningRate = n[4],
                ResidentMiB = n[5],
                LiveTensors = (long)n[6],
            };
        }
    }
}
