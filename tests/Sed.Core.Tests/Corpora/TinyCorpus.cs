using Sed.Core.Annotations;
using Sed.Core.Corpora;

namespace Sed.Core.Tests.Corpora;

/// <summary>Corpora in memory, without audio files.</summary>
internal static class TinyCorpus
{
    /// <summary>Clips with random labels of the classes a, b, c and d, of which c is rare and d rarest.</summary>
    public static Manifest Random(int clips, int seed, int clipsPerSource = 1)
    {
        Random random = new(seed);
        double[] frequency = [0.6, 0.3, 0.1, 0.04];
        string[] classes = ["a", "b", "c", "d"];
        List<Clip> list = [];
        for (var i = 0; i < clips; i++)
            list.Add(
                Clip(
                    $"clip{i}.wav",
                    $"source{i / clipsPerSource}",
                    [.. classes.Where((_, k) => random.NextDouble() < frequency[k])]
                )
            );
        return new Manifest("random", new ClassList(classes), 44_100, 10, list);
    }

    public static Clip Clip(string name, string source, string[] labels, Split split = Split.Training) =>
        new()
        {
            Name = name,
            Source = source,
            AudioPath = name,
            AudioBytes = 1,
            AudioSha256 = "not read",
            DurationSeconds = 10,
            Split = split,
            WeakLabels = labels,
        };
}
