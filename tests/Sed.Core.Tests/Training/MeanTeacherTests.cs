using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class MeanTeacherTests
{
    private static readonly Hums hums = new();

    public MeanTeacherTests() => Torch.Initialize();

    [Fact]
    public void The_consistency_weight_ramps_up_over_epochs_and_the_decay_over_steps()
    {
        MeanTeacher teacher = new()
        {
            Decay = 0.9,
            Consistency = 2,
            RampUpEpochs = 50,
        };
        Assert.Equal(2 * Math.Exp(-5), teacher.WeightAfter(0), 1e-12);
        Assert.Equal(2 * Math.Exp(-1.25), teacher.WeightAfter(25), 1e-12);
        Assert.Equal(2, teacher.WeightAfter(50));
        Assert.Equal(2, teacher.WeightAfter(400));
        Assert.Equal(2, (teacher with { RampUpEpochs = 0 }).WeightAfter(0));
        Assert.Equal([1 / 2.0, 1 - 1 / 3.0, 0.9], new long[] { 1, 2, 1000 }.Select(teacher.DecayAt));
    }

    [Fact]
    public void The_consistency_loss_is_the_mean_squared_error_of_both_outputs_with_gradients_to_the_student_only()
    {
        using var scope = NewDisposeScope();
        Tensor Some(params long[] shape) => rand(shape).requires_grad_();
        NetworkOutput student = new(Some(3, 5, 2), Some(3, 2));
        NetworkOutput teacher = new(Some(3, 5, 2), Some(3, 2));
        var found = ConsistencyLoss.Of(student, teacher);
        var wanted =
            nn.functional.mse_loss(student.Strong, teacher.Strong) + nn.functional.mse_loss(student.Weak, teacher.Weak);
        Assert.Equal(wanted.item<float>(), found.item<float>(), 1e-6);
        Assert.Equal(found.item<float>(), ConsistencyLoss.Of(student, teacher, ones(3, 5, 1)).item<float>(), 1e-6);
        found.backward();
        Assert.NotNull(student.Strong.grad);
        Assert.NotNull(student.Weak.grad);
        Assert.Null(teacher.Strong.grad);
        Assert.Null(teacher.Weak.grad);
    }

    [Fact]
    public void The_teachers_weights_are_the_moving_average_of_the_students_and_have_no_gradients()
    {
        using var network = Network();
        TrainingOptions options = new()
        {
            MeanTeacher = new MeanTeacher(),
            Optimizer = new Sed.Core.Training.Optimization.Optimizer.Adam(0.1),
        };
        using var state = new TrainingState(network, options);
        using var scope = NewDisposeScope();
        var teacher = state.Teacher!;
        var before = Flat(network);
        Assert.True(before.equal(Flat(teacher)).all().item<bool>());
        network.call(randn(2, hums.Frames, hums.Bands)).Strong.mean().backward();
        state.Optimizer.Step(0.1);
        state.MoveTeacher(0.75);
        Assert.True(Flat(teacher).allclose(before.Times(0.75).Plus(Flat(network).Times(0.25)), 1e-6, 1e-7));
        Assert.False(Flat(teacher).allclose(Flat(network), 1e-4, 1e-4));
        Assert.All(teacher.parameters(), own => Assert.Equal(0, own.grad!.abs().sum().item<float>()));
    }

    [Fact]
    public void Outputs_without_gradients_equal_those_with_gradients_and_no_tensor_leaks()
    {
        using var network = Network();
        network.train();
        using var scope = NewDisposeScope();
        var clips = randn(3, hums.Frames, hums.Bands);
        NetworkOutput Said()
        {
            random.manual_seed(7); // the same dropout
            return network.call(clips);
        }
        NetworkOutput Alone()
        {
            using var none = no_grad();
            return Said();
        }
        var with = Said();
        with.Strong.mean().backward();
        Alone();
        TorchCollection.FreeForgottenTensors();
        var before = Tensor.TotalCount;
        var without = Alone();
        Assert.Equal(before + 2, Tensor.TotalCount);
        Assert.False(without.Strong.requires_grad);
        Assert.True(without.Strong.equal(with.Strong).all().item<bool>());
        Assert.True(without.Weak.equal(with.Weak).all().item<bool>());
    }

    [Fact]
    public void The_teacher_is_evaluated_and_saved_with_its_own_batch_statistics()
    {
        using var network = Network();
        using var plain = Network();
        using var clips = hums.Clips(Split.Training);
        var options = new TrainingOptions
        {
            Epochs = 1,
            BatchSize = 7,
            Seed = 3,
        };
        // The consistency weight is negligible, so the student is trained as without a teacher.
        var teacher = new MeanTeacher { Decay = 0.5, Consistency = 1e-30 };
        new Trainer(options with { Monitor = TagMetrics.F }, CPU).Train(plain, clips, hums.Evaluator());
        new Trainer(options with { MeanTeacher = teacher, Monitor = TagMetrics.F }, CPU).Train(
            network,
            clips,
            hums.Evaluator()
        );
        using var scope = NewDisposeScope();
        Assert.False(Flat(network).allclose(Flat(plain), 1e-5, 1e-5));
        var (own, others) = (network.state_dict(), plain.state_dict());
        foreach (var name in own.Keys.Where(name => name.EndsWith("running_mean", StringComparison.Ordinal)))
            Assert.False(own[name].allclose(others[name], 1e-7, 1e-7));
    }

    [Fact]
    public void Consistency_on_unlabelled_clips_changes_the_network()
    {
        Labels.Mixed labels = new([new(new Labels.Strong(), 0.5, 0.5), new(new Labels.Unlabelled(), 0.5, 0.5)]);
        float Weights(double consistency)
        {
            using var network = Network();
            using var clips = hums.Clips(Split.Training);
            var options = new TrainingOptions
            {
                Epochs = 2,
                BatchSize = 8,
                MeanTeacher = new MeanTeacher { Consistency = consistency, RampUpEpochs = 0 },
            };
            new Trainer(options with { Monitor = TagMetrics.F }, CPU).Train(
                network,
                clips,
                hums.Evaluator(),
                targets: TrainingTargets.Of(labels, clips, Hums.HopSeconds)
            );
            using var scope = NewDisposeScope();
            return Flat(network).abs().sum().item<float>();
        }
        Assert.NotEqual(Weights(1e-30), Weights(10));
    }

    [Fact]
    public void Invalid_options_are_reported()
    {
        Assert.Equal(
            [
                "the mean teacher's decay is 1; it must be at least 0 and less than 1",
                "the weight of the consistency loss is 0; it must be greater than 0",
                "the consistency loss's ramp-up lasts -1 epochs; give 0 or more; 0 uses the final weight from the start",
                "a mean teacher and `averageWeights` both average the weights; keep one of them",
            ],
            new TrainingOptions
            {
                MeanTeacher = new MeanTeacher
                {
                    Decay = 1,
                    Consistency = 0,
                    RampUpEpochs = -1,
                },
                WeightAverage = 0.9,
            }
                .Problems()
                .Select(problem => problem.ToString())
        );
    }

    private static SedNetwork Network()
    {
        random.manual_seed(1);
        return new SedNetwork(hums.Network);
    }

    private static Tensor Flat(SedNetwork network)
    {
        using var noGradients = no_grad();
        return cat([.. network.parameters().Select(own => own.flatten())]).clone();
    }
}
