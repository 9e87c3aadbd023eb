using Sed.Core.Runtime.Keys;

namespace Sed.Core.Features.LogMel;

/// <summary>Precision in which the weights of the mel filters are computed.</summary>
public enum FilterPrecision
{
    /// <summary>Double precision.</summary>
    [Key("double")]
    Double,

    /// <summary>
    /// Single precision, rounded like torchaudio's melscale_fbanks. Narrow filters differ by up to 1e-5 from those in
    /// double precision.
    /// </summary>
    [Key("single")]
    Single,
}
