using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>Everything that changes during training: network, optimizer, averages, teacher and history.</summary>
internal sealed class TrainingState : IDisposable
{
    private readonly FlatParameters parameters;
    private readonly FlatParameters? teacherParameters;
    private readonly IReadOnlyList<ParameterGroup> groups;
    private bool isFrozen;

    /// <param name="network">The network to train, already on the training device.</param>
    /// <param name="options">Options that select the optimizer, the weight average and the mean teacher.</param>
    public TrainingState(SedNetwork network, TrainingOptions options)
    {
        Network = network;
        parameters = new FlatParameters(network);
        groups = ParameterGroup.Of(network, options.Frozen ?? [], options.LayerDecay);
        Optimizer = new FlatOptimizer(parameters, options.Optimizer, options.MaxGradientNorm, groups);
        if (options.WeightAverage is not null)
            Average = parameters.Values.clone().DetachFromDisposeScope();
        if (options.MeanTeacher is null)
            return;
        Teacher = new SedNetwork(network.Description) { UseKernels = network.UseKernels };
        Teacher.to(parameters.Values.device);
        Teacher.train();
        NetworkWeights.Load(Teacher, NetworkWeights.Of(network), "The network");
        teacherParameters = new FlatParameters(Teacher);
    }

    /// <summary>The network that the optimizer updates.</summary>
    public SedNetwork Network { get; }

    /// <summary>Optimizer of the network's parameters.</summary>
    public FlatOptimizer Optimizer { get; }

    /// <summary>Running average of all parameters, flattened; null without weight averaging.</summary>
    public Tensor? Average { get; }

    /// <summary>
    /// The mean teacher; null without one. Its parameters are the running average of the network's parameters. Its
    /// batch normalisation statistics come from its own forward passes.
    /// </summary>
    public SedNetwork? Teacher { get; }

    /// <summary>Weights of the best epoch so far, by parameter name; empty before the first epoch.</summary>
    public Dictionary<string, NumpyArray> Best { get; set; } = [];

    /// <summary>Reports of the completed epochs, in order.</summary>
    public List<EpochReport> Reports { get; } = [];

    /// <summary>Number of the best epoch so far, from 1; 0 before the first epoch.</summary>
    public int BestEpoch => Reports.Count == 0 ? 0 : Reports[^1].BestEpoch;

    /// <summary>Highest monitor value so far; negative infinity before the first epoch.</summary>
    public double BestMonitor => BestEpoch == 0 ? double.NegativeInfinity : Reports[BestEpoch - 1].Monitor;

    /// <summary>Freezes the given parts of the network and of the teacher, and unfreezes all other parts.</summary>
    /// <param name="parts">Names of parts; empty: nothing is frozen.</param>
    public void Freeze(IReadOnlyList<string> parts)
    {
        isFrozen = parts.Count > 0;
        Network.Freeze(parts);
        Teacher?.Freeze(parts);
    }

    /// <summary>Updates the parameters from their gradients.</summary>
    /// <param name="rate">Learning rate of this step.</param>
    public void Step(double rate) => Optimizer.Step(rate, isFrozen);

    /// <summary>Updates the running average with the current parameters.</summary>
    /// <param name="past">Weight of the previous average (decay), from 0 to 1.</param>
    public void MoveAverage(double past)
    {
        Move(Average!, past);
    }

    /// <summary>Updates the mean teacher's parameters with the parameters of the network.</summary>
    /// <param name="past">Weight of the previous average (decay), from 0 to 1.</param>
    public void MoveTeacher(double past)
    {
        Move(teacherParameters!.Values, past);
    }

    // Frozen parameters are left out, because averaging a parameter with an equal value can change it by a rounding
    // error.
    private void Move(Tensor average, double past)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var group in groups.Where(group => !(isFrozen && group.CanFreeze)))
            group.Of(average).Scale(past).Add(group.Of(parameters.Values), 1 - past);
    }

    /// <summary>
    /// Runs an action on the network that is scored and saved: the network with averaged parameters if weights are
    /// averaged, otherwise the mean teacher if there is one, otherwise the network.
    /// </summary>
    public T WithScoredNetwork<T>(Func<SedNetwork, T> action)
    {
        if (Average is null)
            return action(Teacher ?? Network);
        using var noGradients = no_grad();
        using var own = parameters.Values.clone();
        parameters.Values.copy_(Average);
        try
        {
            return action(Network);
        }
        finally
        {
            parameters.Values.copy_(own);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Network.Freeze([]);
        Average?.Dispose();
        teacherParameters?.Dispose();
        Teacher?.Dispose();
        Optimizer.Dispose();
        parameters.Dispose();
    }
}
