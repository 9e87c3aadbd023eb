using Sed.Core.Runtime;
using Sed.Core.Tests.Networks.Kernels;
using Sed.Core.Training;
using Sed.Core.Training.Optimization;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class FlatOptimizerTests
{
    [Theory]
    [InlineData("Adam", 0, null)]
    [InlineData("Adam", 0.1, null)]
    [InlineData("AdamW", 0.1, 0.5)]
    [InlineData("SGD", 0.1, 0.5)]
    public void Steps_equal_those_of_PyTorch(string name, double decay, double? maxGradientNorm)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var own = Network();
        random.manual_seed(1);
        var plain = Network();
        Optimizer kind = name switch
        {
            "Adam" => new Optimizer.Adam(0.01, decay),
            "AdamW" => new Optimizer.AdamW(0.01, decay),
            _ => new Optimizer.Sgd(0.01, 0.9, decay),
        };
        using var parameters = new FlatParameters(own);
        using var optimizer = new FlatOptimizer(parameters, kind, maxGradientNorm);
        optim.Optimizer reference = name switch
        {
            "Adam" => optim.Adam(plain.parameters(), 0.01, weight_decay: decay),
            "AdamW" => optim.AdamW(plain.parameters(), 0.01, weight_decay: decay),
            _ => optim.SGD(plain.parameters(), 0.01, momentum: 0.9, weight_decay: decay),
        };
        for (var step = 0; step < 20; step++)
        {
            var input = randn(8, 5);
            optimizer.ClearGradients();
            own.call(input).square().sum().backward();
            optimizer.Step(0.01);
            reference.zero_grad();
            plain.call(input).square().sum().backward();
            if (maxGradientNorm is { } limit)
                nn.utils.clip_grad_norm_(plain.parameters(), limit);
            reference.step();
        }
        foreach (var (parameter, value) in plain.named_parameters())
            Close.Assert(parameter, value, own.get_parameter(parameter)!);
    }

    /// <summary>
    /// The formula of PyTorch in double precision: the largest second moment is taken before the bias correction. The
    /// gradients decay, so that it stays larger than the current one.
    /// </summary>
    [Fact]
    public void AMSGrad_divides_by_the_largest_second_moment_so_far_as_PyTorch_does()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var network = nn.Linear(5, 1, hasBias: false);
        using var parameters = new FlatParameters(network);
        using var optimizer = new FlatOptimizer(parameters, new Optimizer.Adam(1e-3, IsAmsGrad: true), null);
        double[] expected = [0.1, 0.2, 0.3, 0.4, 0.5];
        var (first, second, largest) = (new double[5], new double[5], new double[5]);
        using (no_grad())
            parameters.Values.copy_(tensor(expected));
        for (var step = 0; step < 600; step++)
        {
            var gradients = new double[5];
            for (var k = 0; k < 5; k++)
            {
                var gradient = gradients[k] = 10 * Math.Exp(-step / 60.0) * Math.Cos(1.7 * step + k) + 0.2;
                first[k] = 0.9 * first[k] + 0.1 * gradient;
                second[k] = 0.999 * second[k] + 0.001 * gradient * gradient;
                largest[k] = Math.Max(largest[k], second[k]);
                var scale = Math.Sqrt(largest[k] / (1 - Math.Pow(0.999, step + 1))) + 1e-8;
                expected[k] -= 1e-3 / (1 - Math.Pow(0.9, step + 1)) * first[k] / scale;
            }
            parameters.Gradients.copy_(tensor(gradients));
            optimizer.Step(1e-3);
        }
        // Computed by torch.optim.Adam(amsgrad=True) of PyTorch 1.13 in single precision.
        double[] ofPyTorch = [0.04909353, 0.1505581, 0.2538856, 0.3539465, 0.4515918];
        var found = parameters.Values.data<float>().ToArray();
        for (var k = 0; k < 5; k++)
        {
            Assert.Equal(expected[k], found[k], 2e-6);
            Assert.Equal(ofPyTorch[k], found[k], 2e-6);
        }
    }

    /// <summary>
    /// PyTorch's optimizers skip parameters without gradients, and count the steps of each parameter for themselves.
    /// </summary>
    [Theory]
    [InlineData("Adam")]
    [InlineData("AdamW")]
    [InlineData("SGD")]
    public void Groups_with_rates_of_their_own_that_are_frozen_first_equal_those_of_PyTorch(string name)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var own = Network();
        random.manual_seed(1);
        var plain = Network();
        var below = plain.get_parameter("a.weight")!.numel() + 7;
        ParameterGroup[] groups = [new(0, below, 0.3, CanFreeze: true), new(below, 7 * 3 + 3)];
        using var parameters = new FlatParameters(own);
        Optimizer kind = name switch
        {
            "Adam" => new Optimizer.Adam(0.01, 0.1),
            "AdamW" => new Optimizer.AdamW(0.01, 0.1),
            _ => new Optimizer.Sgd(0.01, 0.9, 0.1),
        };
        using var optimizer = new FlatOptimizer(parameters, kind, null, groups);
        optim.Optimizer Reference(IEnumerable<TorchSharp.Modules.Parameter> some, double rate) =>
            name switch
            {
                "Adam" => optim.Adam(some, rate, weight_decay: 0.1),
                "AdamW" => optim.AdamW(some, rate, weight_decay: 0.1),
                _ => optim.SGD(some, rate, momentum: 0.9, weight_decay: 0.1),
            };
        var lower = Reference(plain.parameters().Take(2), 0.003);
        var upper = Reference(plain.parameters().Skip(2), 0.01);
        for (var step = 0; step < 30; step++)
        {
            var isFrozen = step < 20;
            foreach (var parameter in own.parameters().Take(2))
                parameter.requires_grad = !isFrozen;
            var input = randn(8, 5);
            optimizer.ClearGradients();
            own.call(input).square().sum().backward();
            optimizer.Step(0.01, isFrozen);
            plain.zero_grad();
            plain.call(input).square().sum().backward();
            upper.step();
            if (!isFrozen)
                lower.step();
        }
        foreach (var (parameter, value) in plain.named_parameters())
            Close.Assert(parameter, value, own.get_parameter(parameter)!);
    }

    private static nn.Module<Tensor, Tensor> Network() =>
        nn.Sequential(("a", nn.Linear(5, 7)), ("b", nn.Tanh()), ("c", nn.Linear(7, 3)));
}
