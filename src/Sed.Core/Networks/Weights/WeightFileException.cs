namespace Sed.Core.Networks.Weights;

/// <summary>Thrown when a file cannot be used as a source of weights.</summary>
public sealed class WeightFileException : IOException
{
    /// <param name="path">Path of the file.</param>
    /// <param name="cause">The cause, as a message fragment without a full stop.</param>
    /// <param name="inner">The underlying exception, if any.</param>
    public WeightFileException(string path, string cause, Exception? inner = null)
        : base($"{path}: {cause}.", inner)
    {
        Path = path;
        Cause = cause;
    }

    /// <summary>Path of the file.</summary>
    public string Path { get; }

    /// <summary>The cause, without the path.</summary>
    public string Cause { get; }
}
