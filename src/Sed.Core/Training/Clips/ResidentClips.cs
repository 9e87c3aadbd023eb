using System.Runtime.InteropServices;
using Sed.Core.Features;
using Sed.Core.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace Sed.Core.Training.Clips;

/// <summary>The features of a whole set on the device that trains, where there is room for them.</summary>
internal sealed class ResidentClips : IDisposable
{
    private const int Piece = 256; // clips copied at a time

    private readonly Tensor? all;
    private readonly Device device;

    private ResidentClips(Tensor? all, Device device)
    {
        this.all = all;
        this.device = device;
    }

    /// <summary>Copies every clip to the device; keeps none where they do not fit.</summary>
    /// <param name="rows">The clips' rows.</param>
    /// <param name="features">What they are rows of.</param>
    /// <param name="statistics">Standardises them.</param>
    /// <param name="device">Where they are kept.</param>
    /// <param name="largestShare">Share of the process's memory that they may take on a CPU; 0: nothing is kept anywhere.</param>
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
            // The device's memory is full: batches are read one by one instead.
            all?.Dispose();
            return new ResidentClips(null, device);
        }
        catch
        {
            all?.Dispose();
            throw;
        }
    }

    /// <summary>A copy of clips' values on the CPU, (clips, frames, bands). The caller owns it.</summary>
    public static Tensor Copy(ReadOnlySpan<float> values, IFeatureReader features)
    {
        var size = features.Frames * features.Bands;
        var copy = empty(values.Length / size, features.Frames, features.Bands);
        values.CopyTo(copy.Span<float>(values.Length));
        return copy;
    }

    /// <summary>All features, (clips, frames, bands); null where they are not kept on this device.</summary>
    public Tensor? All(Device wanted) => wanted.ToString() == device.ToString() ? all : null;

    /// <inheritdoc/>
    public void Dispose() => all?.Dispose();
}
