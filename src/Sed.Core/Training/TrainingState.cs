using Sed.Core.Networks;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>All that changes while a network trains.</summary>
internal sealed class TrainingState : IDisposable
{
    private readonly FlatParameters parameters;

    /// <param name="network">On the device it trains on.</param>
    /// <param name="options">How it is trained.</param>
    public TrainingState(SedNetwork network, TrainingOptions options)
    {
        Network = network;
        parameters = new FlatParameters(network);
        Optimizer = new FlatOptimizer(options, parameters);
        if (options.WeightAverage is not null)
            Average = parameters.Values.clone().DetachFromDisposeScope();
    }

    /// <summary>The network.</summary>
    public SedNetwork Network { get; }

    /// <summary>What moves its parameters.</summary>
    public FlatOptimizer Optimizer { get; }

    /// <summary>The running average of all parameters, if there is one.</summary>
    public Tensor? Average { get; }

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

    /// <summary>Does something with the network that is scored and kept: with averaged parameters where there are such.</summary>
    public T WithScoredNetwork<T>(Func<T> action)
    {
        if (Average is null)
            return action();
        using var noGradients = no_grad();
        using var own = parameters.Values.clone();
        parameters.Values.copy_(Average);
        try
        {
            return action();
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
        Optimizer.Dispose();
        parameters.Dispose();
    }
}
