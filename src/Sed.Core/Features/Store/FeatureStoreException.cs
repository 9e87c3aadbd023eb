namespace Sed.Core.Features.Store;

/// <summary>A feature store that cannot be made or read, and why.</summary>
/// <param name="message">Names the folder, the cause and the remedy.</param>
/// <param name="inner">What was caught, if anything.</param>
public sealed class FeatureStoreException(string message, Exception? inner = null) : IOException(message, inner);
