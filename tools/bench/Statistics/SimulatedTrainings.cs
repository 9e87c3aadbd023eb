using Sed.Core.Annotations;
using Sed.Core.Detection;
using Sed.Core.Scoring;

namespace Sed.Bench;

/// <summary>
/// Simulates clips of a population, and networks that are trained with one configuration. Each training run has its own
/// effect on the quality and the bias of each class. Each clip has a difficulty for each class, which is the same for all
/// networks. In addition, each network makes its own errors on each clip. With 440 clips, weak F is about 0.64, and its
/// standard deviation over training runs is 0.023.
/// </summary>
internal sealed class SimulatedTrainings(ulong seed)
{
    private const int Frames = 10; // of 1 s
    private const float SeedEffect = 0.14f;

    private static readonly ClassList Classes = new([.. Enumerable.Range(1, 17).Select(k => $"class {k}")]);
    private static readonly double[] Frequencies = FrequenciesOf(Classes.Count);

    private ulong state = seed;
    private float? spare;

    /// <summary>
    /// The effects of one training run: first on the quality of each class, then on the bias of each class.
    /// </summary>
    public float[] Training()
    {
        var (quality, bias) = (Normal(), Normal());
        return
        [
            .. Enumerable.Range(0, Classes.Count).Select(_ => SeedEffect * (quality + 2 * Normal())),
            .. Enumerable.Range(0, Classes.Count).Select(_ => SeedEffect * (bias + 1.5f * Normal())),
        ];
    }

    /// <summary>Clips with their events and their difficulty, which all networks share.</summary>
    public SimulatedClips Clips(int count)
    {
        var width = Classes.Count * Frames;
        var (active, difficulty) = (new bool[count * width], new float[count * width]);
        List<(string, IReadOnlyList<SoundEvent>)> events = [];
        for (var clip = 0; clip < count; clip++)
        {
            List<SoundEvent> own = [];
            var labels = 1 + (Uniform() < 0.27 ? 1 : 0) + (Uniform() < 0.04 ? 1 : 0);
            for (var label = 0; label < labels; label++)
            {
                var place = Uniform();
                var k = Array.FindIndex(Frequencies, bound => place < bound);
                if (own.Any(one => one.Label == Classes[k]))
                    continue;
                var seconds = Math.Clamp(Math.Exp(1.2 + 0.9 * Normal()), 0.6, Frames);
                var onset = Uniform() * (Frames - seconds);
                own.Add(new SoundEvent(onset, onset + seconds, Classes[k]));
                for (var frame = (int)onset; frame < Math.Min(Frames, Math.Ceiling(onset + seconds)); frame++)
                    active[clip * width + frame * Classes.Count + k] = true;
            }
            events.Add(($"{clip}", own));
            for (var k = 0; k < Classes.Count; k++)
            {
                var ofClip = 1.1f * Normal();
                for (var frame = 0; frame < Frames; frame++)
                    difficulty[clip * width + frame * Classes.Count + k] = ofClip + 0.5f * Normal();
            }
        }
        var tags = new bool[count * Classes.Count];
        for (var at = 0; at < active.Length; at++)
            tags[at / width * Classes.Count + at % Classes.Count] |= active[at];
        return new(
            new ClipTruth(Classes, [.. events.Select(one => one.Item1)], tags, EventList.Of(events)),
            active,
            difficulty
        );
    }

    /// <summary>The outputs of a trained network for clips.</summary>
    public ScoredClips Outputs(SimulatedClips clips, float[] training)
    {
        var count = clips.Truth.Names.Count;
        var (strong, weak) = (new float[clips.Active.Length], new float[count * Classes.Count]);
        for (var clip = 0; clip < count; clip++)
        for (var k = 0; k < Classes.Count; k++)
        {
            var ofClip = 0.8f * Normal();
            var quality = 3.6f + 1.8f * ((7 * k % Classes.Count) / (Classes.Count - 1f) - 0.5f) + training[k];
            var isTagged = clips.Truth.Tags[clip * Classes.Count + k];
            for (var frame = 0; frame < Frames; frame++)
            {
                var at = (clip * Frames + frame) * Classes.Count + k;
                var signal =
                    clips.Active[at] ? quality
                    : isTagged ? 0.9f
                    : 0;
                var logit =
                    -3.6f + training[Classes.Count + k] + signal + clips.Difficulty[at] + ofClip + 0.4f * Normal();
                strong[at] = 1 / (1 + MathF.Exp(-logit));
                weak[clip * Classes.Count + k] = Math.Max(weak[clip * Classes.Count + k], strong[at]);
            }
        }
        return new ScoredClips(
            clips.Truth,
            new ClipScores(clips.Truth.Names, Frames, 1.0, strong, weak),
            new DetectionOptions()
        );
    }

    // Classes differ by a factor of 2 in frequency, as in the built-in corpus.
    private static double[] FrequenciesOf(int classes)
    {
        double[] shares = [.. Enumerable.Range(0, classes).Select(k => 1 / (1 + k / (double)classes))];
        var sum = 0.0;
        return [.. shares.Select((share, k) => k == classes - 1 ? 1.0 : sum += share / shares.Sum())];
    }

    private double Uniform() => (Next() >> 11) * (1.0 / (1UL << 53));

    // Box and Muller (1958).
    private float Normal()
    {
        if (spare is { } kept)
        {
            spare = null;
            return kept;
        }
        var bits = Next();
        var radius = MathF.Sqrt(-2 * MathF.Log(((bits >> 40) + 1) * (1f / (1 << 24))));
        var (sine, cosine) = MathF.SinCos(2 * MathF.PI * ((bits & 0xFFFFFF) * (1f / (1 << 24))));
        spare = radius * sine;
        return radius * cosine;
    }

    // SplitMix64 (Steele, Lea and Flood 2014).
    private ulong Next()
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

/// <summary>Simulated clips.</summary>
/// <param name="Truth">Events and tags of the clips.</param>
/// <param name="Active">Whether a class is active, shape (clips, frames, classes).</param>
/// <param name="Difficulty">Offset that is added to the logits of all networks, shape (clips, frames, classes).</param>
internal sealed record SimulatedClips(ClipTruth Truth, bool[] Active, float[] Difficulty);
