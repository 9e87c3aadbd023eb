using Sed.Core.Networks.WeakOutputs;

namespace Sed.Core.Tests.Networks;

/// <summary>Every weak output that there is.</summary>
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

    public static WeakOutput Named(string words) => All.Single(output => output.Summary == words);
}
