using Sed.Core.Detection.Calibrations;
using Sed.Core.Runtime;

namespace Sed.Core.Scoring;

/// <summary>The outputs of a network for a set of clips, as probabilities.</summary>
/// <param name="Names">Names of the clips.</param>
/// <param name="Frames">
/// Number of frames of each clip; if the numbers differ, the number of frames of the longest clip.
/// </param>
/// <param name="HopSeconds">Hop in seconds.</param>
/// <param name="Strong">
/// The strong output: frame-level probabilities, shape (clips, frames, classes). If the numbers of frames differ, the
/// clips are concatenated, shape (all frames, classes).
/// </param>
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

    // First frame of each clip in the strong output, followed by the total number of frames; null if all clips have
    // equal numbers of frames.
    private int[]? Starts { get; init; }

    /// <summary>Creates the outputs for recordings of different lengths.</summary>
    /// <param name="names">Names of the recordings.</param>
    /// <param name="lengths">Number of frames of each recording.</param>
    /// <param name="hopSeconds">Hop in seconds.</param>
    /// <param name="strong">
    /// Frame-level probabilities of the concatenated recordings, shape (all frames, classes).
    /// </param>
    /// <param name="weak">Clip-level probabilities, shape (recordings, classes).</param>
    public static ClipScores OfLengths(
        IReadOnlyList<string> names,
        IReadOnlyList<int> lengths,
        double hopSeconds,
        float[] strong,
        float[] weak
    )
    {
        ArgumentNullException.ThrowIfNull(lengths);
        if (lengths.All(length => length == lengths[0]))
            return new ClipScores(names, lengths[0], hopSeconds, strong, weak);
        var starts = new int[lengths.Count + 1];
        for (var clip = 0; clip < lengths.Count; clip++)
            starts[clip + 1] = checked(starts[clip] + lengths[clip]);
        return new ClipScores(names, lengths.Max(), hopSeconds, strong, weak) { Starts = starts };
    }

    /// <summary>Number of classes.</summary>
    public int Classes => Weak.Length / Names.Count;

    /// <summary>The strong output for one clip, shape (frames, classes).</summary>
    public ReadOnlySpan<float> StrongOf(int clip) =>
        Strong.AsSpan(FirstFrameOf(clip) * Classes, FramesOf(clip) * Classes);

    /// <summary>Number of frames of one clip.</summary>
    public int FramesOf(int clip) => Starts is null ? Frames : Starts[clip + 1] - Starts[clip];

    /// <summary>Number of frames before a clip in the strong output.</summary>
    public int FirstFrameOf(int clip) => Starts is null ? clip * Frames : Starts[clip];

    /// <summary>
    /// Averages the outputs of several networks (ensemble) on the frame grid of the network with the shortest hop. To
    /// each frame of this grid, every other network contributes the frame that contains the centre of the grid's frame.
    /// Only clips for which all networks have outputs are included.
    /// </summary>
    /// <param name="parts">Outputs of at least one network, with equal numbers of classes.</param>
    /// <exception cref="ArgumentException">
    /// There are no outputs, their classes differ, or they have no clip in common.
    /// </exception>
    public static ClipScores Average(IReadOnlyList<ClipScores> parts)
    {
        if (parts.Count == 0 || parts.Any(part => part.Classes != parts[0].Classes))
            throw new ArgumentException(
                "Give at least one set of scores; all sets must have the same number of classes."
            );
        var positions = parts.Select(part => part.Names.Index().ToDictionary(at => at.Item, at => at.Index)).ToArray();
        string[] names = [.. parts[0].Names.Where(name => positions.All(known => known.ContainsKey(name)))];
        if (names.Length == 0)
            throw new ArgumentException("The sets of scores have no clip in common.");
        var finestPart = Enumerable.Range(0, parts.Count).MinBy(part => parts[part].HopSeconds);
        var finest = parts[finestPart];
        var classes = finest.Classes;
        var weak = new float[names.Length * classes];
        var own = names.Select(name => positions.Select(known => known[name]).ToArray()).ToArray();
        for (var clip = 0; clip < names.Length; clip++)
        for (var k = 0; k < classes; k++)
        {
            var sum = 0.0;
            for (var part = 0; part < parts.Count; part++)
                sum += parts[part].Weak[own[clip][part] * classes + k];
            weak[clip * classes + k] = (float)(sum / parts.Count);
        }
        int[] lengths = [.. own.Select(at => finest.FramesOf(at[finestPart]))];
        var strong = new float[lengths.Sum() * classes];
        var target = 0;
        var offsets = new int[parts.Count];
        for (var clip = 0; clip < names.Length; clip++)
        for (var frame = 0; frame < lengths[clip]; frame++)
        {
            for (var part = 0; part < parts.Count; part++)
            {
                var (scores, at) = (parts[part], own[clip][part]);
                offsets[part] = (scores.FirstFrameOf(at) + scores.FrameFor(at, finest, frame)) * classes;
            }
            for (var k = 0; k < classes; k++)
            {
                var sum = 0.0;
                for (var part = 0; part < parts.Count; part++)
                    sum += parts[part].Strong[offsets[part] + k];
                strong[target++] = (float)(sum / parts.Count);
            }
        }
        return OfLengths(names, lengths, finest.HopSeconds, strong, weak);
    }

    /// <summary>
    /// Concatenates outputs for different clips, for example the outputs of the folds of a cross-validation.
    /// </summary>
    /// <param name="parts">At least one set of outputs, with equal numbers of classes and equal hops.</param>
    /// <exception cref="ArgumentException">There are no outputs, or their classes or hops differ.</exception>
    public static ClipScores Concatenate(IReadOnlyList<ClipScores> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (
            parts.Count == 0
            || parts.Any(part => part.Classes != parts[0].Classes || part.HopSeconds != parts[0].HopSeconds)
        )
            throw new ArgumentException(
                "Give at least one set of outputs; all sets must have the same number of classes and the same hop.",
                nameof(parts)
            );
        return OfLengths(
            [.. parts.SelectMany(part => part.Names)],
            [.. parts.SelectMany(part => part.Names.Select((_, clip) => part.FramesOf(clip)))],
            parts[0].HopSeconds,
            [.. parts.SelectMany(part => part.Strong)],
            [.. parts.SelectMany(part => part.Weak)]
        );
    }

    /// <summary>Calibrates the outputs; returns this object if no calibrator changes them.</summary>
    /// <param name="calibrators">The calibrators. Each one is for a part of the clips, for example a fold.</param>
    /// <param name="partOf">Index of each clip's calibrator.</param>
    internal ClipScores Calibrated(Calibrator[] calibrators, int[] partOf)
    {
        if (Array.TrueForAll(calibrators, own => own.KeepsFrames && own.KeepsWeak))
            return this;
        var (strong, weak) = (new float[Strong.Length], new float[Weak.Length]);
        for (var clip = 0; clip < Names.Count; clip++)
        {
            var own = calibrators[partOf[clip]];
            own.Frames(StrongOf(clip)).CopyTo(strong.AsSpan(FirstFrameOf(clip) * Classes));
            own.Weak(Weak.AsSpan(clip * Classes, Classes)).CopyTo(weak.AsSpan(clip * Classes));
        }
        return this with { Strong = strong, Weak = weak };
    }

    /// <summary>
    /// Returns the index of the clip's frame that contains the centre of a given frame of a finer grid.
    /// </summary>
    private int FrameFor(int clip, ClipScores finer, int frame) =>
        Math.Min((int)((frame + 0.5) * finer.HopSeconds / HopSeconds), FramesOf(clip) - 1);

    /// <summary>
    /// Writes an .npz file with the arrays strong, weak, names and hop, and with the array frames if the clips have
    /// different numbers of frames. Atomically replaces an existing file.
    /// </summary>
    public void Write(string path) =>
        NumpyArchive.Write(
            path,
            [
                Starts is null
                    ? new("strong", NumpyArray.Of(Strong) with { Shape = [Names.Count, Frames, Classes] })
                    : new("strong", NumpyArray.Of(Strong) with { Shape = [Starts[^1], Classes] }),
                new("weak", NumpyArray.Of(Weak) with { Shape = [Names.Count, Classes] }),
                new("names", NumpyArray.Of(string.Join(Separator, Names))),
                new("hop", NumpyArray.Of([HopSeconds])),
                .. Starts is null
                    ? Array.Empty<KeyValuePair<string, NumpyArray>>()
                    : [new("frames", NumpyArray.Of((long[])[.. Names.Select((_, clip) => (long)FramesOf(clip))]))],
            ]
        );

    /// <summary>Reads a file written by <see cref="Write"/>.</summary>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, lacks an array, or its values or shapes are invalid.
    /// </exception>
    public static ClipScores Read(string path)
    {
        var arrays = NumpyArchive.Read(path);
        foreach (var name in (string[])["strong", "weak", "names", "hop"])
            if (!arrays.ContainsKey(name))
                throw new InvalidDataException($"{path}: it has no array '{name}'.");
        var (strong, weak) = (arrays["strong"], arrays["weak"]);
        var names = arrays["names"].Text.Split(Separator);
        var hop = arrays["hop"];
        var lengths = Lengths(arrays, names.Length);
        var fits =
            strong.Type == NumpyArray.Float32
            && weak is { Type: NumpyArray.Float32, Shape: [var clips, var classes] }
            && clips == names.Length
            && strong.Shape.SequenceEqual(
                arrays.ContainsKey("frames") ? [lengths.Sum(), classes] : [clips, lengths[0], classes]
            )
            && lengths.All(length => length > 0)
            && hop is { Type: NumpyArray.Float64, Bytes.Length: sizeof(double) }
            && hop.Doubles[0] > 0;
        if (!fits)
            throw new InvalidDataException($"{path}: the shapes of its arrays are inconsistent.");
        if (!AreProbabilities(strong.Floats) || !AreProbabilities(weak.Floats))
            throw new InvalidDataException($"{path}: not all of its values are probabilities.");
        return OfLengths(
            names,
            [.. lengths.Select(length => (int)length)],
            hop.Doubles[0],
            strong.Floats.ToArray(),
            weak.Floats.ToArray()
        );
    }

    /// <summary>
    /// Reads the number of frames of each clip from the arrays of a file. If the arrays are inconsistent, returns [0],
    /// which the caller rejects.
    /// </summary>
    private static long[] Lengths(Dictionary<string, NumpyArray> arrays, int clips) =>
        arrays.TryGetValue("frames", out var frames)
            ? frames is { Type: NumpyArray.Int64, Shape: [var count] } && count == clips
                ? frames.Longs.ToArray()
                : [0]
            : arrays["strong"].Shape is [_, var each, _]
                ? [.. Enumerable.Repeat(each, clips)]
                : [0];

    private static bool AreProbabilities(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
            if (!(value >= 0 && value <= 1))
                return false;
        return true;
    }
}
