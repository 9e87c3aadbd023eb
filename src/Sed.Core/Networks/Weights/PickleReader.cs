using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Sed.Core.Networks.Weights;

/// <summary>
/// Reads numbers and texts of a pickle. Every length is compared with the number of remaining bytes before it is used.
/// </summary>
/// <param name="from">
/// A seekable stream at the beginning of a pickle. After each read, its position is behind the last byte that was read.
/// </param>
/// <param name="longest">Maximum length of the pickle, in bytes.</param>
internal sealed class PickleReader(Stream from, long longest)
{
    private const int LongestLine = 1 << 12;

    private static readonly UTF8Encoding strict = new(false, throwOnInvalidBytes: true);
    private readonly long end = from.Position + Math.Min(longest, from.Length - from.Position);

    public byte Byte()
    {
        Require(1);
        return (byte)from.ReadByte();
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Bytes(8));

    public double BigEndianDouble() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    public string Text(long length) => strict.GetString(Bytes(length));

    /// <summary>Reads text up to the end of the line.</summary>
    public string Line()
    {
        List<byte> bytes = [];
        for (var next = Byte(); next != '\n'; next = Byte())
            if (bytes.Count < LongestLine)
                bytes.Add(next);
            else
                throw new InvalidDataException("a line of its pickle is too long");
        return strict.GetString([.. bytes]);
    }

    /// <summary>Reads an integer in decimal digits, or a boolean (00 or 01), up to the end of the line.</summary>
    public object IntegerLine() =>
        Line() switch
        {
            "00" => false,
            "01" => true,
            var digits => long.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        };

    public double FloatLine() => double.Parse(Line(), NumberStyles.Float, CultureInfo.InvariantCulture);

    public byte[] Bytes(long length)
    {
        Require(length);
        var bytes = new byte[length];
        from.ReadExactly(bytes);
        return bytes;
    }

    private void Require(long length)
    {
        if (length < 0 || length > end - from.Position)
            throw new InvalidDataException("its pickle is truncated");
    }
}
