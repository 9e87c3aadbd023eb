using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>The features of a whole set on the device that trains, where there is room for them.</summary>
internal sealed class ResidentClips : IDisposable
{
    // Of the memory that this process may use, features take at most this share on the CPU.
    private const double LargestShare = 0.25;
    private const int Piece = 256; // clips copied at a time

    private readonly Tensor? all;
    private readonly Device device;

    private ResidentClips(Tensor? all, Device device)
    {
        this.all = all;
        this.device = device;
    }

    /// <summary>Reads some clips, (clips, frames, bands) on the CPU.</summary>
    public delegate Tensor Reader(ReadOnlySpan<int> clips);

    /// <summary>Copies every clip to the device; keeps none where they do not fit.</summary>
    public static ResidentClips Of(int count, int frames, int bands, Device device, Reader read)
    {
        var bytes = (double)count * frames * bands * sizeof(float);
        var onCpu = device.type == DeviceType.CPU;
        if (onCpu && bytes > LargestShare * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)
            return new ResidentClips(null, device);
        Tensor? all = null;
        try
        {
            all = empty(count, frames, bands, device: device).DetachFromDisposeScope();
            int[] positions = [.. Enumerable.Range(0, count)];
            for (var start = 0; start < count; start += Piece)
            {
                using var scope = NewDisposeScope();
                var piece = positions.AsSpan(start, Math.Min(Piece, count - start));
                all.narrow(0, start, piece.Length).copy_(read(piece));
            }
            return new ResidentClips(all, device);
        }
        catch (System.Runtime.InteropServices.ExternalException) when (!onCpu)
        {
            // The device's memory is full: batches are read one by one instead.
            all?.Dispose();
            return new ResidentClips(null, device);
        }
    }

    /// <summary>All features, (clips, frames, bands); null where they are not kept on this device.</summary>
    public Tensor? All(Device wanted) => wanted.ToString() == device.ToString() ? all : null;

    /// <inheritdoc/>
    public void Dispose() => all?.Dispose();
}
