using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// A sequence of convolution blocks as one operation for autograd. Between blocks, feature maps stay in the
/// channels-last layout (batch, frames, bins, channels).
/// </summary>
internal sealed unsafe class ConvolutionTrunk
{
    /// <summary>
    /// Parameters per block: the convolution's kernel and bias, and the normalisation's weight and bias.
    /// </summary>
    public const int ParametersPerBlock = 4;

    private readonly int filters; // of the last block, without padding
    private readonly BlockShape[] shapes;
    private readonly FirstBlock? first; // null if FirstBlock does not support the first block
    private readonly PooledBlock[] blocks;

    /// <param name="shapes">Shapes of the blocks. The output of each block is the input of the next.</param>
    /// <param name="isFirst">
    /// Whether no trainable layer precedes the blocks, so that the first block needs no gradient of its input. Default
    /// true.
    /// </param>
    public ConvolutionTrunk(IReadOnlyList<BlockShape> shapes, bool isFirst = true)
    {
        filters = shapes[^1].Filters;
        this.shapes =
        [
            .. shapes.Select((shape, block) => shape.Padded(isInput: isFirst && block == 0 && shape.Channels == 1)),
        ];
        blocks = [.. this.shapes.Select(shape => new PooledBlock(shape))];
        if (isFirst && FirstBlock.Fits(this.shapes[0]))
            first = new FirstBlock(this.shapes[0]);
    }

    /// <summary>
    /// Computes the forward pass in training, with batch statistics and dropout. If gradients are enabled, the backward
    /// pass computes those of the parameters and, if the input requires a gradient, of the input.
    /// </summary>
    /// <param name="maps">
    /// Shape (batch, channels, frames, bins), or the network's input, shape (batch, frames, bins); float32, in any
    /// layout.
    /// </param>
    /// <param name="parameters">The parameters of each block (<see cref="ParametersPerBlock"/>).</param>
    /// <param name="running">Running mean and variance of each block; updated.</param>
    /// <param name="seeds">Dropout seed of each block.</param>
    /// <returns>Shape (batch, filters, pooled frames, pooled bins), channels-last in memory.</returns>
    public Tensor Train(Tensor maps, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running, uint[] seeds)
    {
        using var scope = NewDisposeScope();
        var padded = Pad(running);
        var input = ToChannelsLast(maps);
        var output = is_grad_enabled()
            ? Function.apply([this, input, padded, seeds, input.requires_grad, .. Pad(parameters)])
            : WithoutGradients(input, Pad(parameters), padded, seeds);
        foreach (var (own, updated) in running.Zip(padded))
            if (!ReferenceEquals(own, updated))
                own.copy_(updated.narrow(0, 0, own.shape[0]));
        return FromChannelsLast(output).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Computes the forward pass at inference, with running statistics and without dropout and gradients.
    /// </summary>
    public Tensor Infer(Tensor maps, IReadOnlyList<Tensor> parameters, IReadOnlyList<Tensor> running)
    {
        using var scope = NewDisposeScope();
        (parameters, running) = (Pad(parameters), Pad(running));
        var values = PadFrames(ToChannelsLast(maps));
        for (var block = 0; block < shapes.Length; block++)
        {
            var weights = Weights(parameters, block);
            var (mean, variance) = Running(running, block);
            var output =
                block == 0 && first is not null
                    ? first.Infer(values, weights, (float*)mean, (float*)variance, BorderAfter(block))
                    : blocks[block].Infer(values, weights, (float*)mean, (float*)variance, BorderAfter(block));
            values.Dispose();
            values = output;
        }
        using (values)
            return FromChannelsLast(values).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Converts maps to contiguous (batch, frames, bins, channels), with the channels padded to the channels of the
    /// first block.
    /// </summary>
    private Tensor ToChannelsLast(Tensor maps)
    {
        var last = maps.dim() == 3 ? maps.unsqueeze(3) : maps.permute(0, 2, 3, 1);
        return Simd.Pad(last, last.shape[0], last.shape[1], last.shape[2], shapes[0].Channels).contiguous();
    }

    // narrow is not called where it would remove nothing, because its backward pass would still copy the gradient.
    private Tensor FromChannelsLast(Tensor maps) =>
        (maps.shape[3] == filters ? maps : maps.narrow(3, 0, filters)).permute(0, 3, 1, 2);

    /// <summary>Adds the zero padding that the first block needs.</summary>
    private Tensor PadFrames(Tensor maps) =>
        first is not null
            ? first.Pad(maps)
            : nn.functional.pad(maps, [0, 0, 0, 0, shapes[0].Border, shapes[0].Border]).DetachFromDisposeScope();

    /// <summary>Number of padding frames that the next block needs on each side of this block's output.</summary>
    private int BorderAfter(int block) => block + 1 < shapes.Length ? shapes[block + 1].Border : 0;

    /// <summary>Pads each block's tensors to the padded numbers of channels and filters of the block.</summary>
    private Tensor[] Pad(IReadOnlyList<Tensor> tensors) =>
        [
            .. tensors
                .Chunk(tensors.Count / shapes.Length)
                .Zip(shapes)
                .SelectMany(block => block.First.Select(tensor => block.Second.Pad(tensor))),
        ];

    private SavedBlock[] Forward(
        Tensor maps,
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<Tensor> running,
        uint[] seeds
    )
    {
        var saved = new SavedBlock[shapes.Length];
        for (var block = 0; block < shapes.Length; block++)
        {
            var weights = Weights(parameters, block);
            var (mean, variance) = Running(running, block);
            var dropout = new Dropout(shapes[block].Rate, seeds[block]);
            var input = block == 0 ? PadFrames(maps) : saved[block - 1].Output;
            saved[block] =
                block == 0 && first is not null
                    ? first.Forward(input, weights, (float*)mean, (float*)variance, dropout, BorderAfter(block))
                    : blocks[block]
                        .Forward(input, weights, (float*)mean, (float*)variance, dropout, BorderAfter(block));
        }
        return saved;
    }

    private Tensor WithoutGradients(
        Tensor maps,
        IReadOnlyList<Tensor> parameters,
        IReadOnlyList<Tensor> running,
        uint[] seeds
    )
    {
        var saved = Forward(maps, parameters, running, seeds);
        var output = saved[^1].Output.alias();
        foreach (var block in saved)
            block.Dispose();
        return output;
    }

    /// <summary>Computes the gradients of the parameters, four per block, and optionally of the input.</summary>
    private (Tensor[] Parameters, Tensor? Input) Backward(
        SavedBlock[] saved,
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
            var batch = saved[block].Input.shape[0];
            var (own, weights) = (Weights(gradients, block), Weights(parameters, block));
            var from = gradient.Pointer<float>(batch * shape.PooledFloats);
            if (block == 0 && first is not null)
            {
                first.Backward(saved[0], from, weights, own);
                gradient.Dispose();
                return (gradients, null);
            }
            var isWanted = block > 0 || isInputWanted;
            var below = isWanted ? empty(batch, shape.Frames, shape.Bins, shape.Channels) : null;
            var to = below is null ? null : below.Pointer<float>(batch * shape.Frames * shape.Bins * shape.Channels);
            blocks[block].Backward(saved[block], from, weights, own, to);
            gradient.Dispose();
            if (below is null)
                return (gradients, null);
            gradient = below;
        }
        return (gradients, gradient);
    }

    private BlockWeights Weights(IReadOnlyList<Tensor> tensors, int block)
    {
        var shape = shapes[block];
        return new BlockWeights(
            At(0, shape.Convolution.KernelFloats),
            At(1, shape.Filters),
            At(2, shape.Filters),
            At(3, shape.Filters)
        );
        nint At(int index, long count) => (nint)tensors[block * ParametersPerBlock + index].Pointer<float>(count);
    }

    private (nint Mean, nint Variance) Running(IReadOnlyList<Tensor> running, int block) =>
        (
            (nint)running[2 * block].Pointer<float>(shapes[block].Filters),
            (nint)running[2 * block + 1].Pointer<float>(shapes[block].Filters)
        );

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        private const int FirstParameter = 5;

        public override string Name => nameof(ConvolutionTrunk);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var trunk = (ConvolutionTrunk)arguments[0];
            var parameters = arguments.Skip(FirstParameter).Cast<Tensor>().ToArray();
            var saved = trunk.Forward(
                (Tensor)arguments[1],
                parameters,
                (IReadOnlyList<Tensor>)arguments[2],
                (uint[])arguments[3]
            );
            context.save_data("trunk", trunk);
            context.save_data("saved", saved);
            context.save_data("isInputWanted", arguments[4]);
            context.save_for_backward([.. parameters]);
            return saved[^1].Output.alias();
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var trunk = (ConvolutionTrunk)context.get_data("trunk");
            var saved = (SavedBlock[])context.get_data("saved");
            var parameters = context.get_saved_variables();
            var (gradients, below) = trunk.Backward(
                saved,
                gradient,
                parameters,
                (bool)context.get_data("isInputWanted")
            );
            foreach (var block in saved)
                block.Dispose();
            return [null!, below!, null!, null!, null!, .. gradients];
        }
    }
}
