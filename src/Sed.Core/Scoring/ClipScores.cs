using Sed.Core.Runtime;

namespace Sed.Core.Scoring;

/// <summary>The outputs of a network for a set of clips, as probabilities.</summary>
/// <param name="Names">Names of the clips.</param>
/// <param name="Frames">Number of frames per clip.</param>
/// <param name="HopSeconds">Hop in seconds.</param>
/// <param name="Strong">The strong output: frame-level probabilities, shape (clips, frames, classes).</param>
/// <param name="Weak">The weak output: clip-level probabilities, shape (clips, classes).</param>
public sealed record ClipScores(
    IReadOnlyList<string> Names,
    int Frames,
    double HopSeconds,
    float[] Strong,
    float[] Weak
)
{
    private const char Separator = '\n';

    /// <summary>Number of classes.</summary>
    public int Classes => Weak.Length / Names.Count;

    /// <summary>The strong output for one clip, shape (frames, classes).</summary>
    public ReadOnlySpan<float> StrongOf(int clip) => Strong.AsSpan(clip * Frames * Classes, Frames * Classes);

    /// <summary>
    /// The mean of the outputs of several networks (ensemble), on the frame grid of the network with the most frames.
    /// The other networks contribute the frame that contains the centre of each grid frame. Only clips that all
    /// networks have are included.
    /// </summary>
    /// <param name="parts">Outputs of at least one network, with equal numbers of classes.</param>
    /// <exception cref="ArgumentException">
    /// There are no outputs, their classes differ, or they have no clip in common.
    /// </exception>
    public static ClipScores Average(IReadOnlyList<ClipScores> parts)
    {
        if (parts.Count == 0 || parts.Any(part => part.Classes != parts[0].Classes))
            throw new ArgumentException(
                "An average needs at least one set of scores, all with the same number of classes."
            );
        var positions = parts.Select(part => part.Names.Index().ToDictionary(at => at.Item, at => at.Index)).ToArray();
        string[] names = [.. parts[0].Names.Where(name => positions.All(known => known.ContainsKey(name)))];
        if (names.Length == 0)
            throw new ArgumentException("The sets of scores have no clip in common.");
        var finest = parts.MaxBy(part => part.Frames)!;
        var classes = finest.Classes;
        var strong = new float[names.Length * finest.Frames * classes];
        var weak = new float[names.Length * classes];
        for (var clip = 0; clip < names.Length; clip++)
        for (var k = 0; k < classes; k++)
        {
            var sum = 0.0;
            foreach (var (part, at) in parts.Zip(positions, (part, known) => (part, known[names[clip]])))
                sum += part.Weak[at * classes + k];
            weak[clip * classes + k] = (float)(sum / parts.Count);
        }
        var frameOf = parts.Select(part => part.FramesFor(finest)).ToArray();
        for (var clip = 0; clip < names.Length; clip++)
        {
            var own = positions.Select(known => known[names[clip]]).ToArray();
            for (var frame = 0; frame < finest.Frames; frame++)
            for (var k = 0; k < classes; k++)
            {
                var sum = 0.0;
                for (var part = 0; part < parts.Count; part++)
                    sum += parts[part].Strong[(own[part] * parts[part].Frames + frameOf[part][frame]) * classes + k];
                strong[(clip * finest.Frames + frame) * classes + k] = (float)(sum / parts.Count);
            }
        }
        return new ClipScores(names, finest.Frames, finest.HopSeconds, strong, weak);
    }

    /// <summary>For each frame of a finer grid, the index of the frame here that contains its centre.</summary>
    private int[] FramesFor(ClipScores finer) =>
        [
            .. Enumerable
                .Range(0, finer.Frames)
                .Select(frame => Math.Min((int)((frame + 0.5) * finer.HopSeconds / HopSeconds), Frames - 1)),
        ];

    /// <summary>
    /// Writes an .npz file with the arrays strong, weak, names and hop, atomically replacing an existing file.
    /// </summary>
    public void Write(string path) =>
        NumpyArchive.Write(
            path,
            [
                new("strong", NumpyArray.Of(Strong) with { Shape = [Names.Count, Frames, Classes] }),
                new("weak", NumpyArray.Of(Weak) with { Shape = [Names.Count, Classes] }),
                new("names", NumpyArray.Of(string.Join(Separator, Names))),
                new("hop", NumpyArray.Of([HopSeconds])),
            ]
        );

    /// <summary>Reads a file written by <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or has different arrays.</exception>
    public static ClipScores Read(string path)
    {
        var arrays = NumpyArchive.Read(path);
        foreach (var name in (string[])["strong", "weak", "names", "hop"])
            if (!arrays.ContainsKey(name))
                throw new InvalidDataException($"{path}: it has no array '{name}'.");
        var (strong, weak) = (arrays["strong"], arrays["weak"]);
        var names = arrays["names"].Text.Split(Separator);
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
        if (!AreProbabilities(strong.Floats) || !AreProbabilities(weak.Floats))
            throw new InvalidDataException($"{path}: not all of its values are probabilities.");
        return new ClipScores(
            names,
            (int)strong.Shape[1],
            hop.Doubles[0],
            strong.Floats.ToArray(),
            weak.Floats.ToArray()
        );
    }

    private static bool AreProbabilities(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            if (!(value >= 0 && value <= 1))
                return false;
        return true;
    }
}
