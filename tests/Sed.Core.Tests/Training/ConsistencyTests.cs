using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Losses;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>The forms of the consistency loss between a network and its mean teacher.</summary>
[Collection(TorchCollection.Name)]
public sealed class ConsistencyTests
{
    private static readonly Hums hums = new();

    public ConsistencyTests() => Torch.Initialize();

    [Fact]
    public void Cross_entropy_has_the_teachers_probabilities_as_targets()
    {
        using var scope = NewDisposeScope();
        var (student, teacher) = (Output(3, 5), Output(3, 5));
        var found = ConsistencyLoss.Of(student, teacher, consistency: new Consistency.CrossEntropy());
        var wanted =
            nn.functional.binary_cross_entropy(student.Strong, teacher.Strong.detach())
            + nn.functional.binary_cross_entropy(student.Weak, teacher.Weak.detach());
        Assert.Equal(wanted.item<float>(), found.item<float>(), 1e-6);
        found.backward();
        Assert.NotNull(student.Strong.grad);
        Assert.Null(teacher.Strong.grad);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(9)]
    [InlineData(33)]
    public void Confident_targets_are_filtered_detections_weighted_by_the_probabilities(int median)
    {
        using var scope = NewDisposeScope();
        random.manual_seed(median);
        const int clips = 6,
            frames = 7,
            classes = 2;
        var (student, teacher) = (Output(clips, frames, classes), Output(clips, frames, classes));
        var (strong, weak) = (Numbers(teacher.Strong), Numbers(teacher.Weak));
        double Cost(Tensor at) => -Math.Log(at.item<float>()); // of a class that is present
        bool IsRaw(int clip, int frame, int label) =>
            weak[clip * classes + label] > 0.4 && strong[(clip * frames + Inside(frame)) * classes + label] > 0.6;
        // The frames of the clip are mirrored at its ends.
        int Inside(int frame) =>
            frame < 0 ? Inside(-1 - frame)
            : frame >= frames ? Inside(2 * frames - 1 - frame)
            : frame;
        double ofClips = 0,
            ofFrames = 0;
        var found = 0;
        for (var clip = 0; clip < clips; clip++)
        for (var label = 0; label < classes; label++)
        {
            var sure = weak[clip * classes + label];
            if (sure > 0.4)
                ofClips += sure * Cost(student.Weak[clip, label]);
            for (var frame = 0; frame < frames; frame++)
            {
                var window = Enumerable.Range(frame - median / 2, median).Select(at => IsRaw(clip, at, label)).Order();
                if (!window.ElementAt(median / 2))
                    continue;
                found++;
                ofFrames +=
                    sure * strong[(clip * frames + frame) * classes + label] * Cost(student.Strong[clip, frame, label]);
            }
        }
        if (median < frames)
            Assert.NotEqual(0, found);
        var loss = ConsistencyLoss.Of(student, teacher, consistency: new Consistency.Confident(0.4, 0.6, median));
        Assert.Equal(ofFrames / (clips * frames * classes) + ofClips / (clips * classes), loss.item<float>(), 1e-5);
    }

    [Fact]
    public void An_interpolated_output_is_compared_with_the_interpolated_outputs_of_the_teacher()
    {
        // A network that squares its features, and a teacher that returns them.
        NetworkOutput Run(SedNetwork network, Tensor features, bool isStudent) =>
            isStudent ? new(features.square(), features.square().mean([1])) : new(features, features.mean([1]));
        using var network = Network();
        TrainingOptions options = new() { MeanTeacher = new MeanTeacher(), Interpolation = new Interpolation(1) };
        using var state = new TrainingState(network, options);
        using var scope = NewDisposeScope();
        var features = rand(5, 8, 3);
        AugmentedBatch batch = new(features, new BatchTargets(zeros(5, 3)) { Kinds = [1, 1, 1, 2, 2] });
        var alone = Loss(options);
        // The same draws of the mixup, with the features as their own labels.
        var mixed = new Mixup(1).Apply(
            batch with
            {
                Targets = batch.Targets with { Frames = features, Tags = features.mean([1]) },
            },
            new Random(3)
        );
        var wanted =
            nn.functional.mse_loss(mixed.Features.square(), mixed.Targets.Frames!)
            + nn.functional.mse_loss(mixed.Features.square().mean([1]), mixed.Targets.Tags);
        Assert.Equal(wanted.Times(2).item<float>(), alone, 1e-6);
        var plain = ConsistencyLoss.Of(Run(network, features, true), Run(network, features, false));
        Assert.Equal(
            wanted.Plus(plain).Times(2).item<float>(),
            Loss(options with { Interpolation = new Interpolation(1, IsAdded: true) }),
            1e-6
        );

        float Loss(TrainingOptions of) =>
            new TeacherConsistency(
                of,
                new AugmentationPipeline([]),
                (own, input, _) => Run(own, input, ReferenceEquals(own, state.Network))
            )
                .Of(state, batch, Run(network, features, true), false, new Random(3), weight: 2)
                .item<float>();
    }

    [Fact]
    public void Interpolated_outputs_count_where_they_count_for_both_clips()
    {
        using var network = Network();
        TrainingOptions options = new() { MeanTeacher = new MeanTeacher(), Interpolation = new Interpolation(1) };
        using var state = new TrainingState(network, options);
        using var scope = NewDisposeScope();
        var features = rand(2, 8, 3).requires_grad_();
        // The first clip is left out, so only the second clip mixed with itself can count.
        BatchTargets targets = new(zeros(2, 3)) { Consistent = tensor(new float[] { 0, 1 }) };
        HashSet<bool> seen = [];
        for (var seed = 0; seed < 8; seed++)
        {
            Tensor? given = null;
            var loss = new TeacherConsistency(
                options,
                new AugmentationPipeline([]),
                (own, input, _) =>
                {
                    if (ReferenceEquals(own, state.Network))
                        given = input;
                    return new(input.sigmoid(), input.square().mean([1]));
                }
            ).Of(state, new(features, targets), default, false, new Random(seed), 1);
            var isSelf = given!.allclose(features);
            seen.Add(isSelf);
            Assert.Equal(0, isSelf ? 0 : loss.item<float>());
        }
        Assert.Equal(2, seen.Count);
    }

    [Fact]
    public void A_teacher_that_moves_first_follows_the_student_by_one_step()
    {
        float[] Weights(bool movesFirst, int epochs)
        {
            using var network = Network();
            using var clips = hums.Clips(Split.Training);
            TrainingOptions options = new()
            {
                Epochs = epochs,
                BatchSize = clips.Count, // one step
                MeanTeacher = new MeanTeacher { Decay = 0.9, Consistency = 1e-30 },
                TeacherMovesFirst = movesFirst,
                KeepsLastEpoch = true,
                Monitor = TagMetrics.F,
            };
            new Trainer(options, CPU).Train(network, clips, hums.Evaluator());
            using var scope = NewDisposeScope();
            return Numbers(cat([.. network.parameters().Select(own => own.flatten())]));
        }
        using var initial = Network();
        using var _ = NewDisposeScope();
        var start = Numbers(cat([.. initial.parameters().Select(own => own.flatten())]));
        // The first move averages equal weights, and the second one gives the student's weights 1/3 instead of 1/2.
        Assert.All(Weights(true, 1).Zip(start), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        var later = Weights(true, 2).Zip(start).Select(pair => pair.First - pair.Second);
        var sooner = Weights(false, 1).Zip(start).Select(pair => pair.First - pair.Second);
        Assert.All(later.Zip(sooner), pair => Assert.Equal(pair.Second * 2 / 3, pair.First, 1e-5f));
        Assert.Contains(sooner, moved => Math.Abs(moved) > 1e-4);
    }

    [Fact]
    public void Labels_that_are_withheld_change_nothing()
    {
        string Weights(bool areChanged)
        {
            using var scope = NewDisposeScope();
            using var network = Network();
            var all = hums.Manifest;
            Labels.Mixed kinds = new([new(new Labels.Strong(), null, 0.5), new(new Labels.Unlabelled(), null, 0.5)]);
            Manifest manifest = new(
                "Hums",
                all.Classes,
                8000,
                all.ClipSeconds,
                [
                    .. all.Clips.Select(
                        (clip, i) =>
                            clip.Split == Split.Training && i % 2 == 1
                                ? clip with
                                {
                                    StrongEvents = null,
                                    IsTagged = false,
                                    WeakLabels = areChanged ? ["low", "high"] : [],
                                }
                                : clip
                    ),
                ]
            );
            using Sed.Core.Training.Clips.ClipSet clips = new(manifest, hums, hums.Statistics, Split.Training);
            TrainingOptions options = new()
            {
                Epochs = 2,
                BatchSize = 8,
                MeanTeacher = new MeanTeacher { RampUpEpochs = 0 },
                Interpolation = new Interpolation(1, IsAdded: true),
                Augmentations = [new Mixup(0.3)],
                Monitor = TagMetrics.F,
            };
            new Trainer(options, CPU).Train(
                network,
                clips,
                hums.Evaluator(),
                targets: TrainingTargets.Of(kinds, clips, Hums.HopSeconds)
            );
            return string.Join(' ', network.parameters().Select(own => own.to(float64).square().sum().item<double>()));
        }
        Assert.Equal(Weights(false), Weights(true));
    }

    [Fact]
    public void Settings_without_a_mean_teacher_and_settings_that_exclude_each_other_are_reported()
    {
        Assert.Equal(
            [
                "the clip threshold of the confident mean teacher is 1; it must be between 0 and 1",
                "the frame threshold of the confident mean teacher is 0; it must be between 0 and 1",
                "the median filter of the confident mean teacher has 4 frames; give an odd number, at least 1",
                "the parameter of the interpolation is 0; it must be greater than 0",
                "`consistency` has no effect, because there is no mean teacher; add `meanTeacher 0.999 2.0 50`",
                "`interpolation` has no effect, because there is no mean teacher; add `meanTeacher 0.999 2.0 50`",
                "`teacherMovesFirst` has no effect, because there is no mean teacher; add `meanTeacher 0.999 2.0 50`",
                "`interpolation` mixes the teacher's probabilities, but `Confident` replaces them by pseudo-labels; leave out one of them",
            ],
            new TrainingOptions
            {
                Consistency = new Consistency.Confident(1, 0, 4),
                Interpolation = new Interpolation(0),
                TeacherMovesFirst = true,
            }
                .Problems()
                .Select(problem => problem.ToString())
        );
    }

    private static SedNetwork Network()
    {
        random.manual_seed(1);
        return new SedNetwork(hums.Network with { Dropout = 0 });
    }

    private static NetworkOutput Output(int clips, int frames, int classes = 3) =>
        new(
            rand(clips, frames, classes).Times(0.9).Plus(0.05).requires_grad_(),
            rand(clips, classes).Times(0.9).Plus(0.05).requires_grad_()
        );

    private static float[] Numbers(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();
}
