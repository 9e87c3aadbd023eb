using System.Numerics;
using Sed.Core.Features.LogMel;
using TorchSharp;

namespace Sed.Core.Tests.Features.LogMel;

[Collection(TorchCollection.Name)]
public sealed class LogMelKernelTests
{
    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(2048)]
    public void Powers_equal_the_definition_of_the_Fourier_transform(int size)
    {
        Random random = new(size);
        double[] samples = [.. Enumerable.Range(0, size).Select(_ => random.NextDouble() - 0.5)];
        LaneFft fft = new(size);
        LaneFft.Buffers buffers = new(size);
        for (var n = 0; n < size; n++)
            buffers.Samples[n] = new Vector<double>(samples[n]);
        Vector<double>[] powers = new Vector<double>[(size / 2) + 1];

        fft.Powers(buffers, powers);

        for (var bin = 0; bin <= size / 2; bin++)
        {
            Complex sum = Complex.Zero;
            for (var n = 0; n < size; n++)
                sum += samples[n] * Complex.FromPolarCoordinates(1, -2 * Math.PI * ((long)bin * n % size) / size);
            var expected = sum.Magnitude * sum.Magnitude;
            for (var lane = 0; lane < LaneFft.Lanes; lane++)
                Assert.Equal(expected, powers[bin][lane], 1e-10 * size);
        }
    }

    public static TheoryData<LogMelOptions> Definitions =>
        [
            LogMelOptions.Dcase2017,
            LogMelOptions.Htk,
            LogMelOptions.Panns,
            LogMelOptions.EfficientAt,
            LogMelOptions.Cdur,
            LogMelOptions.Dcase2017 with
            {
                Centred = false,
                Window = WindowShape.HannSymmetric,
            },
            LogMelOptions.Dcase2017 with
            {
                Rate = 16_000,
                WindowSeconds = 0.0400625,
                FftSamples = 1024,
                MaxHz = 8000,
                MinHz = 50,
                BandCount = 64,
                Normalization = MelNormalization.None,
            },
        ];

    [Theory]
    [MemberData(nameof(Definitions))]
    public void The_kernel_agrees_with_torch(LogMelOptions options)
    {
        Random random = new(1);
        // A tone in noise, followed by digital silence. The length leaves some vector lanes empty.
        float[] samples =
        [
            .. Enumerable
                .Range(0, options.SampleRate)
                .Select(i => i < 30_000 ? (float)((0.5 * Math.Sin(0.3 * i)) + (0.01 * random.NextDouble())) : 0),
        ];
        using LogMelExtractor extractor = new(options);
        Assert.True(extractor.HasKernel);
        using var scope = torch.NewDisposeScope();
        torch.Tensor waveforms = torch.tensor(samples, [1, samples.Length]);
        float[] expected = extractor.ExtractWithTorch(waveforms).data<float>().ToArray();
        float[] actual = extractor.Extract(waveforms).data<float>().ToArray();
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-5);
    }

    [Fact]
    public void FFT_sizes_other_than_powers_of_two_use_torch()
    {
        using LogMelExtractor extractor = new(LogMelOptions.Dcase2017 with { FftSamples = 1764 });
        Assert.False(extractor.HasKernel);
        using var scope = torch.NewDisposeScope();
        var clip = torch.rand(1, 44_100);
        var batch = extractor.Extract(clip);
        Assert.Equal([1, 50, 40], batch.shape);
        var alone = new float[50 * 40];
        extractor.Extract(clip.data<float>().ToArray(), alone);
        Assert.Equal(batch.data<float>().ToArray(), alone);
    }

    [Fact]
    public void A_clip_too_short_for_a_frame_is_rejected_with_its_length()
    {
        using LogMelExtractor extractor = new(LogMelOptions.Dcase2017);
        using torch.Tensor waveforms = torch.zeros(1, 1000);
        ArgumentException error = Assert.Throws<ArgumentException>(() => extractor.Extract(waveforms));
        Assert.Equal("These features need clips of at least 1025 samples, but this clip has 1000.", error.Message);
    }
}
