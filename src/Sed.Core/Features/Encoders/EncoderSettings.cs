namespace Sed.Core.Features.Encoders;

/// <summary>
/// The properties of an encoder that a script states. A property that is null is read from the file or measured by
/// running the encoder.
/// </summary>
/// <param name="Output">Name of the output.</param>
/// <param name="Rate">Sampling rate of the input, in Hz.</param>
/// <param name="WindowSeconds">Length of a window, in seconds.</param>
/// <param name="HopSeconds">Time between two vectors, in seconds.</param>
internal sealed record EncoderSettings(
    string? Output = null,
    int? Rate = null,
    double? WindowSeconds = null,
    double? HopSeconds = null
);
