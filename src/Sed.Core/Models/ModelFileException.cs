namespace Sed.Core.Models;

/// <summary>A file that cannot be used as a model: which file, and why.</summary>
public sealed class ModelFileException : IOException
{
    /// <param name="path">The file.</param>
    /// <param name="cause">What is wrong, as a clause without a full stop.</param>
    /// <param name="inner">What was caught, if anything.</param>
    public ModelFileException(string path, string cause, Exception? inner = null)
        : base($"{path}: {cause}.", inner)
    {
        Path = path;
        Cause = cause;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong, without the file.</summary>
    public string Cause { get; }
}
