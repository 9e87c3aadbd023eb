using System.Diagnostics;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>Trains a network on weak labels, with early stopping. One thread; the same seed gives the same digits on the CPU.</summary>
public sealed class Trainer
{
    private readonly TrainingOptions options;
    private readonly Device device;

    /// <param name="options">How to train.</param>
    /// <param name="device">Where to compute.</param>
    /// <exception cref="ArgumentException">The options have problems; all of them are in the message.</exception>
    public Trainer(TrainingOptions options, Device device)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        this.options = options;
        this.device = device;
    }

    /// <summary>Trains the network and leaves it with the weights of its best epoch.</summary>
    /// <param name="network">The network, on the trainer's device.</param>
    /// <param name="clips">What it learns from.</param>
    /// <param name="selection">Scores the network after each epoch.</param>
    /// <param name="monitor">What early stopping watches; higher is better.</param>
    /// <param name="progress">Told after each epoch.</param>
    /// <param name="cancellation">Stops training after the current step.</param>
    /// <returns>The report of each epoch.</returns>
    /// <exception cref="TrainingException">The loss is no longer a number.</exception>
    public IReadOnlyList<EpochReport> Train(
        SedNetwork network,
        ClipSet clips,
        Evaluator selection,
        Func<Scores, double> monitor,
        Action<EpochReport>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var loss = new TwoOutputLoss(options.StrongWeight, options.WeakWeight);
        using var optimizer = optim.Adam(network.parameters(), options.LearningRate);
        var clock = Stopwatch.StartNew();
        List<EpochReport> reports = [];
        Dictionary<string, Tensor> best = [];
        var (bestEpoch, bestMonitor) = (0, double.NegativeInfinity);
        try
        {
            for (var epoch = 1; epoch <= options.Epochs && epoch - bestEpoch <= options.Patience; epoch++)
            {
                var started = clock.Elapsed;
                var meanLoss = Epoch(epoch, network, clips, loss, optimizer, cancellation);
                var clipsPerSecond = clips.Count / (clock.Elapsed - started).TotalSeconds;
                var scores = selection.Evaluate(network, device, options.BatchSize).Scores;
                var watched = monitor(scores);
                if (watched > bestMonitor)
                {
                    (bestEpoch, bestMonitor) = (epoch, watched);
                    Keep(network, best);
                }
                reports.Add(new(epoch, meanLoss, scores, watched, bestEpoch, clock.Elapsed, clipsPerSecond));
                progress?.Invoke(reports[^1]);
            }
            network.load_state_dict(best);
            return reports;
        }
        finally
        {
            foreach (var kept in best.Values)
                kept.Dispose();
        }
    }

    private double Epoch(
        int epoch,
        SedNetwork network,
        ClipSet clips,
        TwoOutputLoss loss,
        optim.Optimizer optimizer,
        CancellationToken cancellation
    )
    {
        network.train();
        random.manual_seed(RandomSource.SeedFor(options.Seed, "dropout", epoch));
        int[] order = [.. Enumerable.Range(0, clips.Count)];
        RandomSource.For(options.Seed, "order", epoch).Shuffle(order);
        var sum = 0.0;
        for (var start = 0; start < order.Length; start += options.BatchSize)
        {
            cancellation.ThrowIfCancellationRequested();
            using var step = NewDisposeScope();
            var batch = order.AsSpan(start, Math.Min(options.BatchSize, order.Length - start));
            var (features, labels) = clips.Batch(batch, device);
            optimizer.zero_grad();
            var value = loss.Of(network.call(features), labels);
            value.backward();
            optimizer.step();
            var number = value.item<float>();
            if (!float.IsFinite(number))
                throw new TrainingException(
                    $"The loss is {number} in epoch {epoch}, step {start / options.BatchSize + 1}; a lower learning rate may help."
                );
            sum += number * (double)batch.Length;
        }
        return sum / clips.Count;
    }

    private static void Keep(SedNetwork network, Dictionary<string, Tensor> best)
    {
        using var noGradients = no_grad();
        foreach (var (name, tensor) in network.state_dict())
            if (best.TryGetValue(name, out var kept))
                kept.copy_(tensor);
            else
                best[name] = tensor.detach().clone().DetachFromDisposeScope();
    }
}
