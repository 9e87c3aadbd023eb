namespace Sed

open System
open Sed.Core.Networks
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs
open TorchSharp

/// crnn { dropout 0.15 }: the paper's kind of network; what is not said stays as in the 218k candidate.
type CrnnBuilder() =
    inherit Block<Network>()

    let given keyword (network: Network) = {
        network with
            Declared = network.Declared @ [ keyword ]
    }

    let isConvolutional (layer: Layer) =
        layer :? Layer.Convolution || layer :? Layer.BandPooling

    let isRecurrent (layer: Layer) = layer :? Layer.BidirectionalGru

    let isDense (layer: Layer) = layer :? Layer.Dense

    /// The paper's order: convolutions, then recurrent layers, then dense ones.
    let assemble network replaced (layers: Layer list) =
        let kind (which: Layer -> bool) =
            List.filter which (List.filter (replaced >> not) network.Layers @ layers)
        {
            network with
                Layers = kind isConvolutional @ kind isRecurrent @ kind isDense
        }

    member _.Yield(_: unit) = Network.candidate218k

    /// Each convolution's filters and the bands that are pooled after it: `convolutions [ 48, 5; 48, 4; 48, 2 ]`.
    [<CustomOperation "convolutions">]
    member _.Convolutions(network: Network, filtersAndPools: (int * int) list) =
        assemble network isConvolutional [
            for filters, pool in filtersAndPools do
                Layer.Convolution filters
                if pool <> 1 then
                    Layer.BandPooling pool
        ]
        |> given "convolutions"

    /// Units of each bidirectional recurrent layer, whose directions are multiplied: `recurrent [ 32; 32 ]`.
    [<CustomOperation "recurrent">]
    member _.Recurrent(network: Network, units: int list) =
        assemble network isRecurrent [ for size in units -> Layer.BidirectionalGru(size, Merge.Multiply) ]
        |> given "recurrent"

    /// Units of each dense layer between the recurrent layers and the strong output: `dense [ 64 ]`.
    [<CustomOperation "dense">]
    member _.Dense(network: Network, units: int list) =
        assemble network isDense [ for size in units -> Layer.Dense(size, Activation.Linear) ]
        |> given "dense"

    /// Probability that a value is dropped after each layer. Default 0.15.
    [<CustomOperation "dropout">]
    member _.Dropout(network: Network, rate: float) =
        { network with Dropout = rate } |> given "dropout"

    /// How the weak output comes from the strong one. Default DenseOverFrames.
    [<CustomOperation "weak">]
    member _.Weak(network: Network, output: WeakOutput) =
        { network with Weak = output } |> given "weak"

    /// Hears each segment of this length by itself: `segments 1.5<s> LargestSegment` (multiple instances) or InheritLabels.
    [<CustomOperation "segments">]
    member _.Segments(network: Network, length: float<s>, learning: SegmentLearning) =
        {
            network with
                Segments = Some(length, learning)
        }
        |> given "segments"

    /// The name that tables show. Default "CRNN".
    [<CustomOperation "name">]
    member _.Name(network: Network, name: string) =
        { network with Name = name } |> given "name"

/// layers "mine" { conv 32; pool 5; biGru 16; dense 32; dropout 0.2 }: any stack, from the bottom up.
type LayersBuilder(name: string) =
    inherit Block<Network>()

    let add layer (network: Network) = {
        network with
            Layers = network.Layers @ [ layer ]
    }

    let given keyword (network: Network) = {
        network with
            Declared = network.Declared @ [ keyword ]
    }

    member _.Yield(_: unit) = {
        Name = name
        Layers = []
        Dropout = 0.0
        Weak = WeakOutput.MaxPooling()
        Segments = None
        Declared = []
    }

    /// Each frame together with its neighbours; an odd number of frames.
    [<CustomOperation "context">]
    member _.Context(network: Network, frames: int) = add (Layer.Context frames) network

    /// A 3x3 convolution with batch normalisation and ReLU.
    [<CustomOperation "conv">]
    member _.Conv(network: Network, filters: int) = add (Layer.Convolution filters) network

    /// A convolution over so many frames and bands, odd numbers, with batch normalisation and ReLU.
    [<CustomOperation "conv">]
    member _.Conv(network: Network, filters: int, frames: int, bands: int) =
        add (Layer.Convolution(filters, frames, bands)) network

    /// The largest of so many neighbouring bands.
    [<CustomOperation "pool">]
    member _.Pool(network: Network, bands: int) = add (Layer.BandPooling bands) network

    /// Bidirectional gated recurrent units whose directions are multiplied.
    [<CustomOperation "biGru">]
    member _.BiGru(network: Network, units: int) =
        add (Layer.BidirectionalGru(units, Merge.Multiply)) network

    /// Bidirectional gated recurrent units whose directions are merged: Merge.Multiply or Merge.Concatenate.
    [<CustomOperation "biGru">]
    member _.BiGru(network: Network, units: int, merge: Merge) =
        add (Layer.BidirectionalGru(units, merge)) network

    /// A linear dense layer for each frame.
    [<CustomOperation "dense">]
    member _.Dense(network: Network, units: int) =
        add (Layer.Dense(units, Activation.Linear)) network

    /// A dense layer with ReLU for each frame.
    [<CustomOperation "denseRelu">]
    member _.DenseRelu(network: Network, units: int) =
        add (Layer.Dense(units, Activation.Relu)) network

    /// A convolution like `conv` whose maps are gated by sigmoid twins (gated linear units).
    [<CustomOperation "gatedConv">]
    member _.GatedConv(network: Network, filters: int) =
        add (Layer.GatedConvolution filters) network

    /// A convolution over so many frames and bands, odd numbers, whose maps are gated by sigmoid twins.
    [<CustomOperation "gatedConv">]
    member _.GatedConv(network: Network, filters: int, frames: int, bands: int) =
        add (Layer.GatedConvolution(filters, frames, bands)) network

    /// A convolution along samples with batch normalisation and ReLU: filters and the samples that a kernel covers, odd.
    [<CustomOperation "sampleConv">]
    member _.SampleConv(network: Network, filters: int, kernel: int) =
        add (Layer.SampleConvolution(filters, kernel)) network

    /// A convolution along samples that leaves one value for each step over them: `sampleConv 128 3 3`.
    [<CustomOperation "sampleConv">]
    member _.SampleConv(network: Network, filters: int, kernel: int, step: int) =
        add (Layer.SampleConvolution(filters, kernel, step)) network

    /// So many 3x3 convolutions, each on all maps before it, to which it adds so many (DenseNet): `denseBlock 4 12`.
    [<CustomOperation "denseBlock">]
    member _.DenseBlock(network: Network, convolutions: int, growth: int) =
        add (Layer.DenseBlock(convolutions, growth)) network

    /// Two 3x3 convolutions, each with batch normalisation and ReLU.
    [<CustomOperation "doubleConv">]
    member _.DoubleConv(network: Network, filters: int) =
        add (Layer.DoubleConvolution filters) network

    /// Two 3x3 convolutions with a way past them.
    [<CustomOperation "residual">]
    member _.Residual(network: Network, filters: int) =
        add (Layer.DoubleConvolution(filters, true)) network

    /// The largest of so many neighbouring frames and bands.
    [<CustomOperation "pool">]
    member _.Pool(network: Network, frames: int, bands: int) =
        add (Layer.Pooling(frames, bands, PoolingKind.Maximum)) network

    /// The mean of so many neighbouring frames and bands.
    [<CustomOperation "poolMean">]
    member _.PoolMean(network: Network, frames: int, bands: int) =
        add (Layer.Pooling(frames, bands, PoolingKind.Mean)) network

    /// Each frame so many times, to undo what was pooled over time.
    [<CustomOperation "upsample">]
    member _.Upsample(network: Network, factor: int) =
        add (Layer.Upsampling(factor, UpsamplingKind.Repetition)) network

    /// So many times as many frames, with straight lines between the middles of those that are there.
    [<CustomOperation "upsampleLinear">]
    member _.UpsampleLinear(network: Network, factor: int) =
        add (Layer.Upsampling(factor, UpsamplingKind.Linear)) network

    /// Bidirectional gated recurrent units and a sigmoid twin that gates them, with directions side by side.
    [<CustomOperation "gatedGru">]
    member _.GatedGru(network: Network, units: int) = add (Layer.GatedGru units) network

    /// A transformer's encoder block with so many heads, over the frames.
    [<CustomOperation "selfAttention">]
    member _.SelfAttention(network: Network, heads: int) = add (Layer.SelfAttention heads) network

    /// A conformer's block with so many heads, over the frames; its convolution covers 31 of them.
    [<CustomOperation "conformer">]
    member _.Conformer(network: Network, heads: int) = add (Layer.Conformer heads) network

    /// A conformer's block with so many heads, whose convolution covers so many frames, an odd number.
    [<CustomOperation "conformer">]
    member _.Conformer(network: Network, heads: int, frames: int) =
        add (Layer.Conformer(heads, frames)) network

    /// Each frame's vector with mean 0 and variance 1, then a learnt scale and shift.
    [<CustomOperation "layerNorm">]
    member _.LayerNorm(network: Network) =
        add (Layer.LayerNormalisation()) network

    /// Any layer, as a value.
    [<CustomOperation "layer">]
    member _.Layer(network: Network, layer: Layer) = add layer network

    /// Probability that a value is dropped after each layer. Default 0.
    [<CustomOperation "dropout">]
    member _.Dropout(network: Network, rate: float) =
        { network with Dropout = rate } |> given "dropout"

    /// How the weak output comes from the strong one. Default MaxPooling.
    [<CustomOperation "weak">]
    member _.Weak(network: Network, output: WeakOutput) =
        { network with Weak = output } |> given "weak"

    /// Hears each segment of this length by itself: `segments 1.5<s> LargestSegment` (multiple instances) or InheritLabels.
    [<CustomOperation "segments">]
    member _.Segments(network: Network, length: float<s>, learning: SegmentLearning) =
        {
            network with
                Segments = Some(length, learning)
        }
        |> given "segments"

/// What stands for the parts of a network that have no block of their own.
[<AutoOpen>]
module NetworkWords =
    /// A dense layer over all frames and classes of the strong output, as in the paper.
    let DenseOverFrames: WeakOutput = WeakOutput.DenseOverFrames()

    /// The largest probability of any frame; no parameters.
    let MaxPooling: WeakOutput = WeakOutput.MaxPooling()

    /// The mean over the frames; no parameters.
    let MeanPooling: WeakOutput = WeakOutput.MeanPooling()

    /// The mean over the frames, each weighted by its own probability; no parameters.
    let LinearSoftmax: WeakOutput = WeakOutput.LinearSoftmax()

    /// The mean over the frames, each weighted by the exponential of its probability; no parameters.
    let ExponentialSoftmax: WeakOutput = WeakOutput.ExponentialSoftmax()

    /// The mean over the frames with weights that a dense layer learns.
    let Attention: WeakOutput = WeakOutput.Attention()

    /// The mean over the frames with weights that a dense layer learns and that the classes of a frame share (Xu et al. 2017).
    let ClassAttention: WeakOutput = WeakOutput.ClassAttention()

    /// Of the segments of a clip the one with the largest weak output counts, class by class (multiple instances).
    let LargestSegment = SegmentLearning.LargestSegment

    /// Every segment of a clip is held against the clip's weak labels.
    let InheritLabels = SegmentLearning.InheritLabels

    /// A layer of one's own, for the keyword `layer`: a name, a version, the values that it leaves for each frame, and
    /// a function that makes the torch module, given the values per frame below it. Its parameters are trained, kept and exported
    /// like all others. Its trials are known by its code and all that this calls in the script, so a changed layer is trained
    /// anew; raise the version where a library or a file that it reads has changed.
    let customLayer name version units (build: int -> torch.nn.Module<torch.Tensor, torch.Tensor>) : Layer =
        Layer.Custom(name, version, units, Func<_, _> build)
