using System.Globalization;
using System.Text;

namespace Sed.Core.Features.Store;

/// <summary>The header of a NumPy array file, version 1.0 (NumPy Enhancement Proposal 1), for an array (clips, frames, bands).</summary>
internal static class NpyHeader
{
    /// <summary>Where the values start: a multiple of 64, so that they are aligned when mapped.</summary>
    internal const int Bytes = 128;

    /// <summary>The header's bytes.</summary>
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
