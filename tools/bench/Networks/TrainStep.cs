using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using Sed.Core.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Bench;

/// <summary>Training steps of a network on one batch of noise.</summary>
internal sealed class TrainStep : IDisposable
{
    private readonly TrainingState state;
    private readonly TwoOutputLoss loss;

    private readonly Device on;
    private readonly bool bfloat16;

    /// <param name="batch">Clips in the batch.</param>
    /// <param name="description">The network; null: the 218k network.</param>
    /// <param name="device">Device; null: the CPU.</param>
    /// <param name="bfloat16">Whether to compute in bfloat16.</param>
    public TrainStep(int batch, NetworkDescription? description = null, Device? device = null, bool bfloat16 = false)
    {
        on = device ?? CPU;
        this.bfloat16 = bfloat16;
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

    /// <summary>Runs one step and returns its loss.</summary>
    public float Run() => Run(Features, Labels);

    /// <summary>Runs one step on the given features and labels and returns its loss.</summary>
    public float Run(Tensor features, Tensor labels)
    {
        using var scope = NewDisposeScope();
        return Step(features, labels).item<float>();
    }

    /// <summary>Runs one step computed by torch's operations alone, without this library's kernels.</summary>
    /// <param name="isParallel">Whether torch uses all threads instead of one.</param>
    public void RunByTorch(bool isParallel)
    {
        using var scope = NewDisposeScope();
        using var threads = isParallel ? null : Torch.SingleThreaded();
        Network.UseKernels = false;
        Network.train();
        Taken(Features, Labels).item<float>();
        Network.UseKernels = true;
    }

    /// <summary>Runs one step without waiting for the device.</summary>
    public void Advance()
    {
        using var scope = NewDisposeScope();
        Step(Features, Labels);
    }

    private Tensor Step(Tensor features, Tensor labels)
    {
        Network.train();
        using var threads = Network.LimitTorchThreads(on, !bfloat16);
        return Taken(features, labels);
    }

    private Tensor Taken(Tensor features, Tensor labels)
    {
        state.Optimizer.ClearGradients();
        var value = loss.Of(Outputs(features), labels);
        value.backward();
        state.Optimizer.Step(1e-3);
        return value;
    }

    private NetworkOutput Outputs(Tensor features)
    {
        using var scope = bfloat16 ? Autocast.BFloat16(on) : null;
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

    /// <summary>Loss of a network with the same weights and no dropout.</summary>
    public float LossWithoutDropout()
    {
        using var scope = NewDisposeScope();
        using var plain = new SedNetwork(Network.Description with { Dropout = 1e-12 });
        NetworkWeights.Load(plain, NetworkWeights.Of(Network), "the benchmark's network");
        plain.train();
        using var threads = plain.LimitTorchThreads(on, !bfloat16);
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
