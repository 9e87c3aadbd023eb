namespace Sed.Core.Training;

/// <summary>Training cannot go on.</summary>
/// <param name="message">Why, and where.</param>
public sealed class TrainingException(string message) : Exception(message);
