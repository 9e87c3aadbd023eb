using Sed.Core.Networks.Layers;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Networks;

/// <summary>Compares the GRUs in Keras' convention with Keras' equations, written out with double precision.</summary>
[Collection(TorchCollection.Name)]
public sealed class KerasGruTests
{
    private const int Clips = 3;
    private const int Frames = 20;
    private const int Inputs = 4;
    private const int Units = 5;

    public KerasGruTests()
    {
        Torch.Initialize();
        random.manual_seed(1);
    }

    public static TheoryData<Merge?, Candidate> Variants =>
        [
            .. from merge in new Merge?[] { null, Merge.Multiply, Merge.Concatenate }
            from candidate in Enum.GetValues<Candidate>()
            select (merge, candidate),
        ];

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_output_equals_Keras_equations(Merge? merge, Candidate candidate)
    {
        using var module = new Layer.KerasGru(Units, merge, candidate).Build(Shape.Vectors(Frames, Inputs));
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Disturb(module);
        var input = randn(Clips, Frames, Inputs) * 3; // the gates reach 0 and 1
        var forwards = Plain(input, module, "forwards", candidate);
        var wanted = merge switch
        {
            null => forwards,
            Merge.Multiply => forwards * Plain(input, module, "backwards", candidate),
            _ => cat([forwards, Plain(input, module, "backwards", candidate)], 2),
        };
        Assert.True(module.call(input).to(float64).allclose(wanted, 1e-5, 1e-5));
    }

    [Fact]
    public void A_gated_GRU_is_the_product_of_a_linear_and_a_sigmoid_GRU()
    {
        using var module = new Layer.GatedGru(Units).Build(Shape.Vectors(Frames, Inputs));
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        Disturb(module);
        var input = randn(Clips, Frames, Inputs);
        Tensor Both(string name, Candidate candidate) =>
            cat(
                [
                    Plain(input, module, $"{name}.forwards", candidate),
                    Plain(input, module, $"{name}.backwards", candidate),
                ],
                2
            );
        var wanted = Both("values", Candidate.Linear) * Both("gates", Candidate.Sigmoid);
        Assert.True(module.call(input).to(float64).allclose(wanted, 1e-5, 1e-5));
    }

    [Fact]
    public void Gradients_equal_finite_differences()
    {
        const double step = 1e-6;
        using var module = new Layer.GatedGru(2).Build(Shape.Vectors(4, 3));
        using var scope = NewDisposeScope();
        module.to(float64);
        var input = randn(2, 4, 3, float64).requires_grad_();
        var weights = randn(2, 4, 4, float64);
        (module.call(input) * weights).sum().backward();
        using var noGradients = no_grad();
        foreach (var tensor in module.parameters().Append(input))
        {
            var (values, slopes) = (tensor.view(-1), tensor.grad!.view(-1));
            for (var i = 0; i < values.numel(); i++)
            {
                double At(double by)
                {
                    values[i] += by;
                    var value = (module.call(input) * weights).sum().item<double>();
                    values[i] -= by;
                    return value;
                }
                Assert.Equal((At(step) - At(-step)) / (2 * step), slopes[i].item<double>(), 1e-7);
            }
        }
    }

    [Fact]
    public void Weights_start_as_in_Keras()
    {
        using var module = new Layer.KerasGru(64, Merge.Multiply).Build(Shape.Vectors(Frames, 32));
        using var scope = NewDisposeScope();
        var state = module.state_dict();
        foreach (var direction in new[] { "forwards", "backwards" })
        {
            var limit = Math.Sqrt(6.0 / (32 + 3 * 64));
            Assert.Equal([32, 192], state[$"{direction}.kernel"].shape);
            Assert.InRange(state[$"{direction}.kernel"].abs().max().item<float>(), 0.98 * limit, 1.0001 * limit);
            var recurrent = state[$"{direction}.recurrent"];
            Assert.True(recurrent.matmul(recurrent.t()).allclose(eye(64), 1e-4, 1e-5)); // orthogonal over all gates
            Assert.Equal(0, state[$"{direction}.bias"].abs().max().item<float>());
        }
    }

    private static void Disturb(nn.Module module)
    {
        foreach (var parameter in module.parameters())
            parameter.add_(randn_like(parameter) * 0.2);
    }

    /// <summary>Keras' GRU, written out: one direction, shape (clips, frames, units), float64.</summary>
    private static Tensor Plain(Tensor input, nn.Module module, string direction, Candidate candidate)
    {
        var state = module.state_dict();
        double[,] Matrix(string name) => To2D(state[$"{direction}.{name}"]);
        var (kernel, recurrent) = (Matrix("kernel"), Matrix("recurrent"));
        var bias = state[$"{direction}.bias"].to(float64).data<double>().ToArray();
        var units = bias.Length / 3;
        var output = zeros([input.shape[0], input.shape[1], units], float64);
        for (var clip = 0; clip < input.shape[0]; clip++)
        {
            var x = To2D(input[clip]);
            var h = new double[units];
            for (var step = 0; step < x.GetLength(0); step++)
            {
                var frame = direction.EndsWith("backwards", StringComparison.Ordinal)
                    ? x.GetLength(0) - 1 - step
                    : step;
                double Sum(int column, double[] before)
                {
                    var sum = bias[column];
                    for (var i = 0; i < x.GetLength(1); i++)
                        sum += x[frame, i] * kernel[i, column];
                    for (var j = 0; j < units; j++)
                        sum += before[j] * recurrent[j, column];
                    return sum;
                }
                var kept = h.Select((value, j) => HardSigmoid(Sum(units + j, h)) * value).ToArray();
                h =
                [
                    .. h.Select(
                        (value, j) =>
                        {
                            var update = HardSigmoid(Sum(j, h));
                            return update * value + (1 - update) * Activated(candidate, Sum(2 * units + j, kept));
                        }
                    ),
                ];
                for (var j = 0; j < units; j++)
                    output[clip, frame, j] = h[j];
            }
        }
        return output;
    }

    private static double HardSigmoid(double value) => Math.Clamp(0.2 * value + 0.5, 0, 1);

    private static double Activated(Candidate candidate, double value) =>
        candidate switch
        {
            Candidate.Tanh => Math.Tanh(value),
            Candidate.Sigmoid => 1 / (1 + Math.Exp(-value)),
            _ => value,
        };

    private static double[,] To2D(Tensor matrix)
    {
        var values = new double[matrix.shape[0], matrix.shape[1]];
        var flat = matrix.to(float64).contiguous().data<double>().ToArray();
        Buffer.BlockCopy(flat, 0, values, 0, flat.Length * sizeof(double));
        return values;
    }
}
