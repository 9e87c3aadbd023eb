using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Networks.Weights;

/// <summary>
/// A line of a table of names. It assigns tensors of a file to parameters of the network, for example "features.0.*" to
/// "1-convolution.*". Either both names contain one "*", or neither does. A "*" stands for any text, which is the same
/// in both names.
/// </summary>
/// <param name="Source">Name or pattern of tensors of the file.</param>
/// <param name="Target">Name or pattern of parameters of the network.</param>
public sealed record WeightPattern([property: Key("source")] string Source, [property: Key("target")] string Target)
{
    private const char Any = '*';

    /// <summary>All problems of the line; empty if it is valid.</summary>
    public IEnumerable<Problem> Problems()
    {
        if (string.IsNullOrWhiteSpace(Source) || string.IsNullOrWhiteSpace(Target))
            yield return Problem.Of($"the line \"{Source}\", \"{Target}\" of the table has an empty name");
        else if (Stars(Source) > 1 || Stars(Source) != Stars(Target))
            yield return Problem.Of(
                $"the line \"{Source}\", \"{Target}\" of the table has a * in only one name, or several in one name",
                "write one * in both names, or none, for example \"features.0.*\", \"1-convolution.*\""
            );
    }

    /// <summary>
    /// Returns the name of the parameter that a tensor is loaded into; null if the pattern does not match the tensor's
    /// name.
    /// </summary>
    public string? TargetOf(string source)
    {
        var star = Source.IndexOf(Any, StringComparison.Ordinal);
        if (star < 0)
            return source == Source ? Target : null;
        var (before, after) = (Source[..star], Source[(star + 1)..]);
        return
            source.Length >= before.Length + after.Length
            && source.StartsWith(before, StringComparison.Ordinal)
            && source.EndsWith(after, StringComparison.Ordinal)
            ? Target.Replace(Any.ToString(), source[before.Length..^after.Length], StringComparison.Ordinal)
            : null;
    }

    private static int Stars(string name) => name.Count(letter => letter == Any);
}
