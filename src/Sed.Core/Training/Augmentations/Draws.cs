using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>Random numbers of augmentations, which are drawn on the host, so that all devices get the same ones.</summary>
internal static class Draws
{
    /// <summary>A number with a uniform distribution.</summary>
    public static double Uniform(this Random draw, double lowest, double highest) =>
        lowest + ((highest - lowest) * draw.NextDouble());

    /// <summary>Numbers with a uniform distribution, one for each clip.</summary>
    public static double[] Uniforms(this Random draw, long clips, double lowest, double highest)
    {
        var values = new double[clips];
        foreach (ref var value in values.AsSpan())
            value = draw.Uniform(lowest, highest);
        return values;
    }

    /// <summary>Numbers with the standard normal distribution, in the current dispose scope.</summary>
    public static Tensor Normals(this Random draw, long[] shape, Device device)
    {
        using var generator = new Generator((ulong)draw.Next(), CPU);
        return randn(shape, generator: generator).to(device);
    }

    /// <summary>One number for each clip as a tensor of shape (batch, 1, 1).</summary>
    public static Tensor PerClip(IEnumerable<double> values, Device device)
    {
        float[] all = [.. values.Select(value => (float)value)];
        return tensor(all, [all.Length, 1, 1], device: device);
    }

    /// <summary>The ratio of powers of a level in decibels.</summary>
    public static double PowerRatio(double decibels) => Math.Pow(10, decibels / 10);
}
