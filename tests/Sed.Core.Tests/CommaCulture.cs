using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sed.Core.Tests;

/// <summary>
/// All tests run in a culture with decimal commas, so that every text they compare is known not to depend on the locale.
/// </summary>
internal static class CommaCulture
{
    [ModuleInitializer]
    internal static void Set()
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat.NumberDecimalSeparator = ",";
        culture.NumberFormat.NumberGroupSeparator = ".";
        culture.NumberFormat.NegativeSign = "\u2212";
        CultureInfo.DefaultThreadCurrentCulture = culture;
        CultureInfo.CurrentCulture = culture;
    }
}
