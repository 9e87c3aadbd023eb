namespace Sed.Core.Audio;

/// <summary>How a WAV file stores one sample.</summary>
public enum WavEncoding
{
    /// <summary>Integers: unsigned at 8 bits, signed little-endian at 16, 24 and 32.</summary>
    Pcm,

    /// <summary>IEEE floating point, 32 or 64 bits, full scale is -1 to 1.</summary>
    Float,

    /// <summary>Anything else (ADPCM, mu-law, MP3 in WAV, ...); ffmpeg may know it.</summary>
    Other,
}
