using Sed.Core.Corpora;

namespace Sed.Core.Tests.Corpora;

public sealed class SplitNameTests
{
    [Theory]
    [InlineData(Split.Training, "train.tsv")]
    [InlineData(Split.Training, "metadata/train/weak.tsv")]
    [InlineData(Split.Training, "metadata/train/synthetic20/soundscapes.tsv")]
    [InlineData(Split.Training, "metadata/train/unlabel_in_domain.tsv")]
    [InlineData(Split.Training, "audioset_weak_train_balanced.tsv")]
    [InlineData(Split.Training, "weaktrain.csv")]
    [InlineData(Split.Training, "TrainSet2018.tsv")]
    [InlineData(Split.Training, "training_set_strong.tsv")]
    [InlineData(Split.Training, "weak.tsv")]
    [InlineData(Split.Training, "synthetic.tsv")]
    [InlineData(Split.Training, "evaluation_setup/fold1_train.txt")]
    [InlineData(Split.Training, "dev_train.csv")]
    [InlineData(Split.Validation, "valid.tsv")]
    [InlineData(Split.Validation, "val_weak.tsv")]
    [InlineData(Split.Validation, "weak_validation.tsv")]
    [InlineData(Split.Validation, "annotations/validate/list.tsv")]
    [InlineData(Split.Validation, "validation/synthetic21_validation/soundscapes.tsv")]
    [InlineData(Split.Validation, "dev.csv")]
    [InlineData(Split.Testing, "weak_test.tsv")]
    [InlineData(Split.Testing, "test_weak.tsv")]
    [InlineData(Split.Testing, "test/weak.tsv")]
    [InlineData(Split.Testing, "train/test.tsv")]
    [InlineData(Split.Testing, "testset-strong.tsv")]
    [InlineData(Split.Testing, "validation/test_dcase2018.tsv")]
    [InlineData(Split.Testing, "public_test.tsv")]
    [InlineData(Split.Testing, "dev-test.csv")]
    [InlineData(Split.Testing, "synthetic/weakTest.tsv")]
    [InlineData(Split.Evaluation, "audioset_weak_eval.tsv")]
    [InlineData(Split.Evaluation, "eval/weak.tsv")]
    [InlineData(Split.Evaluation, "weak/evaluation.tsv")]
    [InlineData(Split.Evaluation, "metadata/eval/public.tsv")]
    [InlineData(Split.Evaluation, "public.tsv")]
    [InlineData(Split.Evaluation, "strong_label_evaluation_set.tsv")]
    [InlineData(Split.Evaluation, "unlabelled_eval.tsv")]
    [InlineData(Split.Evaluation, "EvalWeak.tsv")]
    public void A_name_states_its_split_in_whole_words(Split split, string path) =>
        Assert.Equal([split], SplitName.Of(path, isDevelopmentTraining: false).Splits);

    [Theory]
    [InlineData("latest.tsv")]
    [InlineData("contest.tsv")]
    [InlineData("retrieval.tsv")]
    [InlineData("interval/labels.tsv")]
    [InlineData("trainhorn.tsv")]
    [InlineData("strong.tsv")]
    [InlineData("attest.eval.d/devices.tsv", Split.Evaluation)]
    public void A_part_of_a_word_states_nothing(string path, params Split[] splits) =>
        Assert.Equal(splits, SplitName.Of(path, isDevelopmentTraining: false).Splits);

    [Theory]
    [InlineData("train_test.tsv", "train", "test")]
    [InlineData("trainval.tsv", "train", "val")]
    [InlineData("eval-test.tsv", "test", "eval")]
    public void Several_splits_in_one_name_are_a_contradiction(string path, params string[] words)
    {
        var name = SplitName.Of(path, isDevelopmentTraining: false);
        Assert.True(name.IsContradiction);
        Assert.Equal(words, name.Words);
    }

    [Fact]
    public void A_development_set_is_for_training_where_no_other_list_is()
    {
        var name = SplitName.Of("FSD50K.ground_truth/dev.csv", isDevelopmentTraining: true);
        Assert.Equal([Split.Training], name.Splits);
        Assert.Equal("\"dev\" counts as training, because no other list is for training", name.Note);
    }

    [Theory]
    [InlineData("audio/train/a.wav", Split.Training)]
    [InlineData("audio/weak/a.wav", null)]
    [InlineData("latest/a.wav", null)]
    [InlineData("train_test/a.wav", null)]
    [InlineData("eval/weak/a.wav", Split.Evaluation)]
    [InlineData("train.wav", null)]
    public void Folders_of_audio_state_a_split(string path, Split? split) =>
        Assert.Equal(split, SplitName.OfFolders(path));
}
