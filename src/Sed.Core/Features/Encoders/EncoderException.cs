namespace Sed.Core.Features.Encoders;

/// <summary>
/// Thrown when an encoder cannot be loaded or its output cannot be used. The message names the encoder and the cause.
/// </summary>
/// <param name="message">The message.</param>
/// <param name="inner">The underlying exception, if any.</param>
public sealed class EncoderException(string message, Exception? inner = null) : IOException(message, inner);
