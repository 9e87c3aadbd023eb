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
    [InlineData(OptimizerKind.Adam, 0, null)]
    [InlineData(OptimizerKind.Adam, 0.1, null)]
    [InlineData(OptimizerKind.AdamW, 0.1, 0.5)]
    [InlineData(OptimizerKind.Sgd, 0.1, 0.5)]
    public void Steps_equal_torchs(OptimizerKind kind, double decay, double? clip)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        var own = Network();
        random.manual_seed(1);
        var plain = Network();
        var options = new TrainingOptions
        {
            Optimizer = kind,
            WeightDecay = decay,
            ClipNorm = clip,
            LearningRate = 0.01,
        };
        using var parameters = new FlatParameters(own);
        using var optimizer = new FlatOptimizer(
            parameters,
            options.Optimizer,
            options.WeightDecay,
            options.Momentum,
            options.ClipNorm
        );
        optim.Optimizer reference = kind switch
        {
            OptimizerKind.Adam => optim.Adam(plain.parameters(), 0.01, weight_decay: decay),
            OptimizerKind.AdamW => optim.AdamW(plain.parameters(), 0.01, weight_decay: decay),
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
            if (clip is { } limit)
                nn.utils.clip_grad_norm_(plain.parameters(), limit);
            reference.step();
        }
        foreach (var (name, parameter) in plain.named_parameters())
            Close.Assert(name, parameter, own.get_parameter(name)!);
    }

    private static nn.Module<Tensor, Tensor> Network() =>
        nn.Sequential(("a", nn.Linear(5, 7)), ("b", nn.Tanh()), ("c", nn.Linear(7, 3)));
}
