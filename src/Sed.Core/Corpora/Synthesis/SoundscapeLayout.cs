using Sed.Core.Annotations;

namespace Sed.Core.Corpora.Synthesis;

/// <summary>The layout of a mixed corpus: its parts, how their clips are mixed, and the lists of labels.</summary>
internal abstract class SoundscapeLayout
{
    /// <summary>The layout that the options select.</summary>
    internal static SoundscapeLayout Of(SoundscapeOptions options) =>
        options.Kind == SoundscapeKind.Desed ? new DesedSoundscapes() : new Dcase2017Soundscapes();

    /// <summary>
    /// A text that identifies the layout and its way of mixing; part of the hash in the name of a mixed corpus's
    /// folder. Empty for DCASE 2017 task 4.
    /// </summary>
    internal abstract string Fingerprint { get; }

    /// <summary>
    /// The splits among which the source's events and backgrounds are divided, so that no two splits share a recording.
    /// </summary>
    internal abstract IReadOnlyList<Split> Splits { get; }

    /// <summary>The parts of the corpus, in the order in which they are mixed.</summary>
    internal abstract IReadOnlyList<SoundscapePart> Parts(SoundscapeOptions options);

    /// <summary>The name of a clip in the lists.</summary>
    internal abstract string NameOf(SoundscapePart part, int index);

    /// <summary>The file name of a clip's audio in the folder of its part.</summary>
    internal virtual string FileOf(SoundscapePart part, int index) => NameOf(part, index);

    /// <summary>Mixes a clip. Equal arguments give equal clips.</summary>
    internal abstract Soundscape Mix(ISoundSource source, SoundscapeOptions options, SoundscapePart part, int index);

    /// <summary>Writes the lists of labels.</summary>
    /// <param name="folder">The corpus's folder.</param>
    /// <param name="source">Source of the classes.</param>
    /// <param name="parts">Each part with the events of its clips.</param>
    internal abstract void WriteLists(
        string folder,
        ISoundSource source,
        IReadOnlyList<(SoundscapePart Part, IReadOnlyList<SoundEvent>[] Events)> parts
    );

    /// <summary>Reads the lists of labels.</summary>
    internal abstract CorpusListing Read(string folder);

    /// <summary>
    /// The events that were mixed into the training clips, if the lists of labels give these clips weak labels only;
    /// null for other layouts.
    /// </summary>
    internal virtual EventList? MixedEvents(string folder, ISoundSource source, SoundscapeOptions options) => null;
}

/// <summary>A part of a mixed corpus: clips with the same kind of labels in one folder.</summary>
/// <param name="Split">Split of the clips.</param>
/// <param name="Folder">Folder of the audio, relative to the corpus's folder; the parts of the path are separated by /.</param>
/// <param name="Prefix">First letters of the clips' names.</param>
/// <param name="Clips">Number of clips.</param>
/// <param name="First">
/// Index of the first clip in its split, from 0. It keeps the random draws of the parts of one split independent.
/// </param>
internal sealed record SoundscapePart(Split Split, string Folder, string Prefix, int Clips, int First = 0);
