using Sed.Core.Annotations;

namespace Sed.Core.Corpora;

/// <summary>A clip as the label files describe it, before its audio is looked for.</summary>
internal sealed record LabelledClip(
    string Name,
    string Source,
    Split Split,
    IReadOnlyList<string> WeakLabels,
    IReadOnlyList<SoundEvent>? StrongEvents,
    bool IsTagged = true
);
