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

    private static nn.Module<Tensor, Tensor> Network() =>
        nn.Sequential(("a", nn.Linear(5, 7)), ("b", nn.Tanh()), ("c", nn.Linear(7, 3)));
}
