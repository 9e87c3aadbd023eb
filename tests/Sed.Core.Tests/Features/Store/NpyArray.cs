using System.Text;

namespace Sed.Core.Tests.Features.Store;

/// <summary>Reads a NumPy array of doubles or floats, flat.</summary>
internal static class NpyArray
{
    public static double[] Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var start = 10 + BitConverter.ToUInt16(bytes, 8);
        var doubles = Encoding.ASCII.GetString(bytes, 10, start - 10).Contains("<f8");
        var size = doubles ? 8 : 4;
        var values = new double[(bytes.Length - start) / size];
        for (var i = 0; i < values.Length; i++)
            values[i] = doubles
                ? BitConverter.ToDouble(bytes, start + (i * size))
                : BitConverter.ToSingle(bytes, start + (i * size));
        return values;
    }
}
