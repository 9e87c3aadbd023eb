using System.Globalization;
using System.Text;
using Sed.Core.Annotations;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis.SoundModels;
using Sed.Core.Runtime;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Soundscapes in the layout of DESED (Turpault et al. 2019), the data set of DCASE task 4 since 2018. A quarter of the
/// training clips is synthetic with strong labels. The other training clips stand for recordings: a quarter with weak
/// labels, half without labels. Validation clips are synthetic; testing and evaluation clips stand for recordings.
/// </summary>
/// <remarks>
/// Synthetic clips are mixed like those of DCASE 2021 (Scaper, Salamon et al. 2017): the background at -50 LUFS, each
/// event 6 to 30 LU above it, and SoX's reverberation of 0.1 over the mix. Clips that stand for recordings are mixed
/// too. They differ from synthetic clips as real recordings do: lower signal-to-noise ratios (set by the options), more
/// reverberation, and a random microphone and level.
/// </remarks>
internal sealed class DesedSoundscapes : SoundscapeLayout
{
    private const double BackgroundLufs = -50;
    private const double SyntheticReverberation = 0.1;
    private const double MostReverberation = 0.8;
    private static readonly (double Min, double Max) SyntheticSnr = (6, 30);

    internal override string Fingerprint => "desed 1";

    internal override IReadOnlyList<Split> Splits { get; } =
    [Split.Training, Split.Validation, Split.Testing, Split.Evaluation];

    internal override IReadOnlyList<SoundscapePart> Parts(SoundscapeOptions options)
    {
        var quarter = Math.Max(1, options.TrainingClips / 4);
        var rest = options.TrainingClips - (2 * quarter);
        return
        [
            new(Split.Training, "audio/train/synthetic21_train/soundscapes", "synthetic", quarter),
            new(Split.Training, "audio/train/weak", "weak", quarter, quarter),
            new(Split.Training, "audio/train/unlabel_in_domain", "unlabelled", rest, 2 * quarter),
            new(
                Split.Validation,
                "audio/validation/synthetic21_validation/soundscapes",
                "validation",
                options.TestingClips
            ),
            new(Split.Testing, "audio/validation/validation", "testing", options.TestingClips),
            new(Split.Evaluation, "audio/eval/public", "public", options.EvaluationClips),
        ];
    }

    internal override string NameOf(SoundscapePart part, int index) =>
        string.Create(CultureInfo.InvariantCulture, $"{part.Prefix}{index:D6}.wav");

    internal override Soundscape Mix(ISoundSource source, SoundscapeOptions options, SoundscapePart part, int index)
    {
        var plan = SoundscapePlan.Draw(source, options, part.Split, part.First + index, part.First);
        var random = RandomSource.For(options.Seed, "soundscape", part.Split.DrawName, part.First + index);
        const int rate = Dcase2017.SampleRate;
        var (least, most) = IsSynthetic(part) ? SyntheticSnr : (options.MinSignalToNoiseDb, options.MaxSignalToNoiseDb);
        var mix = source
            .Background(random, part.Split, (int)(Dcase2017.ClipSeconds * rate))
            .WithLoudness(rate, BackgroundLufs);
        foreach (var planned in plan)
        {
            var lufs = BackgroundLufs + random.Uniform(least, most);
            mix.AddAt(planned.Source.Render().WithLoudness(rate, lufs), planned.StartSample);
        }
        Room.Apply(mix, rate, IsSynthetic(part) ? SyntheticReverberation : random.Uniform(0, MostReverberation));
        if (IsSynthetic(part))
            Soundscape.LimitPeak(mix);
        else
            Soundscape.ApplyLevel(Microphone.Apply(random, mix, rate), random);
        return new Soundscape(mix, [.. plan.Select(planned => planned.Event)]);
    }

    internal override void WriteLists(
        string folder,
        ISoundSource source,
        IReadOnlyList<(SoundscapePart Part, IReadOnlyList<SoundEvent>[] Events)> parts
    )
    {
        foreach (var (part, events) in parts)
        {
            // The list has the same path below metadata as the clips' folder has below audio.
            var list = Path.Combine(folder, $"metadata{part.Folder["audio".Length..]}.tsv");
            Directory.CreateDirectory(Path.GetDirectoryName(list)!);
            File.WriteAllText(list, ListOf(part, events));
        }
    }

    internal override CorpusListing Read(string folder) =>
        new TabSeparatedLabels().Read(CorpusFolder.Open(folder)) with
        {
            SampleRate = Dcase2017.SampleRate,
            ClipSeconds = Dcase2017.ClipSeconds,
        };

    private static bool IsSynthetic(SoundscapePart part) => part.Folder.Contains("synthetic");

    private string ListOf(SoundscapePart part, IReadOnlyList<SoundEvent>[] events)
    {
        var labels =
            part.Prefix == "unlabelled" ? Kind.Unlabelled
            : part.Prefix == "weak" ? Kind.Weak
            : Kind.Strong;
        StringBuilder text = new(
            labels switch
            {
                Kind.Unlabelled => "filename\n",
                // One row for each class: some class names contain commas, which separate DESED's event_labels.
                Kind.Weak => "filename\tevent_label\n",
                _ => "filename\tonset\toffset\tevent_label\n",
            }
        );
        for (var index = 0; index < events.Length; index++)
        {
            var name = NameOf(part, index);
            if (labels == Kind.Unlabelled)
                text.Append(CultureInfo.InvariantCulture, $"{name}\n");
            else if (labels == Kind.Weak)
                foreach (var label in events[index].Select(one => one.Label).Distinct())
                    text.Append(CultureInfo.InvariantCulture, $"{name}\t{label}\n");
            else
                foreach (var one in events[index])
                    text.Append(
                        CultureInfo.InvariantCulture,
                        $"{name}\t{one.Onset:F3}\t{one.Offset:F3}\t{one.Label}\n"
                    );
        }
        return text.ToString();
    }

    private enum Kind
    {
        Strong,
        Weak,
        Unlabelled,
    }
}
