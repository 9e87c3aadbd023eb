namespace Sed.Core.Runtime;

/// <summary>Something that an author wrote and that cannot be used: where, what, and what to do about it.</summary>
/// <param name="Place">The place as the author would name it, for example "training" or "network, layer 3"; empty where the caller names it.</param>
/// <param name="Cause">What is wrong, with the value and its unit.</param>
/// <param name="Remedy">What to write instead; empty where the cause implies it.</param>
public sealed record Problem(string Place, string Cause, string Remedy = "")
{
    /// <summary>A problem whose place the caller names.</summary>
    public static Problem Of(string cause, string remedy = "") => new("", cause, remedy);

    /// <summary>The same problem inside a larger place: "network, layer 3" from "layer 3" within "network".</summary>
    /// <param name="place">The larger place.</param>
    public Problem Within(string place) => this with { Place = Place == "" ? place : $"{place}, {Place}" };

    /// <summary>"place: cause; remedy".</summary>
    public override string ToString()
    {
        var text = Remedy == "" ? Cause : $"{Cause}; {Remedy}";
        return Place == "" ? text : $"{Place}: {text}";
    }
}
