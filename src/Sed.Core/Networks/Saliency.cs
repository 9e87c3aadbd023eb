using Sed.Core.Runtime;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using NormalNoise = MathNet.Numerics.Distributions.Normal;

namespace Sed.Core.Networks;

/// <summary>
/// Saliency maps: the gradient of a class's probability with respect to each value of the input (Simonyan et al. 2013),
/// plain or averaged over noisy copies of the input (SmoothGrad, Smilkov et al. 2017).
/// </summary>
public static class Saliency
{
    private const int CopiesPerBatch = 16;

    /// <summary>
    /// Computes the saliency map of one clip. The network runs in evaluation mode. Its mode is then restored, and the
    /// gradients of its parameters are not changed.
    /// </summary>
    /// <param name="network">Network to explain.</param>
    /// <param name="clip">Standardised features, shape (frames, bands), on the network's device.</param>
    /// <param name="label">Index of the class, from 0.</param>
    /// <param name="options">Which output to explain, and how to smooth the map; null for the defaults.</param>
    /// <returns>
    /// Partial derivatives of the output, shape (frames, bands). Figures usually show their absolute values.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// Clip, class or options do not fit the network; the message lists all reasons.
    /// </exception>
    public static float[,] Of(SedNetwork network, Tensor clip, int label, SaliencyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(clip);
        options ??= new();
        Check(network.Description, clip, label, options);
        using var scope = NewDisposeScope();
        using var withGradients = enable_grad();
        using var threads = network.LimitTorchThreads(clip.device, kernels: false);
        (nn.Module Module, bool Training)[] modes = [.. network.modules().Select(module => (module, module.training))];
        var training = network.training;
        try
        {
            network.eval();
            // cuDNN computes no gradients of recurrent layers in evaluation mode. These layers have no dropout of their
            // own, so training mode gives the same output.
            foreach (var (module, _) in modes)
                if (clip.device_type == DeviceType.CUDA && module is GRU or LSTM or RNN)
                    module.train();
            return Values(options.Copies == 0 ? Plain(clip.unsqueeze(0)) : Smoothed());
        }
        finally
        {
            network.train(training);
            foreach (var (module, mode) in modes)
                module.train(mode);
        }

        // Returns the sum of the saliency maps of all clips. One backward pass computes all maps, because no clip
        // affects the output of another.
        Tensor Plain(Tensor clips)
        {
            var input = clips.detach().clone().requires_grad_();
            var output = Output(network.call(input), label, options);
            return autograd.grad([output.sum()], [input])[0].sum([0L]);
        }

        Tensor Smoothed()
        {
            var deviation = options.NoiseShare * (clip.max() - clip.min()).to(float64).item<double>();
            var sum = zeros_like(clip);
            for (var start = 0; start < options.Copies; start += CopiesPerBatch)
            {
                using var batch = NewDisposeScope();
                var copies = Enumerable.Range(start, Math.Min(CopiesPerBatch, options.Copies - start));
                sum.Add(
                    Plain(stack([.. copies.Select(copy => clip.Plus(Noise(clip, deviation, options.Seed, copy)))]))
                );
            }
            return sum.Over(options.Copies);
        }
    }

    /// <summary>Returns, for each clip, the scalar whose gradient is computed, shape (batch).</summary>
    private static Tensor Output(NetworkOutput output, int label, SaliencyOptions options)
    {
        if (options.Output == SaliencyOutput.Weak)
            return output.Weak.select(1, label);
        var frames = output.Strong.select(2, label); // (batch, frames)
        var length = (options.ToFrame ?? frames.shape[1]) - options.FromFrame;
        var span = frames.narrow(1, options.FromFrame, length);
        return options.Averaged ? span.mean([1]) : span.sum(1);
    }

    /// <summary>Normal noise, drawn on the host so that it is the same on all devices.</summary>
    private static Tensor Noise(Tensor like, double deviation, long seed, int copy)
    {
        var noise = new double[like.numel()];
        NormalNoise.Samples(RandomSource.For(seed, "saliency noise", copy), noise, 0, deviation);
        return tensor(noise, like.shape).to(like.dtype).to(like.device);
    }

    private static float[,] Values(Tensor map)
    {
        var values = new float[map.shape[0], map.shape[1]];
        var flat = map.to(float32).cpu().contiguous().data<float>().ToArray();
        Buffer.BlockCopy(flat, 0, values, 0, flat.Length * sizeof(float));
        return values;
    }

    private static void Check(NetworkDescription description, Tensor clip, int label, SaliencyOptions options)
    {
        List<string> problems = [];
        if (!clip.shape.AsSpan().SequenceEqual([description.Frames, description.Bands]))
            problems.Add(
                $"The clip must have the shape ({description.Frames}, {description.Bands}), was ({string.Join(", ", clip.shape)})."
            );
        if (label < 0 || label >= description.Classes)
            problems.Add($"The class must be from 0 to {description.Classes - 1}, was {label}.");
        problems.AddRange(options.Problems(description.OutputFrames));
        if (problems.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, problems));
    }
}
