namespace Sed.Core.Metrics.Tags;

/// <summary>What counts as a tagging decision. Every result carries the rules it was made with.</summary>
public enum TaggingRules
{
    /// <summary>
    /// Every file of the reference with every class, each decided once: a file without estimate has no tag, and a label that
    /// several rows repeat is one tag.
    /// </summary>
    Plain,

    /// <summary>
    /// The scorer of DCASE 2017 Task 4 A: only files of the <em>estimate</em> count (a file left out costs no miss), rows whose
    /// end is 0 are passed over, repeated rows count again, names are compared without .wav and .flac.
    /// </summary>
    Dcase2017SubtaskA,
}
