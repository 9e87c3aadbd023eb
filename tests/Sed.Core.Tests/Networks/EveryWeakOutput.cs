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

    /// <summary>
    /// All without <see cref="WeakOutput.MaskedClassAttention"/>, whose module is that of
    /// <see cref="WeakOutput.FlooredClassAttention"/>.
    /// </summary>
    public static IReadOnlyList<WeakOutput> Distinct { get; } =
    [.. All.Where(output => output is not WeakOutput.MaskedClassAttention)];

    public static WeakOutput Named(string summary) => All.Single(output => output.Summary == summary);
}
