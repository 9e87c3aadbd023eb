using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Training;
using Sed.Core.Training.Losses;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

public sealed class TwoOutputLossTests
{
    [Fact]
    public void Class_weights_frame_masks_and_the_focal_exponent_equal_a_manual_calculation()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        float[,,] strong =
        {
            {
                { 0.2f, 0.9f },
                { 0.6f, 0.4f },
            },
            {
                { 0.5f, 0.1f },
                { 0.7f, 0.3f },
            },
        };
        float[,] weak =
        {
            { 0.8f, 0.3f },
            { 0.1f, 0.6f },
        };
        float[,] labels =
        {
            { 1, 0 },
            { 0, 1 },
        };
        float[,] frames =
        {
            { 1, 1 },
            { 1, 0 },
        };
        double[] positive = [3, 2];
        var options = new TrainingOptions
        {
            StrongWeight = 0.5,
            WeakWeight = 2,
            Loss = new Loss.Focal(2),
        };

        double Each(double p, double y, int k) =>
            -(positive[k] * y * Math.Pow(1 - p, 2) * Math.Log(p)) - (1 - y) * p * p * Math.Log(1 - p);
        double strongSum = 0,
            weakSum = 0,
            counted = 0;
        for (var clip = 0; clip < 2; clip++)
        for (var k = 0; k < 2; k++)
        {
            weakSum += Each(weak[clip, k], labels[clip, k], k);
            for (var frame = 0; frame < 2; frame++)
            {
                strongSum += frames[clip, frame] * Each(strong[clip, frame, k], labels[clip, k], k);
                counted += frames[clip, frame];
            }
        }
        var found = new TwoOutputLoss(options, [.. positive.Select(weight => (float)weight)]).Of(
            new NetworkOutput(tensor(strong), tensor(weak)),
            tensor(labels),
            tensor(frames)
        );
        Assert.Equal(0.5 * strongSum / counted + 2 * weakSum / 4, found.item<float>(), 1e-5);
    }

    [Fact]
    public void A_mask_of_ones_does_not_change_the_loss_of_probabilities_of_0_and_1_and_gradients_are_finite()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        float[] logits = [-200, -101, -95, -90, -80, -3, 0.5f, 3, 16, 20, 200];
        var count = logits.Length;
        TwoOutputLoss loss = new(1, 0);
        foreach (var label in new[] { 0f, 0.25f, 1 })
        {
            var inputs = tensor(logits, [count, 1, 1], requires_grad: true);
            var labels = tensor(Enumerable.Repeat(label, count).ToArray(), [count, 1]);
            for (var clip = 0; clip < count; clip++)
            {
                var strong = inputs[clip..(clip + 1)].sigmoid();
                NetworkOutput output = new(strong, strong.detach().squeeze(1));
                var unmasked = loss.Of(output, labels[clip..(clip + 1)]);
                var masked = loss.Of(output, labels[clip..(clip + 1)], ones(1, 1));
                Assert.Equal(unmasked.item<float>(), masked.item<float>(), 1e-5 * Math.Max(1, unmasked.item<float>()));
                masked.backward();
            }
            Assert.True(inputs.grad!.isfinite().all().item<bool>());
        }
    }

    [Fact]
    public void The_default_loss_is_the_binary_cross_entropy_of_torch()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var strong = rand(3, 5, 4);
        var weak = rand(3, 4);
        var labels = (rand(3, 4) < 0.5).to(float32);
        var repeated = labels.unsqueeze(1).repeat(1, 5, 1);
        var expected =
            nn.functional.binary_cross_entropy(strong, repeated) + nn.functional.binary_cross_entropy(weak, labels);
        var all = ones(3, 5);
        Assert.Equal(
            expected.item<float>(),
            new TwoOutputLoss(1, 1).Of(new NetworkOutput(strong, weak), labels).item<float>(),
            1e-6
        );
        Assert.Equal(
            expected.item<float>(),
            new TwoOutputLoss(1, 1).Of(new NetworkOutput(strong, weak), labels, all).item<float>(),
            1e-6
        );
    }

    public static TheoryData<Loss> Losses =>
        [
            new Loss.CrossEntropy(),
            new Loss.Focal(2),
            new Loss.Focal(0.5),
            new Loss.Asymmetric(1, 4),
            new Loss.Asymmetric(0.1, 0.5),
        ];

    [Theory]
    [MemberData(nameof(Losses))]
    public void Masked_losses_have_finite_gradients_at_probabilities_of_zero_and_one(Loss kind)
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        // Sigmoids of these logits are exactly 0, about 0.5 and exactly 1 in float32.
        using var logits = tensor(new[] { -200f, 0.1f, 200f, -200f, 0.1f, 200f }, [1, 3, 2]).requires_grad_();
        var strong = logits.sigmoid();
        Assert.Equal([0f, 1f], [strong.min().item<float>(), strong.max().item<float>()]);
        var output = new NetworkOutput(strong, strong.mean([1]));
        var options = new TrainingOptions { Loss = kind };
        var labels = tensor(new[] { 1f, 0f }, [1, 2]);
        var frames = tensor(new[] { 1f, 1f, 0f }, [1, 3]);
        var loss = new TwoOutputLoss(options, [2f, 3f]).Of(output, labels, frames);
        loss.backward();
        Assert.True(loss.isfinite().item<bool>());
        Assert.True(logits.grad!.isfinite().all().item<bool>());
    }

    [Fact]
    public void The_asymmetric_loss_equals_a_manual_calculation_and_with_equal_exponents_the_focal_loss()
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        var probabilities = tensor(new float[] { 0.6f, 0.3f, 0.04f }, [1, 3]);
        var labels = tensor(new float[] { 1, 0, 0 }, [1, 3]);
        double[] wanted = [-0.4 * Math.Log(0.6), -0.25 * 0.25 * Math.Log(0.75), 0];
        var found = new Loss.Asymmetric(1, 2, 0.05).Each(probabilities, labels, null);
        for (var k = 0; k < 3; k++)
            Assert.Equal(wanted[k], found[0, k].item<float>(), 1e-6);
        Assert.True(
            new Loss.Asymmetric(2, 2, 0)
                .Each(probabilities, labels, null)
                .allclose(new Loss.Focal(2).Each(probabilities, labels, null))
        );
        Assert.Equal(
            [
                "the asymmetric loss has an exponent of -1; give 0 (cross-entropy) or more",
                "the margin of the asymmetric loss is 1; it must be at least 0 and less than 1",
            ],
            new Loss.Asymmetric(-1, 0, 1).Problems().Select(problem => problem.ToString())
        );
    }
}
