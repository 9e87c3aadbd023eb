using System.Globalization;
using System.Text;

namespace Sed.Core.Features.Store;

/// <summary>
/// The header of a NumPy .npy file, version 1.0 (NumPy Enhancement Proposal 1), for an array of shape (rows, frames,
/// bands).
/// </summary>
internal static class NpyHeader
{
    /// <summary>Length of the header in bytes: a multiple of 64, so that memory-mapped values are aligned.</summary>
    internal const int Bytes = 128;

    /// <summary>Creates the header, of <see cref="Bytes"/> bytes.</summary>
    internal static byte[] Of(FeaturePrecision precision, int clips, int frames, int bands)
    {
        var type = precision == FeaturePrecision.Float32 ? "<f4" : "<f2";
        var dictionary = string.Create(
            CultureInfo.InvariantCulture,
            $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({clips}, {frames}, {bands}), }}"
        );
        var header = new byte[Bytes];
        header.AsSpan().Fill((byte)' ');
        ReadOnlySpan<byte> magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, Bytes - 10, 0];
        magic.CopyTo(header);
        Encoding.ASCII.GetBytes(dictionary, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }
}
