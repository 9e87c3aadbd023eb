using System.Runtime.InteropServices;
using Sed.Core.Features;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <summary>The features of a whole clip set in device memory, if they fit in it.</summary>
internal sealed class ResidentClips : IDisposable
{
    private const int Piece = 256; // clips per copy

    private readonly Tensor? all;
    private readonly Device device;

    private ResidentClips(Tensor? all, Device device)
    {
        this.all = all;
        this.device = device;
    }

    /// <summary>Copies the features of all clips to the device if they fit; otherwise copies nothing.</summary>
    /// <param name="rows">Rows of the clips in <paramref name="features"/>.</param>
    /// <param name="features">Features that are not yet standardised.</param>
    /// <param name="statistics">Mean and standard deviation of each band.</param>
    /// <param name="device">Device of the copy.</param>
    /// <param name="largestShare">
    /// Maximum fraction of the process's available memory that the features may occupy if the device is a CPU. With 0,
    /// the features are not kept in the memory of any device.
    /// </param>
    public static ResidentClips Of(
        int[] rows,
        IFeatureReader features,
        BandStatistics statistics,
        Device device,
        double largestShare
    )
    {
        var bytes = (double)rows.Length * features.Frames * features.Bands * sizeof(float);
        var onCpu = device.type == DeviceType.CPU;
        var most = largestShare * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (largestShare == 0 || (onCpu && bytes > most))
            return new ResidentClips(null, device);
        Tensor? all = null;
        try
        {
            all = empty(rows.Length, features.Frames, features.Bands, device: device).DetachFromDisposeScope();
            var start = 0;
            foreach (var piece in BatchReader.Read(features, rows, Piece, statistics))
            {
                using var scope = NewDisposeScope();
                all.narrow(0, start, piece.Clips.Count).copy_(Copy(piece.Values.Span, features));
                start += piece.Clips.Count;
            }
            return new ResidentClips(all, device);
        }
        catch (ExternalException) when (!onCpu)
        {
            // The device is out of memory. Batches are then copied to it one by one.
            all?.Dispose();
            return new ResidentClips(null, device);
        }
        catch
        {
            all?.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Copies feature values to a CPU tensor of shape (clips, frames, bands). The caller owns the tensor.
    /// </summary>
    public static Tensor Copy(ReadOnlySpan<float> values, IFeatureReader features)
    {
        var size = features.Frames * features.Bands;
        var copy = empty(values.Length / size, features.Frames, features.Bands);
        values.CopyTo(copy.Span<float>(values.Length));
        return copy;
    }

    /// <summary>All features, shape (clips, frames, bands); null if this device does not hold them.</summary>
    public Tensor? All(Device wanted) => wanted.ToString() == device.ToString() ? all : null;

    /// <inheritdoc/>
    public void Dispose() => all?.Dispose();
}
