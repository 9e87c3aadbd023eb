using Sed.Core.Features.LogMel;
using static TorchSharp.torch;

namespace Sed.Core.Models;

public abstract partial record FeatureDefinition
{
    /// <summary>Log-mel energies.</summary>
    /// <param name="Options">Their definition.</param>
    public sealed record LogMel(LogMelOptions Options) : FeatureDefinition
    {
        /// <inheritdoc/>
        public override int SampleRate => Options.SampleRate;

        /// <inheritdoc/>
        public override int HopSamples => Options.HopSamples;

        /// <inheritdoc/>
        public override int Bands => Options.Bands;

        internal override int SamplesBefore => Options.Centred ? Options.FftSize / 2 : 0;

        internal override int SamplesFrom => Options.Centred ? Options.FftSize / 2 : Options.FftSize;

        internal override long Values => (long)Options.Bands * Options.FftSize;

        /// <inheritdoc/>
        public override int FramesOf(int samples) => Options.FramesOf(samples);

        /// <inheritdoc/>
        public override IReadOnlyList<string> Problems() => Options.Problems();

        internal override IFeatureExtractor Extractor() => new OnProcessor(new LogMelExtractor(Options));

        private sealed class OnProcessor(LogMelExtractor extractor) : IFeatureExtractor
        {
            public void Extract(ReadOnlySpan<float> sound, Span<float> features)
            {
                if (extractor.HasKernel)
                {
                    extractor.Extract(sound, features);
                    return;
                }
                using var scope = NewDisposeScope();
                var waveform = tensor(sound.ToArray()).unsqueeze(0); // (1, samples)
                extractor.Extract(waveform).data<float>().CopyTo(features);
            }

            public void Dispose() => extractor.Dispose();
        }
    }
}
