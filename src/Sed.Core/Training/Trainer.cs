using System.Diagnostics;
using System.Runtime.InteropServices;
using Sed.Core.Networks;
using Sed.Core.Networks.WeakOutputs;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Clips;
using static TorchSharp.torch;
using Monitor = Sed.Core.Scoring.Monitor;

namespace Sed.Core.Training;

/// <summary>
/// Trains a network with early stopping. On one device, the same seed gives bit-identical results, whatever the process
/// computed before and however often training was interrupted and resumed from its checkpoint.
/// </summary>
public sealed class Trainer
{
    private readonly TrainingOptions options;
    private readonly Device device;
    private readonly AugmentationPipeline augmentations;
    private readonly TeacherConsistency consistency;

    /// <param name="options">Optimizer, losses, augmentation and early stopping.</param>
    /// <param name="device">Device of the forward and backward passes.</param>
    /// <exception cref="ArgumentException">The options are invalid; the message lists every problem.</exception>
    /// <exception cref="NotSupportedException">
    /// The options select bfloat16, which the loaded libtorch does not support.
    /// </exception>
    public Trainer(TrainingOptions options, Device device)
    {
        if (options.Problems() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(options));
        if (options.Precision == ComputePrecision.BFloat16)
            Autocast.RequireAvailable();
        this.options = options;
        this.device = device;
        augmentations = new AugmentationPipeline(options.Augmentations);
        consistency = new TeacherConsistency(options, augmentations, Outputs);
    }

    /// <summary>
    /// Trains the network and loads the weights of the best epoch into it. With a mean teacher, the teacher is scored,
    /// and the teacher's weights are loaded. A training run that is paused before <see cref="IsComplete"/> is true does
    /// not write the final weights; another call continues the training run from its checkpoint.
    /// </summary>
    /// <param name="network">The network to train, already on the trainer's device.</param>
    /// <param name="clips">Training clips.</param>
    /// <param name="selection">Scores the network after each epoch.</param>
    /// <param name="progress">Called with the report after each epoch.</param>
    /// <param name="cancellation">
    /// Stops training before the next step, with an <see cref="OperationCanceledException"/>.
    /// </param>
    /// <param name="folder">Folder of the checkpoint and the epoch log; null writes neither.</param>
    /// <param name="targets">Training targets; null uses only the clips' weak labels.</param>
    /// <param name="pauseAfter">
    /// The epoch after which training pauses, at least 1; null (the default) for no pause. A folder is then required. The
    /// learning rates are those of a training run without a pause.
    /// </param>
    /// <returns>One report per epoch, including the epochs before a resume.</returns>
    /// <exception cref="ArgumentException">
    /// One of the following: the targets are for different clips; the batches are too small for the targets; the
    /// network lacks a part that is to be frozen; the output of the first layer is to be augmented, but the network has
    /// no suitable first layer; an augmentation needs other features; training is to be paused without a folder.
    /// </exception>
    /// <exception cref="TrainingException">
    /// The training has diverged, or the monitor is undefined, or the checkpoint belongs to a different training run.
    /// </exception>
    /// <exception cref="LockLostException">
    /// The lock on the folder was lost. Nothing is written to the folder after that.
    /// </exception>
    public IReadOnlyList<EpochReport> Train(
        SedNetwork network,
        ClipSet clips,
        Evaluator selection,
        Action<EpochReport>? progress = null,
        CancellationToken cancellation = default,
        TrainingFolder? folder = null,
        TrainingTargets? targets = null,
        int? pauseAfter = null
    )
    {
        if (pauseAfter is not null && folder is null)
            throw new ArgumentException("A paused training run needs a folder for its checkpoint.", nameof(folder));
        if (pauseAfter < 1)
            throw new ArgumentOutOfRangeException(nameof(pauseAfter), pauseAfter, "pauseAfter must be at least 1.");
        if (options.NetworkProblems(network.Description) is { Count: > 0 } problems)
            throw new ArgumentException(string.Join(Environment.NewLine, problems), nameof(network));
        if (clips.Source is { } features && options.FeatureProblems(features) is { Count: > 0 } unfit)
            throw new ArgumentException(string.Join(Environment.NewLine, unfit), nameof(clips));
        if (clips.Source is null && options.Augmentations.Any(augmentation => augmentation.NeedsEnergies))
            throw new ArgumentException(
                "The augmentations change the sound, so they need the definition of the features; set ClipSet.Source.",
                nameof(clips)
            );
        targets ??= TrainingTargets.WeakOnly(clips);
        targets.Require(clips, options);
        Torch.Threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        using var state = new TrainingState(network, options);
        if (folder is not null)
        {
            Checkpoint.Read(folder, options, targets, state);
            folder.Right?.ThrowIfLost();
            clips.Statistics.Write(folder.StandardisationFile);
        }
        TwoOutputLoss loss = new(options, targets.PositiveWeights(options.PositiveWeight));
        var log = folder is null ? null : new EpochLog(folder);
        // A process that is killed between the two writes of an epoch leaves a CSV file without the checkpoint's last
        // epoch. The TensorBoard files do not get this epoch.
        if (state.Reports.Count > 0)
            log?.WriteTable(state.Reports);
        using var threads = network.LimitTorchThreads(device, options.Precision != ComputePrecision.BFloat16);
        var before = state.Reports.Count > 0 ? state.Reports[^1].Elapsed : TimeSpan.Zero;
        var clock = Stopwatch.StartNew();
        while (!IsComplete(state.Reports) && state.Reports.Count < (pauseAfter ?? int.MaxValue))
        {
            var epoch = state.Reports.Count + 1;
            var rate = options.Schedule.Rate(
                options.Optimizer.LearningRate,
                epoch,
                options.Epochs,
                [.. state.Reports.Select(report => report.Monitor)]
            );
            var started = clock.Elapsed;
            var (meanLoss, taken) = Epoch(epoch, rate, state, loss, targets, cancellation);
            var clipsPerSecond = taken / (clock.Elapsed - started).TotalSeconds;
            state.WithScoredNetwork(kept =>
            {
                var scored = selection.Evaluate(kept, device, options.BatchSize);
                var scores = Scores(scored, options.Monitor);
                var watched = Watched(options.Monitor, scores, scored.HasEvents, epoch);
                var best = options.KeepsLastEpoch || watched > state.BestMonitor;
                if (best)
                    state.Best = NetworkWeights.Of(kept);
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
            folder?.Right?.ThrowIfLost();
            if (folder is not null)
                Checkpoint.Write(folder, options, targets, state);
            log?.Write(state.Reports);
            progress?.Invoke(state.Reports[^1]);
        }
        if (!IsComplete(state.Reports))
            return state.Reports;
        NetworkWeights.Load(network, state.Best, "The best epoch");
        folder?.Right?.ThrowIfLost();
        if (folder is not null)
            NetworkWeights.Write(network, folder.NetworkFile);
        return state.Reports;
    }

    /// <summary>
    /// Whether a training run is finished after its last report: it has trained for the maximum number of epochs, or
    /// the number of epochs without improvement of the monitor has reached the patience.
    /// </summary>
    /// <param name="reports">The reports of all epochs so far.</param>
    public bool IsComplete(IReadOnlyList<EpochReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        return reports.Count >= options.Epochs
            || (reports.Count > 0 && reports[^1].Epoch - reports[^1].BestEpoch >= options.Patience);
    }

    /// <summary>
    /// Computes the tagging, segment-based and monitored metrics, by key. Undefined metrics are left out.
    /// </summary>
    private static Dictionary<string, double> Scores(ScoredClips scored, Monitor monitor)
    {
        var once = scored.Once();
        return TagMetrics
            .All.Concat(SegmentMetrics.All)
            .Concat(monitor.Metrics)
            .Distinct()
            .Select(metric => (metric.Key, Value: metric.Of(once)))
            .Where(score => !double.IsNaN(score.Value))
            .ToDictionary(score => score.Key, score => score.Value);
    }

    private static double Watched(Monitor monitor, Dictionary<string, double> scores, bool eventsAreKnown, int epoch)
    {
        var watched = monitor.Of(metric => scores.GetValueOrDefault(metric.Key, double.NaN));
        if (!double.IsNaN(watched))
            return watched;
        throw new TrainingException(
            $"The early-stopping monitor is undefined (NaN) after epoch {epoch}"
                + (
                    eventsAreKnown
                        ? "."
                        : ": not all clips of the early-stopping split have strong labels, so only clip-level scores "
                            + "are defined; monitor only clip-level scores, or select epochs on clips with strong labels."
                )
        );
    }

    /// <summary>Trains for one epoch.</summary>
    /// <returns>The mean loss and the number of clips used.</returns>
    private (double Loss, int Clips) Epoch(
        int epoch,
        double rate,
        TrainingState state,
        TwoOutputLoss loss,
        TrainingTargets targets,
        CancellationToken cancellation
    )
    {
        var clips = targets.Clips;
        var (outputFrames, frameStep) = (state.Network.Description.OutputFrames, state.Network.Description.FrameStride);
        state.Freeze(options.FrozenIn(epoch));
        state.Network.train();
        state.Teacher?.train();
        random.manual_seed(RandomSource.SeedFor(options.Seed, "dropout", epoch));
        var draw = RandomSource.For(options.Seed, "augmentation", epoch);
        var batches = targets.Batches(options, epoch);
        var steps = (double)batches.Length;
        var addsPseudo = options.PseudoWeight is not null;
        var done = 0;
        using var losses = new EpochLosses(options, device, clips, epoch, batches);
        foreach (var batch in clips.Batches(batches, device))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var frames = options.LeavesOutPadding(clips.MasksPadding)
                ? clips.FramesWithSound(batch.Clips, outputFrames, frameStep, device)
                : null;
            // The mask is not needed for batches without padding, so their weak output is computed by simpler
            // operations.
            var isPooledByMask = state.Network.Description.LeavesOutPadding && clips.HasPadding(batch.Clips);
            var features = options.AugmentsNormalised
                ? state.Network.NormalisedBands(batch.Features())
                : batch.Features();
            var scale = augmentations.NeedsScale ? clips.ScaleOf(batch.Clips, device) : null;
            var shared = augmentations.Shared(
                new(
                    features,
                    targets.Of(batch.Clips, outputFrames, device, frameStep, addsPseudo) with
                    {
                        Annotated = clips.AnnotatedClasses(state.Network.Description.Weak, batch.Clips, device),
                    },
                    frames,
                    frameStep,
                    scale,
                    clips.Source?.Energies
                ),
                draw
            );
            state.Optimizer.ClearGradients();
            var pooled = OutputMask.Of(isPooledByMask ? shared.Sound : null, shared.Targets.Annotated);
            var outputs = Outputs(state.Network, augmentations.PerNetwork(shared, draw), pooled);
            Tensor value;
            try
            {
                value = loss.Of(outputs, shared.Targets, shared.Sound);
            }
            // Torch rejects probabilities that are not finite with an exception that names neither the step nor the
            // clips.
            catch (ExternalException) when (!AreFinite(outputs))
            {
                throw losses.Divergence("The network's outputs are not finite", done);
            }
            var (finished, progress) = (epoch - 1 + done / steps, epoch - 1 + (done + 1) / steps);
            if (options.MeanTeacher is { } mean)
            {
                var weight = mean.WeightAfter(options.TeacherMovesFirst ? progress : finished);
                value = value.Plus(consistency.Of(state, shared, outputs, isPooledByMask, draw, weight));
            }
            losses.Add(value);
            value.backward();
            if (options is { MeanTeacher: { } before, TeacherMovesFirst: true })
                state.MoveTeacher(before.DecayAt(state.Optimizer.Steps + 1));
            state.Step(options.Schedule.RateOfStep(options.Optimizer.LearningRate, rate, progress, options.Epochs));
            if (options.WeightAverage is { } past)
                state.MoveAverage(past);
            if (options is { MeanTeacher: { } after, TeacherMovesFirst: false })
                state.MoveTeacher(after.DecayAt(state.Optimizer.Steps));
            done++;
        }
        return (losses.Mean(), batches.Sum(batch => batch.Length));
    }

    private static bool AreFinite(NetworkOutput outputs)
    {
        using var scope = NewDisposeScope();
        return (outputs.Strong.isfinite().all() & outputs.Weak.isfinite().all()).item<bool>();
    }

    private NetworkOutput Outputs(SedNetwork network, Tensor features, OutputMask? mask)
    {
        using var rounded = options.Precision == ComputePrecision.BFloat16 ? Autocast.BFloat16(device) : null;
        return options.AugmentsNormalised
            ? network.CallAfterNormalisation(features, mask)
            : network.call(features, mask);
    }
}
