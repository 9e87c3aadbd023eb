using System.Buffers.Binary;
using System.Security.Cryptography;
using Sed.Core.Corpora;

namespace Sed.Core.Features.Store;

/// <summary>What is in one row of a store.</summary>
internal enum RowState : byte
{
    /// <summary>Nothing yet.</summary>
    Empty = 0,

    /// <summary>The clip's features.</summary>
    Done = 1,

    /// <summary>The features of silence, since the clip cannot be read.</summary>
    Broken = 2,
}

/// <summary>
/// The record of one row: its state, the checksum of its bytes, and size and time of the audio file it was made from. The
/// record carries a checksum of its own, so that one half written counts as none.
/// </summary>
internal readonly record struct RowEntry(RowState State, UInt128 Checksum, long AudioBytes, long AudioTicks)
{
    internal const int Bytes = 48;

    /// <summary>The entry of a clip's row.</summary>
    internal static RowEntry For(RowState state, int row, ReadOnlySpan<byte> values, Clip clip) =>
        new(state, ChecksumOf(row, values), clip.AudioBytes, TicksOf(clip));

    /// <summary>Whether the row was made from the audio that is there now.</summary>
    internal bool IsFrom(Clip clip) => AudioBytes == clip.AudioBytes && AudioTicks == TicksOf(clip);

    /// <summary>SHA-256 of the row's number and bytes, shortened to 128 bits.</summary>
    internal static UInt128 ChecksumOf(int row, ReadOnlySpan<byte> values)
    {
        using IncrementalHash sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> buffer = stackalloc byte[32];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, row);
        sha.AppendData(buffer[..4]);
        sha.AppendData(values);
        sha.GetHashAndReset(buffer);
        return BinaryPrimitives.ReadUInt128LittleEndian(buffer);
    }

    /// <summary>Writes the entry as bytes.</summary>
    internal void Write(Span<byte> target)
    {
        target[..Bytes].Clear();
        target[0] = (byte)State;
        BinaryPrimitives.WriteUInt128LittleEndian(target[8..], Checksum);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], AudioBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], AudioTicks);
        SelfCheck(target).CopyTo(target[40..]);
    }

    /// <summary>Reads an entry; one that is damaged is an empty one.</summary>
    internal static RowEntry Read(ReadOnlySpan<byte> source)
    {
        if (!SelfCheck(source).AsSpan().SequenceEqual(source[40..Bytes]) || source[0] is not (1 or 2))
            return default;
        return new RowEntry(
            (RowState)source[0],
            BinaryPrimitives.ReadUInt128LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[32..])
        );
    }

    private static byte[] SelfCheck(ReadOnlySpan<byte> entry) => SHA256.HashData(entry[..40])[..8];

    private static long TicksOf(Clip clip) => File.GetLastWriteTimeUtc(clip.AudioPath).Ticks;
}
