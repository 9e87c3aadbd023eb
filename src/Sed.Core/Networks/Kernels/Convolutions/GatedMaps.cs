using System.Runtime.Intrinsics;
using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Networks.Kernels.Convolutions;

/// <summary>
/// Gates that mix all maps of a bin, and the dropout after them, on channels-last maps. With the maps x of a bin and
/// f(x) = W x + b, the output is f(x) sigmoid(x), or x sigmoid(f(x)) for context gating.
/// </summary>
/// <param name="maps">Number of maps, for which <see cref="Fits"/> is true.</param>
/// <param name="isContext">Whether f(x) is the argument of the sigmoid.</param>
/// <param name="rate">Dropout rate, in [0, 1).</param>
internal sealed unsafe class GatedMaps(int maps, bool isContext, double rate)
{
    private const int BinsPerItem = 2048;
    private const int FloatsPerTile = 8192; // the values of a tile stay in the first-level cache

    private readonly int tileBins = Math.Max(8, FloatsPerTile / maps);

    /// <summary>Whether the number of maps is a multiple of the vector width.</summary>
    public static bool Fits(int maps) => maps % Simd.Lanes == 0;

    /// <summary>
    /// Computes the forward pass in training, with dropout; records it for the backward pass if gradients are enabled.
    /// </summary>
    /// <param name="input">Shape (batch, maps, frames, bins), float32, in any layout.</param>
    /// <param name="weight">W, shape (maps, maps).</param>
    /// <param name="bias">b, shape (maps).</param>
    /// <param name="seed">Dropout seed.</param>
    /// <returns>Shape (batch, maps, frames, bins), channels-last in memory.</returns>
    public Tensor Train(Tensor input, Tensor weight, Tensor bias, uint seed)
    {
        using var scope = NewDisposeScope();
        var last = input.permute(0, 2, 3, 1).contiguous();
        var dropout = new Dropout(rate, seed);
        var output = is_grad_enabled()
            ? Function.apply(this, last, weight, bias, dropout, last.requires_grad)
            : Forward(last, weight, bias, dropout, null);
        return output.permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>Computes the forward pass at inference, without dropout and gradients.</summary>
    public Tensor Infer(Tensor input, Tensor weight, Tensor bias)
    {
        using var scope = NewDisposeScope();
        var last = input.permute(0, 2, 3, 1).contiguous();
        return Forward(last, weight, bias, Dropout.None, null).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    private static long BinsOf(Tensor maps) => maps.shape[0] * maps.shape[1] * maps.shape[2];

    /// <summary>Computes the output. If <paramref name="mixed"/> is not null, it receives f(x).</summary>
    private Tensor Forward(Tensor input, Tensor weight, Tensor bias, Dropout dropout, Tensor? mixed)
    {
        using var transposed = weight.detach().t().contiguous(); // (maps of x, maps of f)
        var output = empty(input.shape);
        var bins = BinsOf(input);
        float* from = input.Pointer<float>(bins * maps),
            to = output.Pointer<float>(bins * maps),
            kept = mixed is null ? null : mixed.Pointer<float>(bins * maps),
            w = transposed.Pointer<float>((long)maps * maps),
            b = bias.Pointer<float>(maps);
        KernelThreads.Run(
            (int)((bins + BinsPerItem - 1) / BinsPerItem),
            item =>
            {
                var mask = dropout.From(0);
                var end = Math.Min(bins, (item + 1L) * BinsPerItem);
                for (var first = (long)item * BinsPerItem; first < end; first += tileBins)
                {
                    var count = (int)Math.Min(tileBins, end - first);
                    var f = kept is null ? Scratch.Floats(0, (long)tileBins * maps) : kept + first * maps;
                    Mix(from + first * maps, w, b, f, count);
                    for (long at = first * maps, k = 0; k < (long)count * maps; at += Simd.Lanes, k += Simd.Lanes)
                    {
                        var x = Vector512.Load(from + at);
                        var y = Vector512.Load(f + k);
                        var value = isContext ? x * Simd.Sigmoid(y) : y * Simd.Sigmoid(x);
                        (mask.Active ? value * mask.At(at) : value).Store(to + at);
                    }
                }
            }
        );
        return output;
    }

    /// <summary>Computes f(x) for a number of consecutive bins.</summary>
    private void Mix(float* x, float* weight, float* bias, float* f, int bins)
    {
        for (var bin = 0; bin < bins; bin++)
            Buffer.MemoryCopy(bias, f + (long)bin * maps, maps * sizeof(float), maps * sizeof(float));
        Tile.Add(x, weight, f, maps, bins, maps, new ReductionLoop(ARow: maps, Inner: maps, AInner: 1, BInner: maps));
    }

    /// <summary>Computes the gradients of the input, of W and of b.</summary>
    private (Tensor? Input, Tensor Weight, Tensor Bias) Backward(
        Tensor input,
        Tensor mixed,
        Tensor weight,
        Tensor gradient,
        Dropout dropout,
        bool isInputWanted
    )
    {
        var clips = (int)input.shape[0];
        var binsPerClip = input.shape[1] * input.shape[2];
        var below = isInputWanted ? empty(input.shape) : null;
        // The sums of each clip are kept apart and then added in the order of the clips, so that results do not depend
        // on the threads.
        using var weightSums = zeros(clips, maps, maps);
        using var biasSums = zeros(clips, maps);
        var values = clips * binsPerClip * maps;
        float* xs = input.Pointer<float>(values),
            fs = mixed.Pointer<float>(values),
            gs = gradient.Pointer<float>(values),
            w = weight.Pointer<float>((long)maps * maps),
            to = below is null ? null : below.Pointer<float>(values),
            ws = weightSums.Pointer<float>((long)clips * maps * maps),
            bs = biasSums.Pointer<float>((long)clips * maps);
        KernelThreads.Run(
            clips,
            clip =>
            {
                var mask = dropout.From(0);
                for (long first = clip * binsPerClip, end = first + binsPerClip; first < end; first += tileBins)
                {
                    var count = (int)Math.Min(tileBins, end - first);
                    var start = first * maps;
                    var ofMixed = Scratch.Floats(0, (long)tileBins * maps); // gradient of f(x)
                    var own = to is null ? Scratch.Floats(1, (long)tileBins * maps) : to + start;
                    for (long k = 0; k < (long)count * maps; k += Simd.Lanes)
                    {
                        var x = Vector512.Load(xs + start + k);
                        var f = Vector512.Load(fs + start + k);
                        var g = Vector512.Load(gs + start + k);
                        if (mask.Active)
                            g *= mask.At(start + k);
                        var gate = Simd.Sigmoid(isContext ? f : x);
                        var gated = g * gate;
                        var ofGate = gated * (isContext ? x : f) * (Vector512<float>.One - gate);
                        (isContext ? ofGate : gated).Store(ofMixed + k);
                        (isContext ? gated : ofGate).Store(own + k);
                    }
                    if (to is not null)
                        Tile.Add(ofMixed, w, own, maps, count, maps, new ReductionLoop(maps, maps, 1, maps));
                    AddParameterGradients(
                        xs + start,
                        ofMixed,
                        ws + (long)clip * maps * maps,
                        bs + (long)clip * maps,
                        count
                    );
                }
            }
        );
        return (below, SumOverClips(weightSums), SumOverClips(biasSums));
    }

    private static Tensor SumOverClips(Tensor ofClips)
    {
        var sum = zeros(ofClips.shape[1..]);
        var length = sum.numel();
        float* to = sum.Pointer<float>(length),
            from = ofClips.Pointer<float>(ofClips.shape[0] * length);
        for (var clip = 0; clip < ofClips.shape[0]; clip++, from += length)
        for (long at = 0; at < length; at += Simd.Lanes)
            (Vector512.Load(to + at) + Vector512.Load(from + at)).Store(to + at);
        return sum;
    }

    /// <summary>Adds the contribution of consecutive bins to the gradients of W and b.</summary>
    private void AddParameterGradients(float* x, float* ofMixed, float* weight, float* bias, int bins)
    {
        Tile.Add(ofMixed, x, weight, maps, maps, maps, new ReductionLoop(ARow: 1, bins, AInner: maps, BInner: maps));
        for (var j = 0; j < maps; j += Simd.Lanes)
        {
            var sum = Vector512.Load(bias + j);
            for (var bin = 0; bin < bins; bin++)
                sum += Vector512.Load(ofMixed + (long)bin * maps + j);
            sum.Store(bias + j);
        }
    }

    private sealed class Function : autograd.SingleTensorFunction<Function>
    {
        public override string Name => nameof(GatedMaps);

        public override Tensor forward(autograd.AutogradContext context, params object[] arguments)
        {
            var gates = (GatedMaps)arguments[0];
            var (input, weight) = ((Tensor)arguments[1], (Tensor)arguments[2]);
            var mixed = empty(input.shape);
            var output = gates.Forward(input, weight, (Tensor)arguments[3], (Dropout)arguments[4], mixed);
            context.save_data("gates", gates);
            context.save_data("dropout", arguments[4]);
            context.save_data("isInputWanted", arguments[5]);
            context.save_for_backward([input, mixed, weight]);
            return output;
        }

        public override List<Tensor> backward(autograd.AutogradContext context, Tensor gradient)
        {
            var gates = (GatedMaps)context.get_data("gates");
            var saved = context.get_saved_variables();
            using var contiguous = gradient.contiguous();
            var (input, weight, bias) = gates.Backward(
                saved[0],
                saved[1],
                saved[2],
                contiguous,
                (Dropout)context.get_data("dropout"),
                (bool)context.get_data("isInputWanted")
            );
            return [null!, input!, weight, bias, null!, null!];
        }
    }
}
