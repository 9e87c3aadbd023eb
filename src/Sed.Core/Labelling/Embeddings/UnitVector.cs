namespace Sed.Core.Labelling.Embeddings;

/// <summary>Vectors of length 1.</summary>
internal static class UnitVector
{
    /// <summary>Scales a vector to length 1. A zero vector is not changed.</summary>
    public static float[] Of(ReadOnlySpan<float> vector)
    {
        double sum = 0;
        foreach (var value in vector)
            sum += (double)value * value;
        var scale = sum > 0 ? 1 / Math.Sqrt(sum) : 0;
        var unit = new float[vector.Length];
        for (var i = 0; i < unit.Length; i++)
            unit[i] = (float)(vector[i] * scale);
        return unit;
    }
}
