using System.Diagnostics;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using TorchSharp;
using static TorchSharp.torch;
using Monitor = Sed.Core.Scoring.Monitor;

namespace Sed.Core.Training;

/// <summary>
/// Trains a network on weak labels, with early stopping. The same seed gives the same digits on the same device, whatever
/// else ran before, and also when training was interrupted and went on from its checkpoint.
/// </summary>
public sealed class Trainer
{
    private readonly TrainingOptions options;
    private readonly Device device;
    private readonly TwoOutputLoss loss;
    private readonly Augmentation augmentation;

    /// <param name="options">How to train.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="ArgumentException">The options have problems; all of them are in the message.</exception>
    /// <exception cref="NotSupportedException">They ask for bfloat16, which the libtorch in use does not offer.</exception>
    public Trainer(TrainingOptions options, Device device)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        if (options.Precision == ComputePrecision.BFloat16)
            Autocast.RequireAvailable();
        this.options = options;
        this.device = device;
        loss = new TwoOutputLoss(options);
        augmentation = new Augmentation(options);
    }

    /// <summary>Trains the network and leaves it with the weights of its best epoch.</summary>
    /// <param name="network">The network, on the trainer's device.</param>
    /// <param name="clips">What it learns from.</param>
    /// <param name="selection">Scores the network after each epoch.</param>
    /// <param name="monitor">What early stopping watches; higher is better.</param>
    /// <param name="progress">Told after each epoch.</param>
    /// <param name="cancellation">Stops training after the current step.</param>
    /// <param name="folder">Where checkpoints are kept and found, and epochs logged; null: nowhere.</param>
    /// <returns>The report of each epoch, those before an interruption included.</returns>
    /// <exception cref="TrainingException">The loss or the monitor is not a number, or the checkpoint is another training's.</exception>
    /// <exception cref="LockLostException">The right to work in the folder was lost; nothing was written after that.</exception>
    public IReadOnlyList<EpochReport> Train(
        SedNetwork network,
        ClipSet clips,
        Evaluator selection,
        Monitor monitor,
        Action<EpochReport>? progress = null,
        CancellationToken cancellation = default,
        TrainingFolder? folder = null
    )
    {
        Torch.Threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        using var state = new TrainingState(network, options);
        if (folder is not null)
        {
            Checkpoint.Read(folder, options, clips, state);
            folder.Right?.Require();
            clips.Statistics.Write(folder.StandardisationFile);
        }
        var log = folder is null ? null : new EpochLog(folder);
        var before = state.Reports.Count > 0 ? state.Reports[^1].Elapsed : TimeSpan.Zero;
        var clock = Stopwatch.StartNew();
        for (
            var epoch = state.Reports.Count + 1;
            epoch <= options.Epochs && epoch - state.BestEpoch <= options.Patience;
            epoch++
        )
        {
            var rate = LearningRate.Of(options, epoch, [.. state.Reports.Select(report => report.Monitor)]);
            var started = clock.Elapsed;
            var meanLoss = Epoch(epoch, rate, state, clips, cancellation);
            var clipsPerSecond = clips.Count / (clock.Elapsed - started).TotalSeconds;
            state.WithScoredNetwork(() =>
            {
                var scored = selection.Evaluate(network, device, options.BatchSize);
                var scores = Scores(scored, monitor);
                var watched = Watched(monitor, scores, scored.HasEvents, epoch);
                var best = watched > state.BestMonitor;
                if (best)
                    state.Best = NetworkWeights.Of(network);
                var bestEpoch = best ? epoch : state.BestEpoch;
                var elapsed = before + clock.Elapsed;
                state.Reports.Add(
                    new(epoch, meanLoss, scores, watched, bestEpoch, elapsed, clipsPerSecond)
                    {
                        LearningRate = rate,
                        ResidentMiB = Environment.WorkingSet / 1048576.0,
                        LiveTensors = Tensor.TotalCount,
                    }
                );
                return best;
            });
            folder?.Right?.Require();
            if (folder is not null)
                Checkpoint.Write(folder, options, clips, state);
            log?.Write(state.Reports);
            progress?.Invoke(state.Reports[^1]);
        }
        NetworkWeights.Load(network, state.Best, "The best epoch");
        folder?.Right?.Require();
        if (folder is not null)
            NetworkWeights.Write(network, folder.NetworkFile);
        return state.Reports;
    }

    /// <summary>The usual metrics and those that early stopping watches; those that are not defined are left out.</summary>
    private static Dictionary<string, double> Scores(ScoredClips scored, Monitor monitor)
    {
        var once = scored.Once();
        return TagMetrics
            .All.Concat(SegmentMetrics.All)
            .Concat(monitor.Metrics)
            .Distinct()
            .Select(metric => (metric.Name, Value: metric.Of(once)))
            .Where(score => !double.IsNaN(score.Value))
            .ToDictionary(score => score.Name, score => score.Value);
    }

    private static double Watched(Monitor monitor, Dictionary<string, double> scores, bool eventsAreKnown, int epoch)
    {
        var watched = monitor.Of(metric => scores.GetValueOrDefault(metric.Name, double.NaN));
        if (!double.IsNaN(watched))
            return watched;
        throw new TrainingException(
            $"What early stopping watches is not a number after epoch {epoch}"
                + (
                    eventsAreKnown
                        ? "."
                        : ": the events of the clips that select are unknown, so only weak scores are defined there; "
                            + "watch those alone, or select on clips with strong labels."
                )
        );
    }

    /// <summary>One pass over the clips.</summary>
    /// <returns>The mean loss.</returns>
    private double Epoch(int epoch, double rate, TrainingState state, ClipSet clips, CancellationToken cancellation)
    {
        state.Network.train();
        random.manual_seed(RandomSource.SeedFor(options.Seed, "dropout", epoch));
        var draw = RandomSource.For(options.Seed, "augmentation", epoch);
        var order = clips.Order(options.Order, options.Seed, epoch);
        using var losses = new EpochLosses(options, device, clips, epoch, order);
        foreach (var batch in clips.Batches(order, options.BatchSize, device))
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var (features, labels) = (batch.Features(), clips.Labels(batch.Clips, device));
            var frames = options.MaskShortClips ? clips.FramesWithSound(batch.Clips, device) : null;
            (features, labels) = augmentation.Apply(features, labels, draw);
            state.Optimizer.ClearGradients();
            var value = loss.Of(Outputs(state.Network, features), labels, frames);
            losses.Add(value);
            value.backward();
            state.Optimizer.Step(rate);
            if (options.WeightAverage is { } past)
                state.MoveAverage(past);
        }
        return losses.Mean();
    }

    private NetworkOutput Outputs(SedNetwork network, Tensor features)
    {
        using var rounded = options.Precision == ComputePrecision.BFloat16 ? Autocast.BFloat16(device) : null;
        return network.call(features);
    }
}
