using Sed.Core.Runtime;

namespace Sed.Core.Scoring;

/// <summary>What a network said of a set of clips: probabilities of both outputs.</summary>
/// <param name="Names">The clips.</param>
/// <param name="Frames">Frames of each clip.</param>
/// <param name="HopSeconds">Distance between frames, in seconds.</param>
/// <param name="Strong">Probability of each class in each frame, shape (clips, frames, classes).</param>
/// <param name="Weak">Probability of each class in each clip, shape (clips, classes).</param>
public sealed record ClipScores(
    IReadOnlyList<string> Names,
    int Frames,
    double HopSeconds,
    float[] Strong,
    float[] Weak
)
{
    private const char Between = '\n';

    /// <summary>Classes of both outputs.</summary>
    public int Classes => Weak.Length / Names.Count;

    /// <summary>The frames of one clip, frame after frame, shape (frames, classes).</summary>
    public ReadOnlySpan<float> StrongOf(int clip) => Strong.AsSpan(clip * Frames * Classes, Frames * Classes);

    /// <summary>Writes an .npz file of the arrays strong, weak, names and hop; the one before stays until the new one is whole.</summary>
    public void Write(string path) =>
        NumpyArchive.Write(
            path,
            [
                new("strong", NumpyArray.Of(Strong) with { Shape = [Names.Count, Frames, Classes] }),
                new("weak", NumpyArray.Of(Weak) with { Shape = [Names.Count, Classes] }),
                new("names", NumpyArray.Of(string.Join(Between, Names))),
                new("hop", NumpyArray.Of([HopSeconds])),
            ]
        );

    /// <summary>Reads such a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or other arrays are in it.</exception>
    public static ClipScores Read(string path)
    {
        var arrays = NumpyArchive.Read(path);
        foreach (var name in (string[])["strong", "weak", "names", "hop"])
            if (!arrays.ContainsKey(name))
                throw new InvalidDataException($"{path}: it has no array '{name}'.");
        var (strong, weak) = (arrays["strong"], arrays["weak"]);
        var names = arrays["names"].Text.Split(Between);
        var hop = arrays["hop"];
        var fits =
            strong is { Type: NumpyArray.Float32, Shape: [var clips, > 0, var classes] }
            && weak is { Type: NumpyArray.Float32, Shape: [var same, var also] }
            && clips == names.Length
            && same == clips
            && also == classes
            && hop is { Type: NumpyArray.Float64, Bytes.Length: sizeof(double) }
            && hop.Doubles[0] > 0;
        if (!fits)
            throw new InvalidDataException($"{path}: its arrays do not have the shapes of one set of clips.");
        return new ClipScores(
            names,
            (int)strong.Shape[1],
            hop.Doubles[0],
            strong.Floats.ToArray(),
            weak.Floats.ToArray()
        );
    }
}
