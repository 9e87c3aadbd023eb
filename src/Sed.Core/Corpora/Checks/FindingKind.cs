namespace Sed.Core.Corpora.Checks;

/// <summary>What a check of a corpus can find.</summary>
public enum FindingKind
{
    /// <summary>A labelled clip without audio.</summary>
    Missing,

    /// <summary>Audio that cannot be read.</summary>
    Unreadable,

    /// <summary>Audio that ends before its header says.</summary>
    Truncated,

    /// <summary>Audio with samples that are no numbers.</summary>
    NotANumber,

    /// <summary>Audio that needs ffmpeg where there is none.</summary>
    NoDecoder,

    /// <summary>Audio that never exceeds -80 dB of full scale.</summary>
    Silent,

    /// <summary>Audio with more than one sample in a thousand at full scale.</summary>
    Clipped,

    /// <summary>Audio more than 10 ms shorter than a clip.</summary>
    Short,

    /// <summary>Audio more than 10 ms longer than a clip.</summary>
    Long,

    /// <summary>Audio at another sample rate.</summary>
    OtherRate,

    /// <summary>Audio with more than one channel.</summary>
    MultiChannel,

    /// <summary>Two clips with the same sound.</summary>
    Duplicate,

    /// <summary>Several audio files that could be the clip's.</summary>
    SeveralFiles,

    /// <summary>An audio file that no label file names.</summary>
    Unlabelled,

    /// <summary>A clip without any label.</summary>
    NoLabel,

    /// <summary>A source with clips in two splits.</summary>
    SharedSource,

    /// <summary>A strong event that ends after its clip's sound.</summary>
    OutsideClip,

    /// <summary>A strong event without length.</summary>
    ZeroLength,

    /// <summary>A class without a clip in a split.</summary>
    EmptyClass,
}
