namespace Sed.Core.Annotations;

/// <summary>
/// The 527 classes of AudioSet (Gemmeke et al., ICASSP 2017; the list is licensed under CC BY 4.0), in the order of the
/// outputs of networks that were trained on AudioSet.
/// </summary>
public static class AudioSet
{
    private const string ListName = "audioset_classes.csv";

    private static readonly Lazy<LabelNames> names = new(Read);
    private static readonly Lazy<AudioSetClass[]> classes = new(() =>
        [.. names.Value.Entries.Select((entry, index) => new AudioSetClass(index, entry.Key, entry.Value))]
    );

    /// <summary>The classes, ordered by index.</summary>
    public static IReadOnlyList<AudioSetClass> Classes => classes.Value;

    /// <summary>Maps machine identifiers to names.</summary>
    public static LabelNames Names => names.Value;

    /// <summary>Finds the class that has the given machine identifier or name; null if no class has it.</summary>
    /// <param name="label">Machine identifier or name, for example "/m/09x0r" or "Speech".</param>
    public static AudioSetClass? Find(string label) =>
        Classes.FirstOrDefault(one => one.Id == label || one.Name == label);

    private static LabelNames Read()
    {
        using var stream = typeof(AudioSet).Assembly.GetManifestResourceStream(ListName)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return LabelNames.Parse(bytes, ListName);
    }
}

/// <summary>A class of AudioSet.</summary>
/// <param name="Index">Index among the outputs of networks that were trained on AudioSet, from 0.</param>
/// <param name="Id">Machine identifier, for example "/m/09x0r".</param>
/// <param name="Name">Name, for example "Speech".</param>
public sealed record AudioSetClass(int Index, string Id, string Name);
