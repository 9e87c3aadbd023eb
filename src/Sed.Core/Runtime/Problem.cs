namespace Sed.Core.Runtime;

/// <summary>An invalid setting in a user's specification: location, cause and remedy.</summary>
/// <param name="Place">
/// Location of the setting in the user's specification, for example "training" or "network, layer 3"; empty if the
/// location is added later (<see cref="Within"/>).
/// </param>
/// <param name="Cause">The fault with the value and its unit, as a message fragment.</param>
/// <param name="Remedy">The correction, as a message fragment; empty if the cause implies it.</param>
public sealed record Problem(string Place, string Cause, string Remedy = "")
{
    /// <summary>Creates a problem without a location, which the caller adds with <see cref="Within"/>.</summary>
    public static Problem Of(string cause, string remedy = "") => new("", cause, remedy);

    /// <summary>Prefixes the location: "layer 3" within "network" becomes "network, layer 3".</summary>
    /// <param name="place">The enclosing location.</param>
    public Problem Within(string place) => this with { Place = Place == "" ? place : $"{place}, {Place}" };

    /// <summary>Formats the problem as "place: cause; remedy" in one line (<see cref="OneLine"/>).</summary>
    public override string ToString()
    {
        var text = Remedy == "" ? Cause : $"{Cause}; {Remedy}";
        return OneLine.Of(Place == "" ? text : $"{Place}: {text}");
    }
}
