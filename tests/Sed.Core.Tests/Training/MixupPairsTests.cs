using Sed.Core.Training.Augmentations;
using Sed.Core.Training.Targets;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Training;

[Collection(TorchCollection.Name)]
public sealed class MixupPairsTests
{
    private const int Frames = 4;

    /// <summary>Clips whose features, tags and frame labels are their numbers, from 1.</summary>
    private static AugmentedBatch Numbered(int clips)
    {
        Sed.Core.Runtime.Torch.Initialize();
        var numbers = arange(1, clips + 1).to(float32);
        return new(
            numbers.view(-1, 1, 1).expand(-1, Frames, 5),
            new BatchTargets(numbers.view(-1, 1).expand(-1, 3))
            {
                Frames = numbers.view(-1, 1, 1).expand(-1, Frames, 3),
            }
        );
    }

    private static float[] Values(Tensor? values) => values!.contiguous().data<float>().ToArray();

    /// <summary>The value that all elements of each clip have.</summary>
    private static float[] OfClips(Tensor? values) =>
        [
            .. Values(values)
                .Chunk(Values(values).Length / (int)values!.shape[0])
                .Select(clip => clip.Distinct().Single()),
        ];

    [Fact]
    public void Consecutive_clips_become_one_with_a_weight_of_each_pair_and_the_last_odd_clip_is_unchanged()
    {
        using var scope = NewDisposeScope();
        var mixed = new MixupPairs(1).Apply(Numbered(7), new Random(1));
        var clips = OfClips(mixed.Features);
        Assert.Equal(4, clips.Length);
        Assert.Equal(7, clips[3]);
        var shares = clips[..3].Select((value, pair) => 2 * pair + 2 - value).ToArray();
        Assert.All(shares, share => Assert.InRange(share, 0, 1));
        Assert.Equal(3, shares.Distinct().Count());
        Assert.Equal(clips, OfClips(mixed.Targets.Tags));
        Assert.Equal(clips, OfClips(mixed.Targets.Frames));
        Assert.Equal([1f], OfClips(new MixupPairs(1).Apply(Numbered(1), new Random(1)).Features));
    }

    [Fact]
    public void Only_clips_with_the_same_kind_of_labels_are_mixed()
    {
        using var scope = NewDisposeScope();
        var batch = Numbered(6);
        var targets = batch.Targets with
        {
            Kinds = [0, 2, 0, 2, 2, 0],
            Tagged = tensor(new float[] { 0, 1, 0, 1, 1, 0 }),
            Framed = tensor(new float[] { 1, 0, 1, 0, 0, 1 }),
        };
        var mixed = new MixupPairs(1).Apply(batch with { Targets = targets }, new Random(2));
        var clips = OfClips(mixed.Features);
        Assert.InRange(clips[0], 1, 3);
        Assert.InRange(clips[1], 2, 4);
        Assert.Equal([5, 6], clips[2..]);
        Assert.Equal([0, 2, 2, 0], mixed.Targets.Kinds!);
        Assert.Equal([0, 1, 1, 0], Values(mixed.Targets.Tagged));
        Assert.Equal([1, 0, 0, 1], Values(mixed.Targets.Framed));
    }

    [Fact]
    public void Labels_are_known_if_they_are_known_in_both_clips_and_padding_is_padding_of_both()
    {
        using var scope = NewDisposeScope();
        var batch = Numbered(3);
        var targets = batch.Targets with
        {
            KnownTags = tensor(new float[] { 1, 1, 0, 1, 0, 0, 0, 1, 1 }, [3, 3]),
            KnownFrames = tensor(new float[] { 1, 1, 0, 1, 0, 0, 0, 1, 1 }, [3, 1, 3]).expand(-1, Frames, -1),
        };
        var sound = tensor(new float[] { 1, 1, 0, 0, 1, 1, 1, 0, 1, 0, 0, 0 }, [3, Frames]);
        var mixed = new MixupPairs(1).Apply(batch with { Targets = targets, Sound = sound }, new Random(3));
        float[] known = [1, 0, 0, 0, 1, 1];
        Assert.Equal(known, Values(mixed.Targets.KnownTags));
        Assert.Equal(known, Values(mixed.Targets.KnownFrames!.amin([1])));
        Assert.Equal([1, 1, 1, 0, 1, 0, 0, 0], Values(mixed.Sound));
    }

    [Fact]
    public void It_combines_clips_and_is_therefore_refused_for_windows_that_share_one_label()
    {
        Assert.True(new MixupPairs(1).CombinesClips);
    }

    [Fact]
    public void The_parameter_must_be_positive()
    {
        Assert.Equal(
            [
                "the parameter of the mixup of pairs is 0; it must be greater than 0; leave out `mixupPairs` to disable it",
            ],
            new MixupPairs(0).Problems().Select(problem => problem.ToString())
        );
    }
}
