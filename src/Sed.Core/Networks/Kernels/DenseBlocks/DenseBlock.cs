using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// A dense block and the dropout after it as a single operation for autograd. What a normalisation and ReLU give is made again
/// where it is wanted and never kept.
/// </summary>
internal sealed unsafe partial class DenseBlock(DenseBlockShape shape)
{
    /// <summary>Parameters per convolution: normalisation's weight and bias, kernel.</summary>
    public const int ParametersPerConvolution = 3;

    private const int Side = DenseBlockShape.Side;
    private const int Piece = 480; // places computed together, so that what they read stays in the cache

    /// <summary>Training: batch statistics, dropout and, where they are enabled, gradients.</summary>
    /// <param name="maps">(batch, maps, frames, bins), float32, in any layout.</param>
    /// <param name="parameters">Three per convolution.</param>
    /// <param name="running">Running mean and variance of every normalisation, two per convolution.</param>
    /// <param name="seed">Decides what dropout drops.</param>
    /// <returns>(batch, all maps, frames, bins), with the maps of a bin side by side in memory.</returns>
    public Tensor Train(Tensor maps, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running, uint seed)
    {
        using var scope = NewDisposeScope();
        var entering = maps.permute(0, 2, 3, 1).contiguous();
        Tensor output;
        if (is_grad_enabled())
            output = Function.apply([this, entering, running, seed, entering.requires_grad, .. parameters]);
        else
        {
            (var run, output) = Forward(entering, parameters, running, seed);
            run.Dispose();
        }
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Running statistics, no dropout, no gradients.</summary>
    public Tensor Infer(Tensor maps, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running)
    {
        using var scope = NewDisposeScope();
        var entering = maps.permute(0, 2, 3, 1).contiguous();
        var output = empty(entering.shape[0], shape.Frames, shape.Bins, shape.All);
        float* from = Lanes.Memory<float>(entering),
            to = Lanes.Memory<float>(output);
        var kernels = Packed(parameters);
        Normalisation[] normalisations =
        [
            .. Enumerable
                .Range(0, shape.Convolutions)
                .Select(number =>
                    Normalisation.OfRunning(
                        Normalised(number, parameters),
                        Lanes.Memory<float>(running[2 * number]),
                        Lanes.Memory<float>(running[2 * number + 1])
                    )
                ),
        ];
        Crew.Share(
            (int)entering.shape[0],
            clip =>
            {
                var lines = Scratch.Floats(1, (long)shape.All * shape.Length);
                MapLines.Enter(shape, shape.Maps, from + (long)clip * shape.Places * shape.Maps, lines);
                var kernel = kernels;
                for (var number = 0; number < shape.Convolutions; number++)
                {
                    Convolve(number, lines, normalisations[number], kernel);
                    kernel += shape.KernelFloats(number);
                }
                MapLines.Leave(shape, shape.All, lines, to + (long)clip * shape.Places * shape.All);
            }
        );
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private (DenseBlockRun Run, Tensor Output) Forward(
        Tensor maps,
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<Tensor> running,
        uint seed
    )
    {
        var batch = (int)maps.shape[0];
        var lines = empty(batch, shape.All, shape.Length).DetachFromDisposeScope();
        var output = empty(batch, shape.Frames, shape.Bins, shape.All);
        float* from = Lanes.Memory<float>(maps),
            line = Lanes.Memory<float>(lines),
            to = Lanes.Memory<float>(output);
        long clipFloats = (long)shape.All * shape.Length,
            outputFloats = (long)shape.Places * shape.All;
        var statistics = new MapStatistics(shape.All, (double)batch * shape.Places);
        var sums = new (double, double)[batch][];
        Crew.Share(
            batch,
            clip =>
            {
                MapLines.Enter(
                    shape,
                    shape.Maps,
                    from + (long)clip * shape.Places * shape.Maps,
                    line + clip * clipFloats
                );
                sums[clip] = Sums(line + clip * clipFloats, 0, shape.Maps);
            }
        );
        statistics.Set(0, sums);
        var kernel = Packed(parameters);
        var normalisations = new Normalisation[shape.Convolutions];
        for (var number = 0; number < shape.Convolutions; number++)
        {
            var convolution = number;
            var own = kernel;
            var normalisation = normalisations[number] = Normalisation.OfBatch(
                Normalised(number, parameters),
                statistics.Mean,
                statistics.Variance,
                statistics.Count,
                Lanes.Memory<float>(running[2 * number]),
                Lanes.Memory<float>(running[2 * number + 1])
            );
            Crew.Share(
                batch,
                clip =>
                {
                    Convolve(convolution, line + clip * clipFloats, normalisation, own);
                    sums[clip] = Sums(line + clip * clipFloats, shape.Found(convolution), shape.Growth);
                }
            );
            statistics.Set(shape.Found(number), sums);
            kernel += shape.KernelFloats(number);
        }
        var dropout = new Dropout(shape.Rate, seed);
        Crew.Share(
            batch,
            clip =>
            {
                MapLines.Leave(shape, shape.All, line + clip * clipFloats, to + clip * outputFloats);
                var own = to + clip * outputFloats;
                if (dropout.Active)
                    dropout.From(clip * outputFloats).Apply(own, own, outputFloats);
            }
        );
        return (
            new DenseBlockRun
            {
                Lines = lines,
                Statistics = statistics,
                Normalisations = normalisations,
                Dropout = dropout,
            },
            output
        );
    }

    private NormalisationWeights Normalised(int number, IReadOnlyList<Tensor> parameters) =>
        new(
            shape.Found(number),
            shape.Epsilon,
            shape.Momentum,
            (nint)Lanes.Memory<float>(parameters[ParametersPerConvolution * number]),
            (nint)Lanes.Memory<float>(parameters[ParametersPerConvolution * number + 1])
        );

    /// <summary>What a convolution finds: maps normalised and rectified, lines with zeros around them, (maps, padded).</summary>
    private float* Activated(int number, float* lines, Normalisation normalisation)
    {
        var found = shape.Found(number);
        var activated = Scratch.Floats(0, (long)found * shape.Padded);
        for (var map = 0; map < found; map++)
        {
            var factor = Vector512.Create(normalisation.Factor[map]);
            var offset = Vector512.Create(normalisation.Offset[map]);
            float* from = lines + (nint)map * shape.Length,
                to = activated + (nint)map * shape.Padded;
            for (var at = 0; at < shape.Length; at += Tile.Lanes)
            {
                var value = Vector512.MultiplyAddEstimate(Vector512.Load(from + at), factor, offset);
                Vector512.MaxNative(value, Vector512<float>.Zero).Store(to + shape.Margin + at);
            }
            MapLines.ClearAround(shape, to);
        }
        return activated;
    }

    /// <summary>Adds the maps of one convolution to the lines of a clip.</summary>
    private void Convolve(int number, float* lines, Normalisation normalisation, float* kernel)
    {
        int found = shape.Found(number),
            growth = shape.Growth;
        var activated = Activated(number, lines, normalisation) + shape.Margin;
        var added = lines + (nint)found * shape.Length;
        var walk = new Walk(Side * found, found, 1, shape.Padded, Side, found, 1);
        for (var from = 0; from < shape.Length; from += Piece)
        {
            var count = Math.Min(Piece, shape.Length - from);
            for (var map = 0; map < growth; map++)
                Lanes.Clear(added + (nint)map * shape.Length + from, count);
            for (var frame = 0; frame < Side; frame++)
                Tile.Add(
                    kernel + (nint)frame * growth * Side * found,
                    activated + from + shape.Shift(frame, 0),
                    added + from,
                    shape.Length,
                    growth,
                    count,
                    walk
                );
        }
        for (var map = 0; map < growth; map++)
            MapLines.ClearBetween(shape, added + (nint)map * shape.Length);
    }

    private (double, double)[] Sums(float* lines, int first, int count)
    {
        var sums = new (double, double)[count];
        for (var map = 0; map < count; map++)
            sums[map] = MapStatistics.Sums(lines + (nint)(first + map) * shape.Length, shape.Length);
        return sums;
    }

    /// <summary>The kernels of all convolutions, from torch's (growth, maps, 3, 3) to (tap's frame, growth, tap's bin, maps).</summary>
    private float* Packed(IReadOnlyList<Tensor> parameters)
    {
        var packed = Scratch.Floats(Scratch.Shared, Enumerable.Range(0, shape.Convolutions).Sum(shape.KernelFloats));
        var to = packed;
        for (var number = 0; number < shape.Convolutions; number++)
        {
            var found = shape.Found(number);
            var kernel = Kernel(parameters, number);
            for (var frame = 0; frame < Side; frame++)
            for (var map = 0; map < shape.Growth; map++)
            for (var bin = 0; bin < Side; bin++)
            for (var channel = 0; channel < found; channel++)
                *to++ = kernel[(map * found + channel) * DenseBlockShape.Taps + frame * Side + bin];
        }
        return packed;
    }

    private static float* Kernel(IReadOnlyList<Tensor> tensors, int number) =>
        Lanes.Memory<float>(tensors[ParametersPerConvolution * number + 2]);
}
