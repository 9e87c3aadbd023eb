using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>Training steps of a network, by default the 218k candidate, on one batch of noise.</summary>
internal sealed class TrainStep : IDisposable
{
    private readonly TrainingState state;
    private readonly TwoOutputLoss loss;

    public TrainStep(int batch, NetworkDescription? description = null)
    {
        random.manual_seed(1);
        var options = new TrainingOptions();
        description ??= NetworkDescription.Candidate218k();
        Network = new SedNetwork(description);
        Features = randn(batch, description.Frames, description.Bands).DetachFromDisposeScope();
        Labels = (rand(batch, description.Classes) < 0.1).to(ScalarType.Float32).DetachFromDisposeScope();
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

    /// <summary>Writes the network for tools/reference: NAME.json and NAME.npz.</summary>
    public void Export(string name)
    {
        File.WriteAllText(name + ".json", NetworkJson.Of(Network.Description));
        NetworkWeights.Write(Network, name + ".npz");
    }

    /// <summary>Writes the batch for tools/reference.</summary>
    public void ExportBatch(string path) =>
        NumpyArchive.Write(
            path,
            new Dictionary<string, NumpyArray>
            {
                ["features"] = NumpyArray.Of(Features),
                ["labels"] = NumpyArray.Of(Labels),
            }
        );

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
