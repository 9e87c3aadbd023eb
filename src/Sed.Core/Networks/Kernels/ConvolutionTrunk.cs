using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels;

/// <summary>
/// The convolution blocks of a network, one after the other, as a single operation for autograd. Maps stay in the
/// layout (batch, frames, bins, channels) from block to block.
/// </summary>
internal sealed unsafe class ConvolutionTrunk
{
    /// <summary>Parameters per block: kernel, bias, normalisation's weight and bias.</summary>
    public const int ParametersPerBlock = 4;

    private readonly int filters; // of the last block, as it was asked for
    private readonly BlockShape[] shapes;
    private readonly FirstBlock first;
    private readonly PooledBlock[] later;

    /// <param name="shapes">The blocks, the first with one channel; each block's input is what the one before gives.</param>
    public ConvolutionTrunk(IReadOnlyList<BlockShape> shapes)
    {
        filters = shapes[^1].Filters;
        this.shapes = [.. shapes.Select((shape, block) => Widened.Shape(shape, first: block == 0))];
        first = new FirstBlock(this.shapes[0]);
        later = [.. this.shapes.Skip(1).Select(shape => new PooledBlock(shape))];
    }

    /// <summary>Whether these kernels can compute the blocks.</summary>
    public static bool Fits(IReadOnlyList<BlockShape> shapes) =>
        shapes.Count > 0
        && shapes[0].Channels == 1
        && shapes[0].Pool + 2 <= Tile.Lanes
        && shapes.All(shape => shape.PooledBins > 0 && shape.Rate < 1);

    /// <summary>The last block's maps as one vector per frame, filters outermost as torch has them.</summary>
    private Tensor Vectors(Tensor maps)
    {
        using var scope = NewDisposeScope();
        return maps.narrow(3, 0, filters).transpose(2, 3).flatten(2).MoveToOuterDisposeScope();
    }

    /// <summary>Training: batch statistics, dropout and, where they are enabled, gradients.</summary>
    /// <param name="clips">(batch, frames, bins), contiguous, float32.</param>
    /// <param name="parameters">Four per block.</param>
    /// <param name="running">Running mean and variance of every block, two per block.</param>
    /// <param name="seeds">Dropout seed of every block.</param>
    /// <returns>(batch, frames, filters * pooled bins).</returns>
    public Tensor Train(Tensor clips, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running, uint[] seeds)
    {
        using var scope = NewDisposeScope();
        var wide = Wide(running);
        var maps = is_grad_enabled()
            ? Function.apply([this, clips, wide, seeds, .. Wide(parameters)])
            : WithoutGradients(clips, Wide(parameters), wide, seeds);
        foreach (var (own, moved) in running.Zip(wide))
            if (!ReferenceEquals(own, moved))
                own.copy_(moved.narrow(0, 0, own.shape[0]));
        return Vectors(maps).MoveToOuterDisposeScope();
    }

    /// <summary>Running statistics, no dropout, no gradients.</summary>
    public Tensor Infer(Tensor clips, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running)
    {
        using var scope = NewDisposeScope();
        (parameters, running) = (Wide(parameters), Wide(running));
        var maps = first.Bordered(clips);
        for (var block = 0; block < shapes.Length; block++)
        {
            var weights = Weights(parameters, block);
            float* mean = Lanes.Memory<float>(running[2 * block]),
                variance = Lanes.Memory<float>(running[2 * block + 1]);
            var padded = block < shapes.Length - 1;
            var output =
                block == 0
                    ? first.Infer(maps, weights, mean, variance, padded)
                    : later[block - 1].Infer(maps, weights, mean, variance, padded);
            maps.Dispose();
            maps = output;
        }
        using (maps)
            return Vectors(maps).MoveToOuterDisposeScope();
    }

    /// <summary>The same number of tensors for each block, with zeros behind them where a block is widened.</summary>
    private Tensor[] Wide(IReadOnlyList<Tensor> tensors) =>
        [
            .. tensors
                .Chunk(tensors.Count / shapes.Length)
                .Zip(shapes)
                .SelectMany(block => block.First.Select(tensor => Widened.Block(tensor, block.Second))),
        ];

    private BlockRun[] Forward(
        Tensor clips,
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
            var padded = block < shapes.Length - 1;
            var dropout = new Dropout(shapes[block].Rate, seeds[block]);
            runs[block] =
                block == 0
                    ? first.Forward(first.Bordered(clips), weights, mean, variance, dropout, padded)
                    : later[block - 1].Forward(runs[block - 1].Output, weights, mean, variance, dropout, padded);
        }
        return runs;
    }

    // What a backward pass would need is kept by none, so it has to go here.
    private Tensor WithoutGradients(
        Tensor clips,
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<Tensor> running,
        uint[] seeds
    )
    {
        var runs = Forward(clips, parameters, running, seeds);
        var output = runs[^1].Output.alias();
        foreach (var run in runs)
            run.Dispose();
        return output;
    }

    /// <summary>Gradients of the parameters, four per block.</summary>
    private Tensor[] Backward(BlockRun[] runs, Tensor outputGradient, IReadOnlyList<Tensor> parameters)
    {
        var gradients = parameters.Select(parameter => empty(parameter.shape)).ToArray();
        var gradient = outputGradient.contiguous();
        for (var block = shapes.Length - 1; block > 0; block--)
        {
            var shape = shapes[block];
            var inputGradient = empty(clipsOf(runs[block]), shape.Frames, shape.Bins, shape.Channels);
            later[block - 1]
                .Backward(
                    runs[block],
                    Lanes.Memory<float>(gradient),
                    Weights(parameters, block),
                    Weights(gradients, block),
                    Lanes.Memory<float>(inputGradient)
                );
            gradient.Dispose();
            gradient = inputGradient;
        }
        first.Backward(runs[0], Lanes.Memory<float>(gradient), Weights(parameters, 0), Weights(gradients, 0));
        gradient.Dispose();
        return gradients;

        static long clipsOf(BlockRun run) => run.Input.shape[0];
    }

    private static BlockWeights Weights(IReadOnlyList<Tensor> parameters, int block)
    {
        var from = block * ParametersPerBlock;
        return new BlockWeights(At(from), At(from + 1), At(from + 2), At(from + 3));
        nint At(int index) => (nint)Lanes.Memory<float>(parameters[index]);
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const int FirstParameter = 4;

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
            context.save_for_backward([.. parameters]);
            return runs[^1].Output.alias();
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var trunk = (ConvolutionTrunk)context.get_data("trunk");
            var runs = (BlockRun[])context.get_data("runs");
            var parameters = context.get_saved_variables();
            var gradients = trunk.Backward(runs, gradient, parameters);
            foreach (var run in runs)
                run.Dispose();
            return [null!, null!, null!, null!, .. gradients];
        }
    }
}
