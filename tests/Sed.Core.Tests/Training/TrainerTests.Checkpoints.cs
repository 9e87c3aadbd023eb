using Sed.Core.Corpora;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using Sed.Core.Training;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

/// <summary>Contents of checkpoints, and errors for checkpoints from which training cannot be resumed.</summary>
public sealed partial class TrainerTests
{
    [Fact]
    public void A_paused_training_continues_with_the_schedule_of_the_whole_training_and_gives_identical_results()
    {
        using var undisturbed = new TemporaryFolder();
        using var paused = new TemporaryFolder();
        var options = usual with { Schedule = new Sed.Core.Training.Optimization.Schedule.Cosine() };
        var expected = Train(options, undisturbed.Path);
        foreach (var epochs in new[] { 1, 1, 3 }) // the second call trains nothing
        {
            Assert.Equal(
                expected.Split('\n').Take(epochs),
                Train(options, paused.Path, pauseAfter: epochs).Split('\n').Take(epochs)
            );
            Assert.Equal(epochs + 1, File.ReadAllLines(Folder(paused.Path).EpochsFile).Length);
            Assert.False(File.Exists(Folder(paused.Path).NetworkFile));
        }
        Assert.Equal(expected, Train(options, paused.Path, pauseAfter: 9));
        Assert.Equal(
            File.ReadAllBytes(Folder(undisturbed.Path).NetworkFile),
            File.ReadAllBytes(Folder(paused.Path).NetworkFile)
        );
        Assert.Throws<ArgumentException>(() => Train(options, null, pauseAfter: 1));
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_rejected_with_all_differences()
    {
        using var folder = new TemporaryFolder();
        Train(usual with { Epochs = 1 }, folder.Path);
        using var network = new SedNetwork(hums.Network with { Dropout = 0.5 });
        var error = Assert.Throws<TrainingException>(() =>
            new Trainer(
                usual with
                {
                    Optimizer = new Sed.Core.Training.Optimization.Optimizer.Adam(1),
                    Monitor = TagMetrics.F,
                },
                CPU
            ).Train(
                network,
                hums.Clips(Split.Training),
                hums.Evaluator(),
                folder: Folder(folder.Path) with
                {
                    Features = "other features",
                    Data = "other data",
                }
            )
        );
        foreach (
            var part in new[]
            {
                "network: the checkpoint has",
                "features: the checkpoint has the hums",
                "data: the checkpoint has",
                "training: the checkpoint has",
            }
        )
            Assert.Contains(part, error.Message);
    }

    [Fact]
    public void A_checkpoint_of_training_with_other_labels_is_rejected_and_both_are_reported()
    {
        using var folder = new TemporaryFolder();
        Train(usual with { Epochs = 1 }, folder.Path);
        var error = Assert.Throws<TrainingException>(() => Train(usual, folder.Path, labels: new Labels.Strong()));
        Assert.Matches(
            "labels: the checkpoint has \\{\"events\":null,\"labels\":\\{\"kind\":\"weakOnly\"\\},\"pseudoLabels\":null\\}\r?\n"
                + "    but this training run has \\{\"events\":\\{\"events\":\"[0-9a-f]{64}\"\\},\"labels\":\\{\"kind\":\"strong\"\\},\"pseudoLabels\":null\\}$",
            error.Message
        );
    }

    [Fact]
    public void A_truncated_checkpoint_is_reported_with_the_remedy()
    {
        using var folder = new TemporaryFolder();
        Train(usual with { Epochs = 1 }, folder.Path);
        var file = Folder(folder.Path).CheckpointFile;
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]);
        var error = Assert.Throws<CheckpointException>(() => Train(usual, folder.Path));
        Assert.Equal(file, error.File);
        Assert.Equal(
            $"{file} is damaged (the file is not a complete .npz archive); delete it to start the training again.",
            error.Message
        );
    }

    [Theory]
    [InlineData("threads", "arrays are missing")]
    [InlineData("about.network", "arrays are missing")]
    public void A_checkpoint_with_a_missing_array_is_reported(string missing, string cause)
    {
        using var folder = new TemporaryFolder();
        Train(usual with { Epochs = 1 }, folder.Path);
        var file = Folder(folder.Path).CheckpointFile;
        NumpyArchive.Write(file, NumpyArchive.Read(file).Where(entry => entry.Key != missing));
        var error = Assert.Throws<CheckpointException>(() => Train(usual, folder.Path));
        Assert.Equal($"{file} is damaged ({cause}); delete it to start the training again.", error.Message);
    }

    [Theory]
    [InlineData("history.epochs")]
    [InlineData("history.numbers")]
    [InlineData("history.scores")]
    [InlineData("threads")]
    public void A_checkpoint_with_inconsistent_arrays_is_reported(string emptied)
    {
        using var folder = new TemporaryFolder();
        Train(usual with { Epochs = 1 }, folder.Path);
        var file = Folder(folder.Path).CheckpointFile;
        var arrays = NumpyArchive.Read(file);
        arrays[emptied] = NumpyArray.Of(Array.Empty<long>());
        NumpyArchive.Write(file, arrays);
        var error = Assert.Throws<CheckpointException>(() => Train(usual, folder.Path));
        Assert.Equal(
            $"{file} is damaged (its arrays are inconsistent); delete it to start the training again.",
            error.Message
        );
    }

    [Fact]
    public void An_epoch_that_was_not_logged_before_an_interruption_is_logged_after_the_resume()
    {
        using var folder = new TemporaryFolder();
        Train(usual with { Epochs = 2 }, folder.Path);
        var file = Folder(folder.Path).EpochsFile;
        var expected = File.ReadAllText(file);
        File.WriteAllLines(file, File.ReadAllLines(file)[..^1]);
        Train(usual with { Epochs = 2 }, folder.Path);
        Assert.Equal(expected, File.ReadAllText(file));
    }

    [Fact]
    public void If_the_last_epoch_is_kept_it_is_the_best_one_and_patience_has_no_effect_after_a_resume()
    {
        using var folder = new TemporaryFolder();
        using var clips = hums.Clips(Split.Training);
        using var network = Network();
        var options = usual with { KeepsLastEpoch = true, Patience = 1 };
        using var kept = new TrainingState(network, options);
        for (var epoch = 1; epoch <= 3; epoch++)
            kept.Reports.Add(new(epoch, 1, new Dictionary<string, double>(), -epoch, epoch, TimeSpan.Zero, 1));
        Checkpoint.Write(Folder(folder.Path), options, TrainingTargets.WeakOnly(clips), kept);
        using var read = new TrainingState(network, options);
        Checkpoint.Read(Folder(folder.Path), options, TrainingTargets.WeakOnly(clips), read);
        Assert.Equal(kept.Reports, read.Reports);
        Assert.False(new Trainer(options, CPU).IsComplete(read.Reports));
    }

    [Fact]
    public void Times_survive_the_checkpoint_exactly()
    {
        using var folder = new TemporaryFolder();
        var clips = hums.Clips(Split.Training);
        using var network = Network();
        using var kept = new TrainingState(network, usual);
        var first = new Trainer(usual with { Epochs = 1, Monitor = TagMetrics.F }, CPU).Train(
            network,
            clips,
            hums.Evaluator()
        )[0];
        var draw = new Random(7);
        for (var epoch = 1; epoch <= 1000; epoch++)
            kept.Reports.Add(first with { Epoch = epoch, Elapsed = TimeSpan.FromTicks(draw.NextInt64(1L << 40)) });
        Checkpoint.Write(Folder(folder.Path), usual, TrainingTargets.WeakOnly(clips), kept);
        using var read = new TrainingState(network, usual);
        Checkpoint.Read(Folder(folder.Path), usual, TrainingTargets.WeakOnly(clips), read);
        Assert.Equal(kept.Reports, read.Reports);
    }
}
