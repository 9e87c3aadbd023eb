namespace Sed.Core.Audio;

/// <summary>What kind of thing is wrong with an audio file.</summary>
public enum AudioFault
{
    /// <summary>It is not what it claims to be, or of a kind that is not read.</summary>
    Damaged,

    /// <summary>It ends before its header says.</summary>
    Truncated,

    /// <summary>It holds samples that are no numbers.</summary>
    NotANumber,

    /// <summary>Nothing is wrong with it that is known; the program that decodes it is missing.</summary>
    NoDecoder,
}
