using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

/// <summary>
/// A dense block and the dropout after it as one operation for autograd. The outputs of normalisation and ReLU are not
/// saved; the backward pass recomputes them.
/// </summary>
internal sealed unsafe partial class DenseBlock(DenseBlockShape shape)
{
    /// <summary>
    /// Parameters per convolution: the normalisation's weight and bias, and the convolution's kernels.
    /// </summary>
    public const int ParametersPerConvolution = 3;

    private const int Side = DenseBlockShape.Side;
    private const int Strip = 480; // floats of a row computed together, so that their input stays in the cache

    /// <summary>
    /// Computes the forward pass in training, with batch statistics and dropout; records it for the backward pass if
    /// gradients are enabled.
    /// </summary>
    /// <param name="maps">Shape (batch, maps, frames, bins), float32, in any layout.</param>
    /// <param name="parameters">The parameters of each convolution (<see cref="ParametersPerConvolution"/>).</param>
    /// <param name="running">Running mean and variance of each convolution's normalisation; updated.</param>
    /// <param name="seed">Dropout seed.</param>
    /// <returns>Shape (batch, output maps, frames, bins), channels-last in memory.</returns>
    public Tensor Train(Tensor maps, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running, uint seed)
    {
        using var scope = NewDisposeScope();
        var input = maps.permute(0, 2, 3, 1).contiguous();
        Tensor output;
        if (is_grad_enabled())
            output = Function.apply([this, input, running, seed, input.requires_grad, .. parameters]);
        else
        {
            (var saved, output) = Forward(input, parameters, running, seed);
            saved.Dispose();
        }
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the forward pass at inference, with running statistics and without dropout and gradients.
    /// </summary>
    public Tensor Infer(Tensor maps, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running)
    {
        using var scope = NewDisposeScope();
        var input = maps.permute(0, 2, 3, 1).contiguous();
        var output = empty(input.shape[0], shape.Frames, shape.Bins, shape.OutputMaps);
        var batch = input.shape[0];
        float* from = input.Pointer<float>(batch * shape.MapFloats * shape.Maps),
            to = output.Pointer<float>(batch * shape.MapFloats * shape.OutputMaps);
        var kernels = Packed(parameters);
        Normalisation[] normalisations =
        [
            .. Enumerable
                .Range(0, shape.Convolutions)
                .Select(number =>
                    Normalisation.OfRunning(
                        NormalisationOf(number, parameters),
                        running[2 * number].Pointer<float>(shape.InputMaps(number)),
                        running[2 * number + 1].Pointer<float>(shape.InputMaps(number))
                    )
                ),
        ];
        KernelThreads.Run(
            (int)input.shape[0],
            clip =>
            {
                var rows = Scratch.Floats(1, (long)shape.OutputMaps * shape.Length);
                MapRows.Pack(shape, shape.Maps, from + (long)clip * shape.MapFloats * shape.Maps, rows);
                var kernel = kernels;
                for (var number = 0; number < shape.Convolutions; number++)
                {
                    Convolve(number, rows, normalisations[number], kernel);
                    kernel += shape.KernelFloats(number);
                }
                MapRows.Unpack(shape, shape.OutputMaps, rows, to + (long)clip * shape.MapFloats * shape.OutputMaps);
            }
        );
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private (SavedDenseBlock Run, Tensor Output) Forward(
        Tensor maps,
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<Tensor> running,
        uint seed
    )
    {
        var batch = (int)maps.shape[0];
        var rows = empty(batch, shape.OutputMaps, shape.Length).DetachFromDisposeScope();
        var output = empty(batch, shape.Frames, shape.Bins, shape.OutputMaps);
        float* from = maps.Pointer<float>((long)batch * shape.MapFloats * shape.Maps),
            row = rows.Pointer<float>((long)batch * shape.OutputMaps * shape.Length),
            to = output.Pointer<float>((long)batch * shape.MapFloats * shape.OutputMaps);
        long clipFloats = (long)shape.OutputMaps * shape.Length,
            outputFloats = (long)shape.MapFloats * shape.OutputMaps;
        var statistics = new MapStatistics(shape.OutputMaps, (double)batch * shape.MapFloats);
        var sums = new (double, double)[batch][];
        KernelThreads.Run(
            batch,
            clip =>
            {
                MapRows.Pack(
                    shape,
                    shape.Maps,
                    from + (long)clip * shape.MapFloats * shape.Maps,
                    row + clip * clipFloats
                );
                sums[clip] = Sums(row + clip * clipFloats, 0, shape.Maps);
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
                NormalisationOf(number, parameters),
                statistics.Mean,
                statistics.Variance,
                statistics.Count,
                running[2 * number].Pointer<float>(shape.InputMaps(number)),
                running[2 * number + 1].Pointer<float>(shape.InputMaps(number))
            );
            KernelThreads.Run(
                batch,
                clip =>
                {
                    Convolve(convolution, row + clip * clipFloats, normalisation, own);
                    sums[clip] = Sums(row + clip * clipFloats, shape.InputMaps(convolution), shape.Growth);
                }
            );
            statistics.Set(shape.InputMaps(number), sums);
            kernel += shape.KernelFloats(number);
        }
        var dropout = new Dropout(shape.Rate, seed);
        KernelThreads.Run(
            batch,
            clip =>
            {
                MapRows.Unpack(shape, shape.OutputMaps, row + clip * clipFloats, to + clip * outputFloats);
                var own = to + clip * outputFloats;
                if (dropout.Active)
                    dropout.From(clip * outputFloats).Apply(own, own, outputFloats);
            }
        );
        return (
            new SavedDenseBlock
            {
                Rows = rows,
                Statistics = statistics,
                Normalisations = normalisations,
                Dropout = dropout,
            },
            output
        );
    }

    private NormalisationWeights NormalisationOf(int number, IReadOnlyList<Tensor> parameters) =>
        new(
            shape.InputMaps(number),
            shape.Epsilon,
            shape.Momentum,
            (nint)parameters[ParametersPerConvolution * number].Pointer<float>(shape.InputMaps(number)),
            (nint)parameters[ParametersPerConvolution * number + 1].Pointer<float>(shape.InputMaps(number))
        );

    /// <summary>
    /// Applies normalisation and ReLU to the input of a convolution. Returns one zero-padded row per channel, shape
    /// (input channels, padded length).
    /// </summary>
    private float* Activated(int number, float* rows, Normalisation normalisation)
    {
        var inputMaps = shape.InputMaps(number);
        var activated = Scratch.Floats(0, (long)inputMaps * shape.PaddedLength);
        for (var map = 0; map < inputMaps; map++)
        {
            var factor = Vector512.Create(normalisation.Factor[map]);
            var offset = Vector512.Create(normalisation.Offset[map]);
            float* from = rows + (nint)map * shape.Length,
                to = activated + (nint)map * shape.PaddedLength;
            for (var at = 0; at < shape.Length; at += Simd.Lanes)
            {
                var value = Vector512.MultiplyAddEstimate(Vector512.Load(from + at), factor, offset);
                Vector512.MaxNative(value, Vector512<float>.Zero).Store(to + shape.Margin + at);
            }
            MapRows.ClearMargins(shape, to);
        }
        return activated;
    }

    /// <summary>Computes the output maps of one convolution for one clip.</summary>
    private void Convolve(int number, float* rows, Normalisation normalisation, float* kernel)
    {
        int inputMaps = shape.InputMaps(number),
            growth = shape.Growth;
        var activated = Activated(number, rows, normalisation) + shape.Margin;
        var added = rows + (nint)inputMaps * shape.Length;
        var loop = new ReductionLoop(Side * inputMaps, inputMaps, 1, shape.PaddedLength, Side, inputMaps, 1);
        for (var from = 0; from < shape.Length; from += Strip)
        {
            var count = Math.Min(Strip, shape.Length - from);
            for (var map = 0; map < growth; map++)
                Simd.Clear(added + (nint)map * shape.Length + from, count);
            for (var frame = 0; frame < Side; frame++)
                Tile.Add(
                    kernel + (nint)frame * growth * Side * inputMaps,
                    activated + from + shape.Shift(frame, 0),
                    added + from,
                    shape.Length,
                    growth,
                    count,
                    loop
                );
        }
        for (var map = 0; map < growth; map++)
            MapRows.ClearGaps(shape, added + (nint)map * shape.Length);
    }

    private (double, double)[] Sums(float* rows, int first, int count)
    {
        var sums = new (double, double)[count];
        for (var map = 0; map < count; map++)
            sums[map] = MapStatistics.Sums(rows + (nint)(first + map) * shape.Length, shape.Length);
        return sums;
    }

    /// <summary>
    /// Converts the kernels of all convolutions from torch's layout (growth, input maps, 3, 3) to the layout (tap
    /// frame, growth, tap bin, input maps).
    /// </summary>
    private float* Packed(IReadOnlyList<Tensor> parameters)
    {
        var packed = Scratch.Floats(Scratch.Shared, Enumerable.Range(0, shape.Convolutions).Sum(shape.KernelFloats));
        var to = packed;
        for (var number = 0; number < shape.Convolutions; number++)
        {
            var inputMaps = shape.InputMaps(number);
            var kernel = Kernel(parameters, number);
            for (var frame = 0; frame < Side; frame++)
            for (var map = 0; map < shape.Growth; map++)
            for (var bin = 0; bin < Side; bin++)
            for (var channel = 0; channel < inputMaps; channel++)
                *to++ = kernel[(map * inputMaps + channel) * DenseBlockShape.Taps + frame * Side + bin];
        }
        return packed;
    }

    private float* Kernel(IReadOnlyList<Tensor> tensors, int number) =>
        tensors[ParametersPerConvolution * number + 2].Pointer<float>(shape.KernelFloats(number));
}
