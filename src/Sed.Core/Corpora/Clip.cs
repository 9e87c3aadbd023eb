using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>One clip that is there: its sound and what is known about it.</summary>
public sealed record Clip
{
    /// <summary>The clip's name as the corpus's label files write it, for example "-5QrBL6MzLg_60.000_70.000.wav".</summary>
    public required string Name { get; init; }

    /// <summary>What it was cut from (YouTube id, Freesound id): clips of one source never stand on two sides of a split.</summary>
    public required string Source { get; init; }

    /// <summary>The audio file.</summary>
    public required string AudioPath { get; init; }

    /// <summary>Length of the audio file in bytes.</summary>
    public required long AudioBytes { get; init; }

    /// <summary>
    /// SHA-256 of the audio file's content, 64 lower-case hexadecimal digits; null where nobody has computed it yet.
    /// </summary>
    public string? AudioSha256 { get; init; }

    /// <summary>Length of the sound in seconds, positive, as the audio file has it.</summary>
    public required double DurationSeconds { get; init; }

    /// <summary>What the clip may be used for.</summary>
    public required Split Split { get; init; }

    /// <summary>The classes heard in the clip, each once, in the order of the corpus's classes.</summary>
    public required IReadOnlyList<string> WeakLabels { get; init; }

    /// <summary>
    /// When each sound is heard, in seconds from the clip's start; null where nobody wrote that down. Includes the
    /// unlocated events of DCASE 2017 (0 to 0: tagged, but not heard).
    /// </summary>
    public IReadOnlyList<SoundEvent>? StrongEvents { get; init; }

    /// <summary>
    /// The events of a training clip that was mixed, known to who mixed it: for networks that learn from strong labels, and for
    /// nothing else. Null where <see cref="StrongEvents"/> has them, or nobody knows them.
    /// </summary>
    public IReadOnlyList<SoundEvent>? MixedEvents { get; init; }

    /// <summary>Whether anybody wrote down which classes are heard; where nobody did, there are no labels. Default true.</summary>
    public bool IsTagged { get; init; } = true;

    /// <summary>The events that a training may be told of; null where nobody knows them.</summary>
    public IReadOnlyList<SoundEvent>? KnownEvents => StrongEvents ?? MixedEvents;
}
