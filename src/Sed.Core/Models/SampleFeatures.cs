using Sed.Core.Features;

namespace Sed.Core.Models;

public abstract partial record FeatureDefinition
{
    /// <summary>The samples themselves, in frames that follow each other.</summary>
    /// <param name="Rate">Samples per second (Hz).</param>
    /// <param name="Frame">Samples of a frame.</param>
    public sealed record Samples(int Rate, int Frame) : FeatureDefinition
    {
        private SampleFrames Frames => new(Rate, Frame);

        /// <inheritdoc/>
        public override int SampleRate => Rate;

        /// <inheritdoc/>
        public override int HopSamples => Frame;

        /// <inheritdoc/>
        public override int Bands => Frame;

        internal override int SamplesBefore => 0;

        internal override int SamplesFrom => Frame;

        internal override long Values => 0;

        /// <inheritdoc/>
        public override int FramesOf(int samples) => Frames.FramesOf(samples);

        /// <inheritdoc/>
        public override IReadOnlyList<string> Problems() => Frames.Problems();

        internal override IFeatureExtractor Extractor() => new OnProcessor(Frames);

        private sealed class OnProcessor(SampleFrames definition) : IFeatureExtractor
        {
            public void Extract(ReadOnlySpan<float> sound, Span<float> features) =>
                sound[..(definition.FramesOf(sound.Length) * definition.FrameSamples)].CopyTo(features);

            public void Dispose() { }
        }
    }
}
