namespace Sed.Core.Features.Store;

/// <summary>Thrown when a feature store cannot be created or read.</summary>
/// <param name="message">Folder, cause and remedy.</param>
/// <param name="inner">The underlying exception, if any.</param>
public sealed class FeatureStoreException(string message, Exception? inner = null) : IOException(message, inner);
