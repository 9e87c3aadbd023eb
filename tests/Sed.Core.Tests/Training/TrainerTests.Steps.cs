using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Optimization;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <content>Learning rates and consistency weights that change from step to step.</content>
public sealed partial class TrainerTests
{
    [Fact]
    public void A_ramp_up_changes_the_learning_rate_with_every_step()
    {
        // The one step of the first of two epochs has the factor exp(-5 / 4).
        var half = Math.Exp(-1.25);
        var (ramped, loss) = Trained(clipsPerStep: 24, new Schedule.RampUp(2), 0.01);
        Assert.Equal(half * 0.01, loss.LearningRate, 1e-12);
        Assert.Equal(Trained(24, new Schedule.Constant(), half * 0.01).Weights, ramped);
        // The last one of three steps has the full rate, and the others have lower rates.
        var (stepped, report) = Trained(8, new Schedule.RampUp(1), 0.01);
        Assert.Equal(0.01, report.LearningRate);
        Assert.NotEqual(Trained(8, new Schedule.Constant(), 0.01).Weights, stepped);
    }

    [Fact]
    public void The_consistency_weight_counts_the_current_step_if_the_teacher_moves_first()
    {
        double Loss(int rampUp, bool movesFirst) =>
            Trained(
                24,
                new Schedule.Constant(),
                0.01,
                new MeanTeacher { Consistency = 100, RampUpEpochs = rampUp },
                movesFirst
            ).Report.Loss;
        Assert.Equal(Loss(0, movesFirst: false), Loss(1, movesFirst: true));
        Assert.True(Loss(1, movesFirst: false) < Loss(1, movesFirst: true));
    }

    /// <summary>The squared norms of the parameters after one epoch, and its report.</summary>
    private static (string Weights, EpochReport Report) Trained(
        int clipsPerStep,
        Schedule schedule,
        double learningRate,
        MeanTeacher? teacher = null,
        bool movesFirst = false
    )
    {
        Torch.Initialize();
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var network = new SedNetwork(hums.Network);
        using var clips = hums.Clips(Split.Training);
        var reports = new Trainer(
            usual with
            {
                Epochs = 1,
                BatchSize = clipsPerStep,
                Optimizer = new Optimizer.Adam(learningRate),
                Schedule = schedule,
                MeanTeacher = teacher,
                TeacherMovesFirst = movesFirst,
                Monitor = TagMetrics.F,
            },
            CPU
        ).Train(network, clips, hums.Evaluator());
        var sums = network.parameters().Select(own => own.to(float64).square().sum().item<double>());
        return (string.Join(' ', sums), reports[0]);
    }
}
