using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>All that changes while a network trains.</summary>
internal sealed class TrainingState : IDisposable
{
    private readonly FlatParameters parameters;
    private readonly FlatParameters? teacherParameters;

    /// <param name="network">On the device it trains on.</param>
    /// <param name="options">How it is trained.</param>
    public TrainingState(SedNetwork network, TrainingOptions options)
    {
        Network = network;
        parameters = new FlatParameters(network);
        Optimizer = new FlatOptimizer(parameters, options.Optimizer, options.MaxGradientNorm);
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

    /// <summary>The network.</summary>
    public SedNetwork Network { get; }

    /// <summary>What moves its parameters.</summary>
    public FlatOptimizer Optimizer { get; }

    /// <summary>The running average of all parameters, if there is one.</summary>
    public Tensor? Average { get; }

    /// <summary>
    /// The mean teacher, if there is one: a network whose parameters are the running average of the other's. The statistics of
    /// its batch normalisation are its own, of the batches that it is asked about.
    /// </summary>
    public SedNetwork? Teacher { get; }

    /// <summary>The network of the best epoch so far.</summary>
    public Dictionary<string, NumpyArray> Best { get; set; } = [];

    /// <summary>The epochs so far.</summary>
    public List<EpochReport> Reports { get; } = [];

    /// <summary>The best epoch so far, 0 before the first.</summary>
    public int BestEpoch => Reports.Count == 0 ? 0 : Reports[^1].BestEpoch;

    /// <summary>The best monitor so far.</summary>
    public double BestMonitor => BestEpoch == 0 ? double.NegativeInfinity : Reports[BestEpoch - 1].Monitor;

    /// <summary>Moves the running average towards the parameters.</summary>
    /// <param name="past">Share of the past.</param>
    public void MoveAverage(double past)
    {
        using var noGradients = no_grad();
        Average!.Scale(past).Add(parameters.Values, 1 - past);
    }

    /// <summary>Moves the mean teacher's parameters towards the network's.</summary>
    /// <param name="past">Share of the past.</param>
    public void MoveTeacher(double past)
    {
        using var noGradients = no_grad();
        teacherParameters!.Values.Scale(past).Add(parameters.Values, 1 - past);
    }

    /// <summary>Does something with the network that is scored and kept: the mean teacher, or with averaged parameters, where there are such.</summary>
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
        Average?.Dispose();
        teacherParameters?.Dispose();
        Teacher?.Dispose();
        Optimizer.Dispose();
        parameters.Dispose();
    }
}
