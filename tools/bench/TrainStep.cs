using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>Training steps of the 218k candidate on one batch of noise.</summary>
internal sealed class TrainStep : IDisposable
{
    private readonly TrainingState state;
    private readonly TwoOutputLoss loss;

    public TrainStep(int batch)
    {
        random.manual_seed(1);
        var options = new TrainingOptions();
        Network = new SedNetwork(NetworkDescription.Candidate218k());
        Features = randn(batch, 500, 40).DetachFromDisposeScope();
        Labels = (rand(batch, 17) < 0.1).to(ScalarType.Float32).DetachFromDisposeScope();
        state = new TrainingState(Network, options);
        loss = new TwoOutputLoss(options);
    }

    public SedNetwork Network { get; }

    public Tensor Features { get; }

    public Tensor Labels { get; }

    /// <summary>One step; gives its loss.</summary>
    public float Run()
    {
        using var scope = NewDisposeScope();
        Network.train();
        state.Optimizer.ClearGradients();
        var value = loss.Of(Network.call(Features), Labels);
        value.backward();
        state.Optimizer.Step(1e-3);
        return value.item<float>();
    }

    /// <summary>The loss of a network without dropout that has the same weights.</summary>
    public float LossWithoutDropout()
    {
        using var scope = NewDisposeScope();
        using var plain = new SedNetwork(Network.Description with { Dropout = 1e-12 });
        NetworkWeights.Load(plain, NetworkWeights.Of(Network), "the benchmark's network");
        plain.train();
        return loss.Of(plain.call(Features), Labels).item<float>();
    }

    public void Dispose()
    {
        state.Dispose();
        Features.Dispose();
        Labels.Dispose();
        Network.Dispose();
    }
}
