using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Tests.Networks;
using Sed.Core.Training;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class PrecisionTests
{
    private static readonly Hums hums = new();
    private static readonly TrainingOptions options = new()
    {
        Epochs = 8,
        Optimizer = new Sed.Core.Training.Optimization.Optimizer.Adam(0.01),
        BatchSize = 7,
        Seed = 3,
        Precision = ComputePrecision.BFloat16,
    };

    public PrecisionTests()
    {
        Torch.Initialize();
        if (!Autocast.IsAvailable)
            Assert.Skip("This libtorch does not export autocast's functions.");
    }

    [Theory]
    [InlineData("dense over all frames")]
    [InlineData("attention")]
    public void Outputs_and_gradients_are_float32_and_close_to_full_precision(string weak)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using SedNetwork network = new(
            hums.Network with
            {
                Dropout = 0,
                Weak = EveryWeakOutput.Named(weak),
                Layers = [.. hums.Network.Layers, new Layer.Custom("own", 1, 9, width => nn.Linear(width, 9))],
            }
        );
        using var clips = hums.Clips(Split.Training);
        int[] order = [0, 1, 2];
        var features = clips.Batches(order, 3, CPU).Single().Features();
        var labels = clips.Labels(order, CPU);
        (NetworkOutput Output, double Loss, Tensor[] Gradients) Step(bool rounded)
        {
            network.zero_grad();
            NetworkOutput output;
            using (rounded ? Autocast.BFloat16(CPU) : null)
                output = network.call(features);
            var loss = new TwoOutputLoss(1, 1).Of(output, labels);
            loss.backward();
            return (output, loss.item<float>(), [.. network.parameters().Select(p => p.grad!.clone())]);
        }
        var exact = Step(rounded: false);
        var rounded = Step(rounded: true);
        Assert.False(Autocast.IsActive);
        Assert.Equal((float32, float32), (rounded.Output.Strong.dtype, rounded.Output.Weak.dtype));
        Assert.True(rounded.Output.Strong.allclose(exact.Output.Strong, 0, 0.02));
        Assert.False(rounded.Output.Strong.allclose(exact.Output.Strong, 0, 1e-6));
        Assert.Equal(exact.Loss, rounded.Loss, exact.Loss / 128);
        Assert.All(
            rounded.Gradients,
            gradient =>
            {
                Assert.Equal(float32, gradient.dtype);
                Assert.True(gradient.isfinite().all().item<bool>());
            }
        );
        double Length(IEnumerable<Tensor> gradients) =>
            cat([.. gradients.Select(g => g.view(-1))]).norm().item<float>();
        var apart = Length(exact.Gradients.Zip(rounded.Gradients, (a, b) => a - b));
        Assert.InRange(apart / Length(exact.Gradients), 1e-6, 0.1);
    }

    [Fact]
    public void Training_converges_reproducibly_and_is_evaluated_in_float32()
    {
        var (reports, network) = Train(options);
        using (network)
        {
            Assert.True(reports[^1].Loss < 0.8 * reports[0].Loss, $"{reports[0].Loss} to {reports[^1].Loss}");
            Assert.All(network.state_dict().Values, tensor => Assert.NotEqual(bfloat16, tensor.dtype));
            var best = reports[reports[^1].BestEpoch - 1];
            var scored = hums.Evaluator().Evaluate(network, CPU, 7);
            Assert.Equal(best.Score(TagMetrics.F), TagMetrics.F.Of(scored));
            Assert.Equal(best.Score(SegmentMetrics.ErrorRate), SegmentMetrics.ErrorRate.Of(scored));
        }
        var (again, other) = Train(options);
        other.Dispose();
        Assert.Equal(reports.Select(report => report.Loss), again.Select(report => report.Loss));
        var (exact, third) = Train(options with { Epochs = 1, Precision = ComputePrecision.Float32 });
        third.Dispose();
        Assert.NotEqual(exact[0].Loss, reports[0].Loss);
    }

    [Fact]
    public void An_epoch_leaks_no_tensor()
    {
        var (reports, network) = Train(options with { Epochs = 3 });
        network.Dispose();
        TorchCollection.AssertNoneIsLeft(reports);
    }

    [Fact]
    public void A_nested_scope_is_rejected_and_a_second_disposal_has_no_effect()
    {
        using (var scope = Autocast.BFloat16(CPU))
        {
            Assert.Throws<InvalidOperationException>(() => Autocast.BFloat16(CPU));
            Assert.True(Autocast.IsActive);
            scope.Dispose();
            Assert.False(Autocast.IsActive);
            using var other = Autocast.BFloat16(CPU);
            scope.Dispose();
            Assert.True(Autocast.IsActive);
        }
        using var disposing = NewDisposeScope();
        var (a, b) = (randn(4, 4), randn(4, 4));
        Assert.Equal(float32, a.mm(b).dtype);
        using (Autocast.BFloat16(CPU))
            Assert.Equal(bfloat16, a.mm(b).dtype);
    }

    private static (IReadOnlyList<EpochReport> Reports, SedNetwork Network) Train(TrainingOptions options)
    {
        random.manual_seed(1);
        // No recurrent layer: its many small products are slow in bfloat16 on CPUs without bfloat16 instructions.
        Layer[] layers = [new Layer.Convolution(16), new Layer.BandPooling(5), new Layer.Dense(16, Activation.Relu)];
        SedNetwork network = new(hums.Network with { Layers = layers });
        TorchCollection.FreeForgottenTensors(); // each convolution of TorchSharp creates one
        using var clips = hums.Clips(Split.Training);
        var reports = new Trainer(options with { Monitor = TagMetrics.F - SegmentMetrics.ErrorRate }, CPU).Train(
            network,
            clips,
            hums.Evaluator(),
            TorchCollection.FreeForgottenTensors
        );
        return (reports, network);
    }
}
