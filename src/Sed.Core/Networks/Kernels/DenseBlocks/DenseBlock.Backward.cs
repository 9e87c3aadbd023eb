using System.Runtime.Intrinsics;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.DenseBlocks;

internal sealed unsafe partial class DenseBlock
{
    // Kernel gradients are added up in this many groups of neighbouring clips, whatever the number of threads.
    private const int Groups = 16;

    /// <summary>Gradients of the parameters, three per convolution, and of what came in; null where that is not wanted.</summary>
    /// <param name="run">The forward pass.</param>
    /// <param name="outputGradient">(batch, frames, bins, all maps), contiguous.</param>
    private (Tensor[] Parameters, Tensor? Input) Backward(
        DenseBlockRun run,
        Tensor outputGradient,
        IReadOnlyList<Tensor> parameters,
        bool isInputWanted
    )
    {
        var batch = (int)outputGradient.shape[0];
        var gradients = parameters.Select(parameter => empty(parameter.shape)).ToArray();
        using var lineGradients = empty(batch, shape.All, shape.Length).DetachFromDisposeScope();
        float* from = Lanes.Memory<float>(outputGradient),
            lines = Lanes.Memory<float>(run.Lines),
            back = Lanes.Memory<float>(lineGradients);
        long clipFloats = (long)shape.All * shape.Length,
            outputFloats = (long)shape.Places * shape.All;
        Crew.Share(
            batch,
            clip =>
            {
                var own = from + clip * outputFloats;
                if (run.Dropout.Active)
                {
                    var kept = Scratch.Floats(0, outputFloats);
                    run.Dropout.From(clip * outputFloats).Apply(own, kept, outputFloats);
                    own = kept;
                }
                MapLines.Enter(shape, shape.All, own, back + clip * clipFloats);
            }
        );
        var taken = new MeanGradients(shape.All, run.Statistics);
        for (var number = shape.Convolutions - 1; number >= 0; number--)
            Backward(run, number, lines, back, parameters, gradients, taken, batch);
        if (!isInputWanted)
            return (gradients, null);
        var input = empty(batch, shape.Frames, shape.Bins, shape.Maps);
        var to = Lanes.Memory<float>(input);
        Crew.Share(
            batch,
            clip =>
            {
                var own = back + clip * clipFloats;
                for (var map = 0; map < shape.Maps; map++)
                {
                    var at = (nint)map * shape.Length;
                    taken.Apply(map, lines + clip * clipFloats + at, own + at, own + at, shape.Length);
                }
                MapLines.Leave(shape, shape.Maps, own, to + (long)clip * shape.Places * shape.Maps);
            }
        );
        return (gradients, input);
    }

    private void Backward(
        DenseBlockRun run,
        int number,
        float* lines,
        float* back,
        IReadOnlyList<Tensor> parameters,
        Tensor[] gradients,
        MeanGradients taken,
        int batch
    )
    {
        var found = shape.Found(number);
        var columns = Widened.Size(shape.Growth);
        var clipFloats = (long)shape.All * shape.Length;
        var normalisation = run.Normalisations[number];
        var mirrored = Mirrored(parameters, number);
        var kernelFloats = DenseBlockShape.Taps * found * columns;
        var groups = Math.Min(batch, Groups);
        using var kernelSums = zeros(groups, kernelFloats).DetachFromDisposeScope();
        var kernelSum = Lanes.Memory<float>(kernelSums);
        var sums = new (double Plain, double Weighted)[batch][];
        Crew.Share(
            groups,
            group =>
            {
                for (var clip = batch * group / groups; clip < batch * (group + 1) / groups; clip++)
                    sums[clip] = BackwardClip(
                        number,
                        lines + clip * clipFloats,
                        back + clip * clipFloats,
                        normalisation,
                        mirrored,
                        taken,
                        kernelSum + (long)group * kernelFloats
                    );
            }
        );
        float* scale = Lanes.Memory<float>(parameters[ParametersPerConvolution * number]),
            scaleGradient = Lanes.Memory<float>(gradients[ParametersPerConvolution * number]),
            shiftGradient = Lanes.Memory<float>(gradients[ParametersPerConvolution * number + 1]);
        for (var map = 0; map < found; map++)
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
            taken.Add(map, scale[map] * inverse * plain, scale[map] * inverse * inverse * inverse * weighted);
        }
        for (var group = 1; group < groups; group++)
        for (var i = 0; i < kernelFloats; i++)
            kernelSum[i] += kernelSum[(long)group * kernelFloats + i];
        var kernel = Kernel(gradients, number);
        for (var tap = 0; tap < DenseBlockShape.Taps; tap++)
        for (var channel = 0; channel < found; channel++)
        for (var map = 0; map < shape.Growth; map++)
            kernel[(map * found + channel) * DenseBlockShape.Taps + tap] = kernelSum[
                (tap * found + channel) * columns + map
            ];
    }

    /// <summary>
    /// Carries one clip's gradient through a convolution, ReLU and, but for what the batch's mean and variance take off, the
    /// normalisation, to the lines it found.
    /// </summary>
    /// <returns>Of each map found, the sum of the gradient before the normalisation, and of that times (value - mean).</returns>
    private (double Plain, double Weighted)[] BackwardClip(
        int number,
        float* lines,
        float* back,
        Normalisation normalisation,
        float* mirrored,
        MeanGradients taken,
        float* kernelSum
    )
    {
        int found = shape.Found(number),
            growth = shape.Growth,
            columns = Widened.Size(growth);
        var activated = Activated(number, lines, normalisation) + shape.Margin;
        var gradient = OwnGradient(found, lines, back, taken);
        var turned = Turned(gradient, columns);
        var through = Scratch.Floats(3, (long)found * Piece);
        var sums = new (double Plain, double Weighted)[found];
        var towardsKernel = new Walk(shape.Padded, 0, 1, columns);
        var towardsMaps = new Walk(Side * growth, growth, 1, shape.Padded, Side, growth, -1);
        for (var from = 0; from < shape.Length; from += Piece)
        {
            var count = Math.Min(Piece, shape.Length - from);
            Lanes.Clear(through, (long)found * Piece);
            for (var frame = 0; frame < Side; frame++)
            {
                for (var bin = 0; bin < Side; bin++)
                    Tile.Add(
                        activated + from + shape.Shift(frame, bin),
                        turned + (nint)from * columns,
                        kernelSum + (nint)(frame * Side + bin) * found * columns,
                        columns,
                        found,
                        columns,
                        towardsKernel with
                        {
                            Inner = count,
                        }
                    );
                Tile.Add(
                    mirrored + (nint)frame * found * Side * growth,
                    gradient + from - shape.Shift(frame, 0),
                    through,
                    Piece,
                    found,
                    count,
                    towardsMaps
                );
            }
            for (var map = 0; map < found; map++)
            {
                var line = (nint)map * shape.Length + from;
                var (plain, weighted) = Passed(
                    through + (nint)map * Piece,
                    activated + (nint)map * shape.Padded + from,
                    lines + line,
                    taken.Mean(map),
                    normalisation.Factor[map],
                    back + line,
                    count
                );
                sums[map] = (sums[map].Plain + plain, sums[map].Weighted + weighted);
            }
        }
        return sums;
    }

    /// <summary>The whole gradient of the maps that a convolution made, lines with zeros around them.</summary>
    private float* OwnGradient(int first, float* lines, float* back, MeanGradients taken)
    {
        var gradient = Scratch.Floats(1, (long)shape.Growth * shape.Padded);
        for (var map = 0; map < shape.Growth; map++)
        {
            var own = gradient + (nint)map * shape.Padded;
            var line = (nint)(first + map) * shape.Length;
            taken.Apply(first + map, lines + line, back + line, own + shape.Margin, shape.Length);
            MapLines.ClearAround(shape, own);
        }
        return gradient + shape.Margin;
    }

    /// <summary>Such lines place by place, (length, columns), zeros in the columns that are too many.</summary>
    private float* Turned(float* lines, int columns)
    {
        var turned = Scratch.Floats(2, (long)shape.Length * columns);
        Lanes.Clear(turned, (long)shape.Length * columns);
        for (var at = 0; at < shape.Length; at++)
        for (var map = 0; map < shape.Growth; map++)
            turned[(nint)at * columns + map] = lines[(nint)map * shape.Padded + at];
        return turned;
    }

    /// <summary>Lets a gradient through ReLU and the normalisation's factor; sums of it and of it times (value - mean).</summary>
    private static (double Plain, double Weighted) Passed(
        float* gradient,
        float* activated,
        float* line,
        float mean,
        float factor,
        float* back,
        int count
    )
    {
        var (means, factors) = (Vector512.Create(mean), Vector512.Create(factor));
        Vector512<float> plain = default,
            weighted = default;
        for (var at = 0; at < count; at += Tile.Lanes)
        {
            var passes = Vector512.GreaterThan(Vector512.Load(activated + at), Vector512<float>.Zero);
            var own = Vector512.Load(gradient + at) & passes;
            plain += own;
            weighted = Vector512.MultiplyAddEstimate(own, Vector512.Load(line + at) - means, weighted);
            Vector512.MultiplyAddEstimate(own, factors, Vector512.Load(back + at)).Store(back + at);
        }
        double sum = 0,
            weightedSum = 0;
        for (var lane = 0; lane < Tile.Lanes; lane++)
        {
            sum += plain[lane];
            weightedSum += weighted[lane];
        }
        return (sum, weightedSum);
    }

    /// <summary>A convolution's kernels for the way back: (tap's frame, maps found, tap's bin, growth).</summary>
    private float* Mirrored(IReadOnlyList<Tensor> parameters, int number)
    {
        var found = shape.Found(number);
        var kernel = Kernel(parameters, number);
        var mirrored = Scratch.Floats(Scratch.Shared, shape.KernelFloats(number));
        var to = mirrored;
        for (var frame = 0; frame < Side; frame++)
        for (var channel = 0; channel < found; channel++)
        for (var bin = 0; bin < Side; bin++)
        for (var map = 0; map < shape.Growth; map++)
            *to++ = kernel[(map * found + channel) * DenseBlockShape.Taps + frame * Side + bin];
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
            var (run, output) = block.Forward(
                (Tensor)arguments[1],
                parameters,
                (IReadOnlyList<Tensor>)arguments[2],
                (uint)arguments[3]
            );
            context.save_data("block", block);
            context.save_data("run", run);
            context.save_data("isInputWanted", arguments[4]);
            context.save_for_backward([.. parameters]);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var block = (DenseBlock)context.get_data("block");
            using var run = (DenseBlockRun)context.get_data("run");
            using var contiguous = gradient.contiguous();
            var (gradients, input) = block.Backward(
                run,
                contiguous,
                context.get_saved_variables(),
                (bool)context.get_data("isInputWanted")
            );
            return [null!, input!, null!, null!, null!, .. gradients];
        }
    }
}
