using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>Training steps of a network, by default the 218k candidate, on one batch of noise.</summary>
internal sealed class TrainStep : IDisposable
{
    private readonly TrainingState state;
    private readonly TwoOutputLoss loss;

    private readonly Device on;
    private readonly bool rounded;

    /// <param name="batch">Clips in it.</param>
    /// <param name="description">The network; null: the 218k candidate.</param>
    /// <param name="device">Where it is computed; null: on the CPU.</param>
    /// <param name="rounded">Whether in bfloat16.</param>
    public TrainStep(int batch, NetworkDescription? description = null, Device? device = null, bool rounded = false)
    {
        on = device ?? CPU;
        this.rounded = rounded;
        random.manual_seed(1);
        var options = new TrainingOptions();
        description ??= NetworkDescription.Candidate218k();
        Network = new SedNetwork(description);
        Network.to(on);
        Features = randn(batch, description.Frames, description.Bands, device: on).DetachFromDisposeScope();
        Labels = (rand(batch, description.Classes, device: on) < 0.1).to(ScalarType.Float32).DetachFromDisposeScope();
        state = new TrainingState(Network, options);
        loss = new TwoOutputLoss(options);
    }

    public SedNetwork Network { get; }

    public Tensor Features { get; }

    public Tensor Labels { get; }

    /// <summary>One step; gives its loss.</summary>
    public float Run() => Run(Features, Labels);

    /// <summary>One step on other clips; gives its loss.</summary>
    public float Run(Tensor features, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return Step(features, labels).item<float>();
    }

    /// <summary>One step, whose loss stays on the device: nothing waits for it.</summary>
    public void Advance()
    {
        using var scope = NewDisposeScope();
        Step(Features, Labels);
    }

    private Tensor Step(Tensor features, Tensor labels)
    {
        Network.train();
        using var threads = Network.LimitTorchThreads(on, !rounded);
        state.Optimizer.ClearGradients();
        var value = loss.Of(Outputs(features), labels);
        value.backward();
        state.Optimizer.Step(1e-3);
        return value;
    }

    private NetworkOutput Outputs(Tensor features)
    {
        using var scope = rounded ? Autocast.BFloat16(on) : null;
        return Network.call(features);
    }

    /// <summary>Writes the network for tools/reference: NAME.json and NAME.npz.</summary>
    public void Export(string name)
    {
        File.WriteAllText(name + ".json", CanonicalKey.Text(Network.Description));
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
        using var threads = plain.LimitTorchThreads(on, !rounded);
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
