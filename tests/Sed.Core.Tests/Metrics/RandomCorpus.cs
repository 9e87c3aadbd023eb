using FsCheck;
using FsCheck.Fluent;
using Sed.Core.Annotations;

namespace Sed.Core.Tests.Metrics;

/// <summary>Small random corpora with difficult cases: equal times, overlaps, repetitions, events of length 0, empty files.</summary>
internal sealed record RandomCorpus(
    IReadOnlyList<IReadOnlyList<SoundEvent>> Reference,
    IReadOnlyList<IReadOnlyList<SoundEvent>> Estimate
)
{
    private static readonly Config quiet = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);

    public static ClassList Classes { get; } = new(["Bus", "Car", "Train"]);

    public int Files => Reference.Count;

    public override string ToString() =>
        string.Join("; ", Reference.Zip(Estimate, (r, e) => $"[{string.Join(", ", r)} | {string.Join(", ", e)}]"));

    /// <summary>Checks a property on a few hundred corpora.</summary>
    public static void Always(Func<RandomCorpus, bool> law) => Prop.ForAll(Arb.From(Corpora), law).Check(quiet);

    /// <summary>Checks a property on a few hundred corpora, each with a seed for further random choices.</summary>
    public static void Always(Func<RandomCorpus, Random, bool> law) =>
        Prop.ForAll(
                Arb.From(Corpora),
                Arb.From(Gen.Choose(0, 1 << 30)),
                (corpus, seed) => law(corpus, new Random(seed))
            )
            .Check(quiet);

    private static Gen<RandomCorpus> Corpora
    {
        get
        {
            // Multiples of 0.05 s coincide with borders of segments and collars; a few times are arbitrary.
            var onGrid = Gen.Choose(0, 120).Select(step => step * 0.05);
            var anywhere = Gen.Choose(0, 6000).Select(step => step / 999.0);
            var time = Gen.Frequency((4, onGrid), (1, anywhere));
            var sound =
                from first in time
                from second in time
                from label in Gen.Elements<string>(Classes)
                select new SoundEvent(Math.Min(first, second), Math.Max(first, second), label);
            var file = Gen.Choose(0, 5)
                .SelectMany(count => sound.ListOf(count))
                .Select(list => (IReadOnlyList<SoundEvent>)[.. list]);
            return from count in Gen.Choose(1, 6)
                from reference in file.ListOf(count)
                from estimate in file.ListOf(count)
                select new RandomCorpus([.. reference], [.. estimate]);
        }
    }
}
