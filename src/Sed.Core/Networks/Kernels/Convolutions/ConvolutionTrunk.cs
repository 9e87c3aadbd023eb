using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Convolution blocks, one after the other, as a single operation for autograd. Maps stay in the layout (batch, frames, bins,
/// channels) from block to block, also where they come from others and go to them.
/// </summary>
internal sealed unsafe class ConvolutionTrunk
{
    /// <summary>Parameters per block: kernel, bias, normalisation's weight and bias.</summary>
    public const int ParametersPerBlock = 4;

    private readonly int filters; // of the last block, as it was asked for
    private readonly BlockShape[] shapes;
    private readonly FirstBlock? first; // where the network's input fits it
    private readonly PooledBlock[] blocks;

    /// <param name="shapes">The blocks; each one's input is what the one before gives.</param>
    public ConvolutionTrunk(IReadOnlyList<BlockShape> shapes)
    {
        filters = shapes[^1].Filters;
        this.shapes = [.. shapes.Select((shape, block) => shape.Wider(isInput: block == 0 && shape.Channels == 1))];
        blocks = [.. this.shapes.Select(shape => new PooledBlock(shape))];
        if (FirstBlock.Fits(this.shapes[0]))
            first = new FirstBlock(this.shapes[0]);
    }

    /// <summary>Training: batch statistics, dropout and, where they are enabled, gradients; of what comes in, too, unless it is the network's input.</summary>
    /// <param name="maps">(batch, channels, frames, bins), or the network's input, (batch, frames, bins); float32, in any layout.</param>
    /// <param name="parameters">Four per block.</param>
    /// <param name="running">Running mean and variance of every block, two per block.</param>
    /// <param name="seeds">Dropout seed of every block.</param>
    /// <returns>(batch, filters, pooled frames, pooled bins), with the filters of a bin side by side in memory.</returns>
    public Tensor Train(Tensor maps, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running, uint[] seeds)
    {
        using var scope = NewDisposeScope();
        var wide = Wide(running);
        var entering = Entering(maps);
        var output = is_grad_enabled()
            ? Function.apply([this, entering, wide, seeds, entering.requires_grad, .. Wide(parameters)])
            : WithoutGradients(entering, Wide(parameters), wide, seeds);
        foreach (var (own, moved) in running.Zip(wide))
            if (!ReferenceEquals(own, moved))
                own.copy_(moved.narrow(0, 0, own.shape[0]));
        return Leaving(output).MoveToOuterDisposeScope();
    }

    /// <summary>Running statistics, no dropout, no gradients.</summary>
    public Tensor Infer(Tensor maps, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running)
    {
        using var scope = NewDisposeScope();
        (parameters, running) = (Wide(parameters), Wide(running));
        var values = Bordered(Entering(maps));
        for (var block = 0; block < shapes.Length; block++)
        {
            var weights = Weights(parameters, block);
            float* mean = Lanes.Memory<float>(running[2 * block]),
                variance = Lanes.Memory<float>(running[2 * block + 1]);
            var output =
                block == 0 && first is not null
                    ? first.Infer(values, weights, mean, variance, BorderAfter(block))
                    : blocks[block].Infer(values, weights, mean, variance, BorderAfter(block));
            values.Dispose();
            values = output;
        }
        using (values)
            return Leaving(values).MoveToOuterDisposeScope();
    }

    /// <summary>(batch, frames, bins, channels), contiguous, with zeros behind the channels where the first block is widened.</summary>
    private Tensor Entering(Tensor maps)
    {
        var inside = maps.dim() == 3 ? maps.unsqueeze(3) : maps.permute(0, 2, 3, 1);
        return Widened.To(inside, inside.shape[0], inside.shape[1], inside.shape[2], shapes[0].Channels).contiguous();
    }

    // Backwards a cut makes a new tensor, also where it cuts nothing off.
    private Tensor Leaving(Tensor maps) =>
        (maps.shape[3] == filters ? maps : maps.narrow(3, 0, filters)).permute(0, 3, 1, 2);

    /// <summary>What comes in with zeros around it.</summary>
    private Tensor Bordered(Tensor maps) =>
        first is not null
            ? first.Bordered(maps)
            : nn.functional.pad(maps, [0, 0, 0, 0, shapes[0].Border, shapes[0].Border]).DetachFromDisposeScope();

    /// <summary>Frames of zeros that the next block wants around what a block gives.</summary>
    private int BorderAfter(int block) => block + 1 < shapes.Length ? shapes[block + 1].Border : 0;

    /// <summary>The same number of tensors for each block, with zeros behind them where a block is widened.</summary>
    private Tensor[] Wide(IReadOnlyList<Tensor> tensors) =>
        [
            .. tensors
                .Chunk(tensors.Count / shapes.Length)
                .Zip(shapes)
                .SelectMany(block => block.First.Select(tensor => block.Second.Wide(tensor))),
        ];

    private BlockRun[] Forward(
        Tensor maps,
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<Tensor> running,
        uint[] seeds
    )
    {
        var runs = new BlockRun[shapes.Length];
        for (var block = 0; block < shapes.Length; block++)
        {
            var weights = Weights(parameters, block);
            float* mean = Lanes.Memory<float>(running[2 * block]),
                variance = Lanes.Memory<float>(running[2 * block + 1]);
            var dropout = new Dropout(shapes[block].Rate, seeds[block]);
            var input = block == 0 ? Bordered(maps) : runs[block - 1].Output;
            runs[block] =
                block == 0 && first is not null
                    ? first.Forward(input, weights, mean, variance, dropout, BorderAfter(block))
                    : blocks[block].Forward(input, weights, mean, variance, dropout, BorderAfter(block));
        }
        return runs;
    }

    // What a backward pass would need is kept by none, so it has to go here.
    private Tensor WithoutGradients(
        Tensor maps,
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<Tensor> running,
        uint[] seeds
    )
    {
        var runs = Forward(maps, parameters, running, seeds);
        var output = runs[^1].Output.alias();
        foreach (var run in runs)
            run.Dispose();
        return output;
    }

    /// <summary>Gradients of the parameters, four per block, and of what came in; null where that is not wanted.</summary>
    private (Tensor[] Parameters, Tensor? Input) Backward(
        BlockRun[] runs,
        Tensor outputGradient,
        IReadOnlyList<Tensor> parameters,
        bool isInputWanted
    )
    {
        var gradients = parameters.Select(parameter => empty(parameter.shape)).ToArray();
        var gradient = outputGradient.contiguous();
        for (var block = shapes.Length - 1; block >= 0; block--)
        {
            var shape = shapes[block];
            var (own, weights) = (Weights(gradients, block), Weights(parameters, block));
            if (block == 0 && first is not null)
            {
                first.Backward(runs[0], Lanes.Memory<float>(gradient), weights, own);
                gradient.Dispose();
                return (gradients, null);
            }
            var isWanted = block > 0 || isInputWanted;
            var below = isWanted ? empty(runs[block].Input.shape[0], shape.Frames, shape.Bins, shape.Channels) : null;
            blocks[block]
                .Backward(
                    runs[block],
                    Lanes.Memory<float>(gradient),
                    weights,
                    own,
                    below is null ? null : Lanes.Memory<float>(below)
                );
            gradient.Dispose();
            if (below is null)
                return (gradients, null);
            gradient = below;
        }
        return (gradients, gradient);
    }

    private static BlockWeights Weights(IReadOnlyList<Tensor> parameters, int block)
    {
        var from = block * ParametersPerBlock;
        return new BlockWeights(At(from), At(from + 1), At(from + 2), At(from + 3));
        nint At(int index) => (nint)Lanes.Memory<float>(parameters[index]);
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const int FirstParameter = 5;

        public override string Name => nameof(ConvolutionTrunk);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var trunk = (ConvolutionTrunk)arguments[0];
            var parameters = arguments.Skip(FirstParameter).Cast<Tensor>().ToArray();
            var runs = trunk.Forward(
                (Tensor)arguments[1],
                parameters,
                (IReadOnlyList<Tensor>)arguments[2],
                (uint[])arguments[3]
            );
            context.save_data("trunk", trunk);
            context.save_data("runs", runs);
            context.save_data("isInputWanted", arguments[4]);
            context.save_for_backward([.. parameters]);
            return runs[^1].Output.alias();
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var trunk = (ConvolutionTrunk)context.get_data("trunk");
            var runs = (BlockRun[])context.get_data("runs");
            var parameters = context.get_saved_variables();
            var (gradients, below) = trunk.Backward(
                runs,
                gradient,
                parameters,
                (bool)context.get_data("isInputWanted")
            );
            foreach (var run in runs)
                run.Dispose();
            return [null!, below!, null!, null!, null!, .. gradients];
        }
    }
}
