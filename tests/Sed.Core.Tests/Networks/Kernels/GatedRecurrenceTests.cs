using Sed.Core.Networks.Kernels.Recurrence;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks.Kernels;

[Collection(TorchCollection.Name)]
public sealed class GatedRecurrenceTests
{
    [Theory]
    [InlineData(1, 1, 16, 16, true)]
    [InlineData(8, 20, 48, 32, true)]
    [InlineData(3, 9, 32, 16, false)]
    [InlineData(13, 25, 48, 32, false)]
    [InlineData(17, 8, 64, 48, true)]
    [InlineData(2, 60, 16, 64, true)]
    public void Outputs_and_gradients_match_torch(int batch, int frames, int inputs, int units, bool multiplies)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var generator = new Generator(11);
        var input = randn(batch, frames, inputs, generator: generator);
        var parameters = Parameters(inputs, units, generator);
        var plainInput = input.to(float64).requires_grad_();
        var plain = Plain(plainInput, parameters, units, multiplies);
        var weights = randn(plain.shape, generator: generator);
        (plain * weights).sum().backward();

        var own = parameters.Select(parameter => parameter.detach().to(float32).requires_grad_()).ToArray();
        var ownInput = input.detach().requires_grad_();
        var layer = new GatedRecurrence(new RecurrentShape(inputs, units, frames, multiplies, 0));
        var output = layer.Train(ownInput, own, 0);
        (output * weights).sum().backward();

        Close.Assert("output", plain, output);
        Close.Assert("without training", plain, layer.Infer(input, own));
        Close.Assert("gradient of the input", plainInput.grad!, ownInput.grad!);
        for (var i = 0; i < own.Length; i++)
            Close.Assert($"gradient {i}", parameters[i].grad!, own[i].grad!);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dropout_masks_outputs_and_gradients_alike(bool multiplies)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var generator = new Generator(2);
        var input = randn(9, 31, 16, generator: generator);
        var parameters = Parameters(16, 32, generator);
        var own = parameters.Select(parameter => parameter.detach().to(float32).requires_grad_()).ToArray();
        var layer = new GatedRecurrence(new RecurrentShape(16, 32, 31, multiplies, 0.25));
        var output = layer.Train(input, own, 77);
        output.square().sum().backward();

        var mask = (output != 0).to(float64) / 0.75;
        var dropped = 1 - mask.mean().item<double>() * 0.75;
        Assert.InRange(dropped, 0.2, 0.3);
        var plain = Plain(input.to(float64), parameters, 32, multiplies) * mask;
        plain.square().sum().backward();
        Close.Assert("output", plain, output);
        for (var i = 0; i < own.Length; i++)
            Close.Assert($"gradient {i}", parameters[i].grad!, own[i].grad!);
    }

    [Fact]
    public void A_training_step_leaks_no_tensor_and_does_not_depend_on_the_number_of_threads()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var generator = new Generator(4);
        var input = randn(21, 12, 16, generator: generator);
        var own = Parameters(16, 16, generator)
            .Select(parameter => parameter.detach().to(float32).requires_grad_())
            .ToArray();
        var layer = new GatedRecurrence(new RecurrentShape(16, 16, 12, true, 0.5));
        float[] Step(int threads)
        {
            Torch.Threads = threads;
            using var step = NewDisposeScope();
            layer.Train(input, own, 3).square().sum().backward();
            var digits = own.SelectMany(parameter => parameter.grad!.data<float>().ToArray()).ToArray();
            foreach (var parameter in own)
                parameter.grad = null;
            return digits;
        }
        var first = Step(1);
        var live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        foreach (var threads in new[] { 1, 2, 3, 7 })
        {
            Assert.Equal(first, Step(threads));
            Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Torch.Threads = Environment.ProcessorCount;
    }

    private static Tensor[] Parameters(int inputs, int units, Generator generator)
    {
        Tensor Weight(params long[] shape) =>
            (randn(shape, generator: generator) / Math.Sqrt(units)).to(float64).requires_grad_();
        Tensor[] Direction() =>
            [Weight(3 * units, inputs), Weight(3 * units, units), Weight(3 * units), Weight(3 * units)];
        return [.. Direction(), .. Direction()];
    }

    private static Tensor Plain(Tensor input, Tensor[] parameters, int units, bool multiplies)
    {
        var forward = Direction(input, parameters[..4], units);
        var backward = Direction(input.flip(1), parameters[4..], units).flip(1);
        return multiplies ? forward * backward : cat([forward, backward], 2);
    }

    /// <summary>PyTorch's GRU, written out.</summary>
    private static Tensor Direction(Tensor input, Tensor[] p, int units)
    {
        var state = zeros(input.shape[0], units, float64);
        List<Tensor> states = [];
        for (var frame = 0; frame < input.shape[1]; frame++)
        {
            var fromInput = (input.select(1, frame).matmul(p[0].t()) + p[2]).chunk(3, 1);
            var fromState = (state.matmul(p[1].t()) + p[3]).chunk(3, 1);
            var reset = (fromInput[0] + fromState[0]).sigmoid();
            var update = (fromInput[1] + fromState[1]).sigmoid();
            var candidate = (fromInput[2] + reset * fromState[2]).tanh();
            state = (1 - update) * candidate + update * state;
            states.Add(state);
        }
        return stack(states, 1);
    }
}
