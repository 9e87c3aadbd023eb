using System.Runtime.InteropServices;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Features.Combined;

/// <summary>Computes several feature sources on one frame grid. Thread-safe.</summary>
internal sealed class CombinedExtractor(CombinedFeatures definition, IReadOnlyList<IFeatureExtractor> extractors)
    : IFeatureExtractor
{
    /// <summary>The extractors of the sources.</summary>
    public IReadOnlyList<IFeatureExtractor> Extractors => extractors;

    public bool HasKernel => extractors.All(extractor => extractor.HasKernel);

    public torch.Tensor Extract(torch.Tensor waveforms) =>
        this.ExtractClips(waveforms, definition.FramesOf((int)waveforms.shape[1]), definition.Bands);

    public void Extract(ReadOnlySpan<float> waveform, Span<float> features)
    {
        var offset = 0;
        foreach (var (part, extractor) in definition.Parts.Zip(extractors))
        {
            var source = part.Source;
            var own = new float[source.FramesOf(waveform.Length) * source.Bands];
            extractor.Extract(waveform, own);
            FrameGrid grid = new(source.HopSeconds, definition.HopSeconds);
            grid.Convert(own, 0, source.Bands, 0, features, definition.Bands, offset);
            offset += source.Bands;
        }
    }

    public void Dispose()
    {
        foreach (var extractor in extractors)
            extractor.Dispose();
    }
}

/// <summary>
/// Computes several feature sources on one frame grid from audio that arrives in pieces. The frames are the same as for
/// the whole recording. Not thread-safe.
/// </summary>
internal sealed class CombinedStream : IFrameStream
{
    private readonly CombinedFeatures definition;
    private readonly Part[] parts;

    public CombinedStream(CombinedFeatures definition, CombinedExtractor extractor)
    {
        this.definition = definition;
        parts =
        [
            .. definition.Parts.Zip(
                extractor.Extractors,
                (part, own) =>
                    new Part(part.Source, part.Source.Stream(own), new(part.Source.HopSeconds, definition.HopSeconds))
            ),
        ];
    }

    public long Extracted { get; private set; }

    public int Context =>
        parts.Max(part =>
            (int)Math.Ceiling((part.Stream.Context + 1) * part.Source.HopSeconds / definition.HopSeconds)
        );

    public float[] Push(ReadOnlySpan<float> piece, bool isLast)
    {
        foreach (var part in parts)
            part.Frames.AddRange(part.Stream.Push(piece, isLast));
        var count = Available(isLast) - Extracted;
        var features = new float[count * definition.Bands];
        var offset = 0;
        foreach (var part in parts)
        {
            var width = part.Source.Bands;
            part.Grid.Convert(
                CollectionsMarshal.AsSpan(part.Frames),
                part.Start,
                width,
                Extracted,
                features,
                definition.Bands,
                offset
            );
            offset += width;
            var discarded = (int)
                Math.Clamp(part.Grid.Needed(Extracted + count, 1).First - part.Start, 0, part.Frames.Count / width);
            // One frame is kept, because it is repeated if the recording ends here.
            discarded = Math.Min(discarded, Math.Max(0, part.Frames.Count / width - 1));
            part.Frames.RemoveRange(0, discarded * width);
            part.Start += discarded;
        }
        Extracted += count;
        return features;
    }

    /// <summary>Number of frames from the start of the recording that can be computed.</summary>
    private long Available(bool isLast)
    {
        // The frames of the first source define the grid.
        var end = parts[0].Stream.Extracted;
        if (!isLast)
            while (end > Extracted && parts.Any(part => part.Grid.Needed(end - 1, 1).End > part.Stream.Extracted))
                end--;
        return end;
    }

    private sealed class Part(FeatureSource source, IFrameStream stream, FrameGrid grid)
    {
        public FeatureSource Source => source;

        public IFrameStream Stream => stream;

        public FrameGrid Grid => grid;

        public List<float> Frames { get; } = []; // frames that are still needed

        public long Start { get; set; } // first frame of Frames
    }
}
