using Sed.Core.Networks.WeakOutputs;

namespace Sed.Core.Tests.Networks;

/// <summary>All weak outputs.</summary>
internal static class EveryWeakOutput
{
    public static IReadOnlyList<WeakOutput> All { get; } =
    [
        .. typeof(WeakOutput)
            .GetNestedTypes()
            .Where(type => type.IsSubclassOf(typeof(WeakOutput)))
            .Select(type => (WeakOutput)Activator.CreateInstance(type)!)
            .OrderBy(output => output.Summary, StringComparer.Ordinal),
    ];

    public static WeakOutput Named(string summary) => All.Single(output => output.Summary == summary);
}
