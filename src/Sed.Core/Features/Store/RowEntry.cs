using System.Buffers.Binary;
using System.Security.Cryptography;
using Sed.Core.Corpora;

namespace Sed.Core.Features.Store;

/// <summary>The state of one row of a feature store.</summary>
internal enum RowState : byte
{
    /// <summary>The row is not written yet.</summary>
    Empty = 0,

    /// <summary>The row holds the clip's features.</summary>
    Done = 1,

    /// <summary>The row holds placeholders (the features of silence, or 0), because the clip cannot be read.</summary>
    Broken = 2,
}

/// <summary>
/// The entry of one row in rows.bin: state, checksum of the row's bytes, and size and modification time of its audio
/// file. The stored entry ends with its own checksum, so a half-written entry reads as empty.
/// </summary>
internal readonly record struct RowEntry(RowState State, UInt128 Checksum, long AudioBytes, long AudioTicks)
{
    internal const int Bytes = 48;

    /// <summary>
    /// Creates the entry for a clip's row from the row's bytes and the audio file's current size and time.
    /// </summary>
    internal static RowEntry For(RowState state, int row, ReadOnlySpan<byte> values, Clip clip) =>
        new(state, ChecksumOf(row, values), clip.AudioBytes, TicksOf(clip));

    /// <summary>Whether the audio file still has the size and modification time that were recorded at extraction.</summary>
    internal bool IsFrom(Clip clip) => AudioBytes == clip.AudioBytes && AudioTicks == TicksOf(clip);

    /// <summary>The first 128 bits of the SHA-256 of the row number and the row's bytes.</summary>
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

    /// <summary>Writes the entry as <see cref="Bytes"/> bytes.</summary>
    internal void Write(Span<byte> target)
    {
        target[..Bytes].Clear();
        target[0] = (byte)State;
        BinaryPrimitives.WriteUInt128LittleEndian(target[8..], Checksum);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], AudioBytes);
        BinaryPrimitives.WriteInt64LittleEndian(target[32..], AudioTicks);
        SelfCheck(target).CopyTo(target[40..]);
    }

    /// <summary>Reads an entry; a damaged entry reads as empty.</summary>
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
