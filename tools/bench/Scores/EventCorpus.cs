using Sed.Core.Annotations;

namespace Sed.Bench;

/// <summary>
/// A random corpus of files of 10 s with labels as in DCASE 2017 Task 4, and frame scores. Equal seeds give equal
/// corpora.
/// </summary>
internal static class EventCorpus
{
    public const double HopSeconds = 0.02;
    public const int Frames = 500;

    public static ClassList Classes { get; } = new(Enumerable.Range(1, 17).Select(k => $"Class {k}"));

    /// <summary>Files with one or two events, 1.4 on average.</summary>
    public static EventList Reference(int files, int seed)
    {
        Random random = new(seed);
        return EventList.Of(
            Enumerable
                .Range(0, files)
                .Select(file =>
                    (NameOf(file), (IReadOnlyList<SoundEvent>)Events(random, 1 + (int)(random.NextDouble() * 1.8)))
                )
        );
    }

    /// <summary>The reference with shifted onsets and offsets, missed events and false alarms.</summary>
    public static EventList Estimate(EventList reference, int seed)
    {
        Random random = new(seed);
        List<(string, IReadOnlyList<SoundEvent>)> files = [];
        for (var file = 0; file < reference.Files.Length; file++)
        {
            List<SoundEvent> estimated = random.NextDouble() < 0.3 ? Events(random, 1) : [];
            foreach (var (onset, offset, label) in reference.EventsAt(file))
                if (random.NextDouble() < 0.8)
                    estimated.Add(Shifted(random, onset, offset, label));
            files.Add((reference.Files[file], estimated));
        }
        return EventList.Of(files);
    }

    /// <summary>Frame scores: smooth noise that is higher inside events, or white noise.</summary>
    public static ScoreList Scores(EventList reference, bool smooth, int seed)
    {
        Random random = new(seed);
        return new ScoreList(
            Classes,
            reference.Files.Select(file =>
                (file, FrameScores.Of(Row(random, reference, file, smooth), Classes.Count, HopSeconds))
            )
        );
    }

    private static float[] Row(Random random, EventList reference, string file, bool smooth)
    {
        var scores = new float[Frames * Classes.Count];
        for (var k = 0; k < Classes.Count; k++)
        {
            var drift = 0.0;
            for (var frame = 0; frame < Frames; frame++)
            {
                drift = 0.95 * drift + 0.3 * (random.NextDouble() - 0.5);
                var heard = false;
                foreach (var sound in reference.EventsOf(file))
                    heard |=
                        sound.Label == Classes[k]
                        && sound.Onset <= frame * HopSeconds
                        && frame * HopSeconds < sound.Offset;
                var activation = 3 * drift - 2 + (heard ? 3 : 0);
                scores[frame * Classes.Count + k] = smooth
                    ? (float)(1 / (1 + Math.Exp(-activation)))
                    : random.NextSingle();
            }
        }
        return scores;
    }

    private static List<SoundEvent> Events(Random random, int count)
    {
        List<SoundEvent> events = [];
        for (var k = 0; k < count; k++)
        {
            var onset = Math.Round(random.NextDouble() * 8, 3);
            var offset = Math.Round(onset + 0.2 + random.NextDouble() * (9.8 - onset), 3);
            events.Add(new SoundEvent(onset, offset, Classes[random.Next(Classes.Count)]));
        }
        return events;
    }

    private static SoundEvent Shifted(Random random, double onset, double offset, string label)
    {
        var start = Math.Max(0, Math.Round(onset + 0.6 * (random.NextDouble() - 0.5), 3));
        return new SoundEvent(start, Math.Max(start, Math.Round(offset + 1.2 * (random.NextDouble() - 0.5), 3)), label);
    }

    private static string NameOf(int file) => $"clip-{file:D5}_{30 + file % 60}.000_{40 + file % 60}.000.wav";
}
