using NVorbis;
using NVorbis.Contracts;
using IPacketProvider = NVorbis.Contracts.IPacketProvider;

namespace Sed.Core.Audio;

/// <summary>
/// Passes packets on to NVorbis, which does not check the sizes in headers. Replaces the comment header, which is not
/// needed, with an empty one, and checks the codebooks.
/// </summary>
internal sealed class CheckedHeaders(OggPackets packets, string path) : IPacketProvider
{
    private static readonly byte[] noComments = [3, .. "vorbis"u8, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    private int count;

    public bool CanSeek => false;

    public int StreamSerial => packets.StreamSerial;

    public IPacket? PeekNextPacket() => packets.PeekNextPacket();

    public IPacket? GetNextPacket()
    {
        var packet = packets.GetNextPacket() as OggPacket;
        count++;
        if (packet is null)
            return count > 3 ? null : throw Damaged("the Ogg stream ends inside its Vorbis headers");
        switch (count)
        {
            case 2 when packet.Data.StartsWith("\u0003vorbis"u8):
                return new OggPacket(noComments);
            case 3 when packet.Data.StartsWith("\u0005vorbis"u8):
                if (VorbisSetup.Problem(packet.Data) is { } problem)
                    throw Damaged(problem);
                return packet;
            case 2 or 3:
                throw Damaged($"Vorbis header {count} is missing");
            case > 3 when (packet.Data[0] & 1) != 0:
                throw Damaged("a Vorbis header comes between audio packets");
            default:
                return packet;
        }
    }

    public long SeekTo(long granulePos, int preRoll, GetPacketGranuleCount getPacketGranuleCount) =>
        throw new NotSupportedException();

    public long GetGranuleCount() => throw new NotSupportedException();

    private AudioFormatException Damaged(string cause) => new(path, packets.Page.Offset, cause);
}
