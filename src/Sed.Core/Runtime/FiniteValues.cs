using System.Numerics;

namespace Sed.Core.Runtime;

/// <summary>Finds values that are NaN or infinite, with SIMD.</summary>
internal static class FiniteValues
{
    /// <summary>Whether all values are finite.</summary>
    public static bool Are(ReadOnlySpan<float> values) => FirstOther(values) < 0;

    /// <summary>Returns the index of the first value that is NaN or infinite; -1 if all values are finite.</summary>
    public static int FirstOther(ReadOnlySpan<float> values)
    {
        // Zero times a finite number is zero; zero times NaN or infinity is NaN.
        var sum = Vector<float>.Zero;
        var whole = values.Length - (values.Length % Vector<float>.Count);
        for (var i = 0; i < whole; i += Vector<float>.Count)
            sum += new Vector<float>(values[i..]) * 0f;
        for (var i = Vector.EqualsAll(sum, Vector<float>.Zero) ? whole : 0; i < values.Length; i++)
            if (!float.IsFinite(values[i]))
                return i;
        return -1;
    }
}
