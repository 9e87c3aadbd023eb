using Sed.Core.Networks;
using Sed.Core.Networks.Layers;
using Sed.Core.Networks.WeakOutputs;

namespace Sed.Core.Tests.Networks.Published;

/// <summary>The MobileNets of EfficientAT (Schmid et al. 2023, arXiv 2211.04772), as `mn04_as`.</summary>
internal static class MobileNets
{
    // Table 1 of Howard et al. (2019): kernel, expanded maps, output maps, squeeze-and-excitation, hard swish, stride.
    private static readonly (int Kernel, int Expanded, int Filters, bool Excites, bool IsHard, int Stride)[] blocks =
    [
        (3, 16, 16, false, false, 1),
        (3, 64, 24, false, false, 2),
        (3, 72, 24, false, false, 1),
        (5, 72, 40, true, false, 2),
        (5, 120, 40, true, false, 1),
        (5, 120, 40, true, false, 1),
        (3, 240, 80, false, true, 2),
        (3, 200, 80, false, true, 1),
        (3, 184, 80, false, true, 1),
        (3, 184, 80, false, true, 1),
        (3, 480, 112, true, true, 1),
        (3, 672, 112, true, true, 1),
        (5, 672, 160, true, true, 2),
        (5, 960, 160, true, true, 1),
        (5, 960, 160, true, true, 1),
    ];

    /// <summary>The network for tags: its strong output has a single frame.</summary>
    /// <param name="width">Factor of the number of maps, for example 0.4 for mn04.</param>
    /// <param name="frames">Number of frames of a clip.</param>
    public static PublishedNetwork Of(double width, int frames)
    {
        int Maps(int maps) => Divisible(maps * width);
        List<Layer> layers = [new Layer.StridedConvolution(Maps(16))];
        List<(string, string)> names =
        [
            ("features.0.0.*", "layers.1-strided-convolution.convolution.*"),
            ("features.0.1.*", "layers.1-strided-convolution.normalisation.*"),
        ];
        var input = Maps(16);
        foreach (var (kernel, expanded, filters, excites, isHard, stride) in blocks)
        {
            var theirs = $"features.{layers.Count}.block";
            layers.Add(
                new Layer.InvertedResidual(
                    Maps(expanded),
                    Maps(filters),
                    kernel,
                    stride,
                    excites,
                    isHard ? Activation.HardSwish : Activation.Relu
                )
            );
            var ours = $"layers.{layers.Count}-inverted-residual";
            var part = 0;
            if (Maps(expanded) != input)
                Convolution("expansion");
            Convolution("depthwise");
            if (excites)
            {
                names.Add(($"{theirs}.{part}.conc_se_layers.0.fc1.*", $"{ours}.excitation.squeeze.*"));
                names.Add(($"{theirs}.{part}.conc_se_layers.0.fc2.*", $"{ours}.excitation.excite.*"));
                part++;
            }
            Convolution("projection");
            input = Maps(filters);

            void Convolution(string name)
            {
                names.Add(($"{theirs}.{part}.0.*", $"{ours}.{name}.convolution.*"));
                names.Add(($"{theirs}.{part}.1.*", $"{ours}.{name}.normalisation.*"));
                part++;
            }
        }
        names.Add(($"features.{layers.Count}.0.*", $"layers.{layers.Count + 1}-strided-convolution.convolution.*"));
        names.Add(($"features.{layers.Count}.1.*", $"layers.{layers.Count + 1}-strided-convolution.normalisation.*"));
        layers.Add(new Layer.StridedConvolution(6 * input, 1, 1));
        layers.Add(new Layer.Pooling(1, 4, PoolingKind.Mean));
        layers.Add(new Layer.FramePooling(FrameStatistic.Mean));
        layers.Add(new Layer.Dense(Maps(1280), Activation.HardSwish));
        names.Add(("classifier.2.*", $"layers.{layers.Count}-dense.dense.*"));
        names.Add(("classifier.5.*", "strong.*"));
        layers.Add(new Layer.Drop(0.2));
        return new(
            new NetworkDescription
            {
                Layers = layers,
                Frames = frames,
                Bands = 128,
                Classes = PublishedNetwork.AudioSetClasses,
                Dropout = 0,
                Weak = new WeakOutput.MaxPooling(),
            },
            names
        );
    }

    /// <summary>The nearest multiple of 8, at least 8; the next one if rounding would lose more than 10 %.</summary>
    private static int Divisible(double maps)
    {
        var rounded = Math.Max(8, (int)(maps + 4) / 8 * 8);
        return rounded < 0.9 * maps ? rounded + 8 : rounded;
    }
}
