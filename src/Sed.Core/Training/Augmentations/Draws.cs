using static TorchSharp.torch;

namespace Sed.Core.Training.Augmentations;

/// <summary>Random numbers of augmentations. They are drawn on the host, so that they are the same on all devices.</summary>
internal static class Draws
{
    /// <summary>Draws a uniformly distributed number.</summary>
    public static double Uniform(this Random draw, double lowest, double highest) =>
        lowest + ((highest - lowest) * draw.NextDouble());

    /// <summary>Draws one uniformly distributed number for each clip.</summary>
    public static double[] Uniforms(this Random draw, long clips, double lowest, double highest)
    {
        var values = new double[clips];
        foreach (ref var value in values.AsSpan())
            value = draw.Uniform(lowest, highest);
        return values;
    }

    /// <summary>
    /// Draws numbers from the standard normal distribution. The tensor belongs to the current dispose scope.
    /// </summary>
    public static Tensor Normals(this Random draw, long[] shape, Device device)
    {
        using var generator = new Generator((ulong)draw.Next(), CPU);
        return randn(shape, generator: generator).to(device);
    }

    /// <summary>Converts one number for each clip to a tensor of shape (batch, 1, 1).</summary>
    public static Tensor PerClip(IEnumerable<double> values, Device device)
    {
        float[] all = [.. values.Select(value => (float)value)];
        return tensor(all, [all.Length, 1, 1], device: device);
    }

    /// <summary>Converts a difference of levels in decibels to a ratio of powers.</summary>
    public static double PowerRatio(double decibels) => Math.Pow(10, decibels / 10);
}
