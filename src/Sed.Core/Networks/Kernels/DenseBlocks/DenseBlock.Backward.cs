using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

internal sealed unsafe partial class DenseBlock
{
    // Number of groups of neighbouring clips. Kernel gradients are summed within each group first. The number does not
    // depend on the number of threads, so results do not either.
    private const int Groups = 16;

    /// <summary>Computes the gradients of the parameters, three per convolution, and optionally of the input.</summary>
    /// <param name="saved">Values saved by the forward pass.</param>
    /// <param name="outputGradient">Shape (batch, frames, bins, output maps), contiguous.</param>
    /// <param name="parameters">The parameters of each convolution (<see cref="ParametersPerConvolution"/>).</param>
    /// <param name="isInputWanted">Whether to compute the gradient of the input.</param>
    private (Tensor[] Parameters, Tensor? Input) Backward(
        SavedDenseBlock saved,
        Tensor outputGradient,
        IReadOnlyList<Tensor> parameters,
        bool isInputWanted
    )
    {
        var batch = (int)outputGradient.shape[0];
        var gradients = parameters.Select(parameter => empty(parameter.shape)).ToArray();
        using var rowGradients = empty(batch, shape.OutputMaps, shape.Length).DetachFromDisposeScope();
        long clipFloats = (long)shape.OutputMaps * shape.Length,
            outputFloats = (long)shape.MapFloats * shape.OutputMaps;
        float* from = outputGradient.Pointer<float>(batch * outputFloats),
            rows = saved.Rows.Pointer<float>(batch * clipFloats),
            back = rowGradients.Pointer<float>(batch * clipFloats);
        KernelThreads.Run(
            batch,
            clip =>
            {
                var own = from + clip * outputFloats;
                if (saved.Dropout.Active)
                {
                    var masked = Scratch.Floats(0, outputFloats);
                    saved.Dropout.From(clip * outputFloats).Apply(own, masked, outputFloats);
                    own = masked;
                }
                MapRows.Pack(shape, shape.OutputMaps, own, back + clip * clipFloats);
            }
        );
        var corrections = new StatisticsGradients(shape.OutputMaps, saved.Statistics);
        for (var number = shape.Convolutions - 1; number >= 0; number--)
            Backward(saved, number, rows, back, parameters, gradients, corrections, batch);
        if (!isInputWanted)
            return (gradients, null);
        var input = empty(batch, shape.Frames, shape.Bins, shape.Maps);
        var to = input.Pointer<float>((long)batch * shape.MapFloats * shape.Maps);
        KernelThreads.Run(
            batch,
            clip =>
            {
                var own = back + clip * clipFloats;
                for (var map = 0; map < shape.Maps; map++)
                {
                    var at = (nint)map * shape.Length;
                    corrections.Apply(map, rows + clip * clipFloats + at, own + at, own + at, shape.Length);
                }
                MapRows.Unpack(shape, shape.Maps, own, to + (long)clip * shape.MapFloats * shape.Maps);
            }
        );
        return (gradients, input);
    }

    private void Backward(
        SavedDenseBlock saved,
        int number,
        float* rows,
        float* back,
        IReadOnlyList<Tensor> parameters,
        Tensor[] gradients,
        StatisticsGradients corrections,
        int batch
    )
    {
        var inputMaps = shape.InputMaps(number);
        var columns = Simd.RoundUp(shape.Growth);
        var clipFloats = (long)shape.OutputMaps * shape.Length;
        var normalisation = saved.Normalisations[number];
        var mirrored = Mirrored(parameters, number);
        var kernelFloats = DenseBlockShape.Taps * inputMaps * columns;
        var groups = Math.Min(batch, Groups);
        using var kernelSums = zeros(groups, kernelFloats).DetachFromDisposeScope();
        var kernelSum = kernelSums.Pointer<float>((long)groups * kernelFloats);
        var sums = new (double Plain, double Weighted)[batch][];
        KernelThreads.Run(
            groups,
            group =>
            {
                for (var clip = batch * group / groups; clip < batch * (group + 1) / groups; clip++)
                    sums[clip] = BackwardClip(
                        number,
                        rows + clip * clipFloats,
                        back + clip * clipFloats,
                        normalisation,
                        mirrored,
                        corrections,
                        kernelSum + (long)group * kernelFloats
                    );
            }
        );
        float* scale = parameters[ParametersPerConvolution * number].Pointer<float>(inputMaps),
            scaleGradient = gradients[ParametersPerConvolution * number].Pointer<float>(inputMaps),
            shiftGradient = gradients[ParametersPerConvolution * number + 1].Pointer<float>(inputMaps);
        for (var map = 0; map < inputMaps; map++)
        {
            double plain = 0,
                weighted = 0;
            foreach (var clip in sums)
            {
                plain += clip[map].Plain;
                weighted += clip[map].Weighted;
            }
            var inverse = normalisation.Inverse[map];
            scaleGradient[map] = (float)(weighted * inverse);
            shiftGradient[map] = (float)plain;
            corrections.Add(map, scale[map] * inverse * plain, scale[map] * inverse * inverse * inverse * weighted);
        }
        for (var group = 1; group < groups; group++)
        for (var i = 0; i < kernelFloats; i++)
            kernelSum[i] += kernelSum[(long)group * kernelFloats + i];
        var kernel = Kernel(gradients, number);
        for (var tap = 0; tap < DenseBlockShape.Taps; tap++)
        for (var channel = 0; channel < inputMaps; channel++)
        for (var map = 0; map < shape.Growth; map++)
            kernel[(map * inputMaps + channel) * DenseBlockShape.Taps + tap] = kernelSum[
                (tap * inputMaps + channel) * columns + map
            ];
    }

    /// <summary>
    /// Propagates one clip's gradient through a convolution, ReLU and the normalisation to the convolution's input
    /// maps. The part of the gradient that flows through the batch's mean and variance is subtracted later.
    /// </summary>
    /// <returns>For each input map, the sum of the normalisation's output gradient, and the sum of that gradient times
    /// (value - mean).</returns>
    private (double Plain, double Weighted)[] BackwardClip(
        int number,
        float* rows,
        float* back,
        Normalisation normalisation,
        float* mirrored,
        StatisticsGradients corrections,
        float* kernelSum
    )
    {
        int inputMaps = shape.InputMaps(number),
            growth = shape.Growth,
            columns = Simd.RoundUp(growth);
        var activated = Activated(number, rows, normalisation) + shape.Margin;
        var gradient = OwnGradient(inputMaps, rows, back, corrections);
        var transposed = Transpose(gradient, columns);
        var through = Scratch.Floats(3, (long)inputMaps * Strip);
        var sums = new (double Plain, double Weighted)[inputMaps];
        var forKernel = new ReductionLoop(shape.PaddedLength, 0, 1, columns);
        var forInput = new ReductionLoop(Side * growth, growth, 1, shape.PaddedLength, Side, growth, -1);
        for (var from = 0; from < shape.Length; from += Strip)
        {
            var count = Math.Min(Strip, shape.Length - from);
            Simd.Clear(through, (long)inputMaps * Strip);
            for (var frame = 0; frame < Side; frame++)
            {
                for (var bin = 0; bin < Side; bin++)
                    Tile.Add(
                        activated + from + shape.Shift(frame, bin),
                        transposed + (nint)from * columns,
                        kernelSum + (nint)(frame * Side + bin) * inputMaps * columns,
                        columns,
                        inputMaps,
                        columns,
                        forKernel with
                        {
                            Inner = count,
                        }
                    );
                Tile.Add(
                    mirrored + (nint)frame * inputMaps * Side * growth,
                    gradient + from - shape.Shift(frame, 0),
                    through,
                    Strip,
                    inputMaps,
                    count,
                    forInput
                );
            }
            for (var map = 0; map < inputMaps; map++)
            {
                var row = (nint)map * shape.Length + from;
                var (plain, weighted) = Propagate(
                    through + (nint)map * Strip,
                    activated + (nint)map * shape.PaddedLength + from,
                    rows + row,
                    corrections.Mean(map),
                    normalisation.Factor[map],
                    back + row,
                    count
                );
                sums[map] = (sums[map].Plain + plain, sums[map].Weighted + weighted);
            }
        }
        return sums;
    }

    /// <summary>
    /// Computes the complete gradient of a convolution's output channels, one zero-padded row per channel.
    /// </summary>
    private float* OwnGradient(int first, float* rows, float* back, StatisticsGradients corrections)
    {
        var gradient = Scratch.Floats(1, (long)shape.Growth * shape.PaddedLength);
        for (var map = 0; map < shape.Growth; map++)
        {
            var own = gradient + (nint)map * shape.PaddedLength;
            var row = (nint)(first + map) * shape.Length;
            corrections.Apply(first + map, rows + row, back + row, own + shape.Margin, shape.Length);
            MapRows.ClearMargins(shape, own);
        }
        return gradient + shape.Margin;
    }

    /// <summary>Transposes zero-padded rows to the shape (row length, columns). Padding columns are zero.</summary>
    private float* Transpose(float* rows, int columns)
    {
        var transposed = Scratch.Floats(2, (long)shape.Length * columns);
        Simd.Clear(transposed, (long)shape.Length * columns);
        for (var at = 0; at < shape.Length; at++)
        for (var map = 0; map < shape.Growth; map++)
            transposed[(nint)at * columns + map] = rows[(nint)map * shape.PaddedLength + at];
        return transposed;
    }

    /// <summary>
    /// Propagates a gradient through ReLU and the normalisation's factor. Returns the sum of the gradient after ReLU,
    /// and the sum of that gradient times (value - mean).
    /// </summary>
    private static (double Plain, double Weighted) Propagate(
        float* gradient,
        float* activated,
        float* row,
        float mean,
        float factor,
        float* back,
        int count
    )
    {
        var (means, factors) = (Vector512.Create(mean), Vector512.Create(factor));
        Vector512<float> plain = default,
            weighted = default;
        for (var at = 0; at < count; at += Simd.Lanes)
        {
            var passes = Vector512.GreaterThan(Vector512.Load(activated + at), Vector512<float>.Zero);
            var own = Vector512.Load(gradient + at) & passes;
            plain += own;
            weighted = Vector512.MultiplyAddEstimate(own, Vector512.Load(row + at) - means, weighted);
            Vector512.MultiplyAddEstimate(own, factors, Vector512.Load(back + at)).Store(back + at);
        }
        double sum = 0,
            weightedSum = 0;
        for (var lane = 0; lane < Simd.Lanes; lane++)
        {
            sum += plain[lane];
            weightedSum += weighted[lane];
        }
        return (sum, weightedSum);
    }

    /// <summary>
    /// Rearranges a convolution's kernels for the computation of its input's gradient: (tap frame, input maps, tap bin,
    /// growth).
    /// </summary>
    private float* Mirrored(IReadOnlyList<Tensor> parameters, int number)
    {
        var inputMaps = shape.InputMaps(number);
        var kernel = Kernel(parameters, number);
        var mirrored = Scratch.Floats(Scratch.Shared, shape.KernelFloats(number));
        var to = mirrored;
        for (var frame = 0; frame < Side; frame++)
        for (var channel = 0; channel < inputMaps; channel++)
        for (var bin = 0; bin < Side; bin++)
        for (var map = 0; map < shape.Growth; map++)
            *to++ = kernel[(map * inputMaps + channel) * DenseBlockShape.Taps + frame * Side + bin];
        return mirrored;
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const int FirstParameter = 5;

        public override string Name => nameof(DenseBlock);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var block = (DenseBlock)arguments[0];
            var parameters = arguments.Skip(FirstParameter).Cast<Tensor>().ToArray();
            var (saved, output) = block.Forward(
                (Tensor)arguments[1],
                parameters,
                (IReadOnlyList<Tensor>)arguments[2],
                (uint)arguments[3]
            );
            context.save_data("block", block);
            context.save_data("saved", saved);
            context.save_data("isInputWanted", arguments[4]);
            context.save_for_backward([.. parameters]);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var block = (DenseBlock)context.get_data("block");
            using var saved = (SavedDenseBlock)context.get_data("saved");
            using var contiguous = gradient.contiguous();
            var (gradients, input) = block.Backward(
                saved,
                contiguous,
                context.get_saved_variables(),
                (bool)context.get_data("isInputWanted")
            );
            return [null!, input!, null!, null!, null!, .. gradients];
        }
    }
}
