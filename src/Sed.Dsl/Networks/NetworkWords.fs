namespace Sed

open System
open Sed.Core.Networks
open Sed.Core.Networks.Layers
open Sed.Core.Networks.WeakOutputs
open Sed.Core.Networks.Weights
open TorchSharp

/// layers "mine" { conv 32; pool 5; biGru 16; dense 32; dropout 0.2 }: A stack of layers, listed from input to output.
type LayersBuilder(name: string) =
    inherit PublishedLayersBuilder()

    let add = Network.withLayer

    member _.Yield(_: unit) = {
        Name = name
        Layers = []
        Dropout = 0.0
        Weak = WeakOutput.MaxPooling()
        Strong = None
        Segments = None
        StartFrom = None
        Initial = InitialWeights.Own
        Declared = []
    }

    /// Concatenates each frame with its neighbours. The argument is the length of the whole window in frames, an odd
    /// number.
    [<CustomOperation "context">]
    member _.Context(network: Network, frames: int) = add (Layer.Context frames) network

    /// A 3x3 convolution with batch normalisation and ReLU.
    [<CustomOperation "conv">]
    member _.Conv(network: Network, filters: int) = add (Layer.Convolution filters) network

    /// A convolution with batch normalisation and ReLU. The arguments are the number of filters, and the kernel size in
    /// frames and bands. For even kernels, the input is padded as with TensorFlow's padding "same".
    [<CustomOperation "conv">]
    member _.Conv(network: Network, filters: int, frames: int, bands: int) =
        add (Layer.Convolution(filters, frames, bands)) network

    /// A 3x3 convolution with batch normalisation and ReLU. The last argument is the constant that the batch
    /// normalisation adds to the variance: 1e-3 in Keras, otherwise 1e-5.
    [<CustomOperation "conv">]
    member _.Conv(network: Network, filters: int, epsilon: float) =
        add (Layer.Convolution(filters, Epsilon = epsilon)) network

    /// Max pooling over bands.
    [<CustomOperation "pool">]
    member _.Pool(network: Network, bands: int) = add (Layer.BandPooling bands) network

    /// A bidirectional GRU. The argument is the number of units per direction. The outputs of both directions are
    /// multiplied.
    [<CustomOperation "biGru">]
    member _.BiGru(network: Network, units: int) =
        add (Layer.BidirectionalGru(units, Merge.Multiply)) network

    /// A bidirectional GRU. The arguments are the number of units per direction, and how the outputs of both directions
    /// are merged (Merge.Multiply or Merge.Concatenate).
    [<CustomOperation "biGru">]
    member _.BiGru(network: Network, units: int, merge: Merge) =
        add (Layer.BidirectionalGru(units, merge)) network

    /// Concatenates another feature source with the output of the preceding layers, which process the first source:
    /// `fuse "mel" "mn"`. If the preceding layers pool over time, the frames of the other source are averaged.
    [<CustomOperation "fuse">]
    member _.Fuse(network: Network, first: string, other: string) =
        add (Layer.Fusion(first, [| other |])) network

    /// Concatenates several other feature sources with the output of the preceding layers:
    /// `fuse "mel" [ "mn"; "beats" ]`.
    [<CustomOperation "fuse">]
    member _.Fuse(network: Network, first: string, others: string list) =
        add (Layer.Fusion(first, List.toArray others)) network

    /// A dense layer without activation, applied to each frame.
    [<CustomOperation "dense">]
    member _.Dense(network: Network, units: int) =
        add (Layer.Dense(units, Activation.Linear)) network

    /// A dense layer with ReLU, applied to each frame.
    [<CustomOperation "denseRelu">]
    member _.DenseRelu(network: Network, units: int) =
        add (Layer.Dense(units, Activation.Relu)) network

    /// A gated linear unit: a 3x3 convolution multiplied by the sigmoid of a second one, with batch normalisation.
    [<CustomOperation "gatedConv">]
    member _.GatedConv(network: Network, filters: int) =
        add (Layer.GatedConvolution filters) network

    /// A gated linear unit: a convolution multiplied by the sigmoid of a second one, with batch normalisation. The
    /// arguments are the number of filters, and the kernel size in frames and bands, both odd.
    [<CustomOperation "gatedConv">]
    member _.GatedConv(network: Network, filters: int, frames: int, bands: int) =
        add (Layer.GatedConvolution(filters, frames, bands)) network

    /// A convolution along samples with batch normalisation and ReLU. The arguments are the number of filters and the
    /// kernel size in samples. For an even kernel, the samples are padded as with TensorFlow's padding "same".
    [<CustomOperation "sampleConv">]
    member _.SampleConv(network: Network, filters: int, kernel: int) =
        add (Layer.SampleConvolution(filters, kernel)) network

    /// A strided convolution along samples, for example `sampleConv 128 3 3`. The arguments are the number of filters,
    /// and the kernel size and the stride in samples.
    [<CustomOperation "sampleConv">]
    member _.SampleConv(network: Network, filters: int, kernel: int, step: int) =
        add (Layer.SampleConvolution(filters, kernel, step)) network

    /// A dense block (DenseNet), for example `denseBlock 4 12`. The arguments are the number of 3x3 convolutions, and
    /// the number of feature maps that each of them adds to its input.
    [<CustomOperation "denseBlock">]
    member _.DenseBlock(network: Network, convolutions: int, growth: int) =
        add (Layer.DenseBlock(convolutions, growth)) network

    /// Two 3x3 convolutions, each with batch normalisation and ReLU.
    [<CustomOperation "doubleConv">]
    member _.DoubleConv(network: Network, filters: int) =
        add (Layer.DoubleConvolution filters) network

    /// Two 3x3 convolutions with a residual connection.
    [<CustomOperation "residual">]
    member _.Residual(network: Network, filters: int) =
        add (Layer.DoubleConvolution(filters, true)) network

    /// Max pooling over frames and bands.
    [<CustomOperation "pool">]
    member _.Pool(network: Network, frames: int, bands: int) =
        add (Layer.Pooling(frames, bands, PoolingKind.Maximum)) network

    /// Average pooling over frames and bands.
    [<CustomOperation "poolMean">]
    member _.PoolMean(network: Network, frames: int, bands: int) =
        add (Layer.Pooling(frames, bands, PoolingKind.Mean)) network

    /// Upsampling over time by repeating each frame; undoes pooling over time.
    [<CustomOperation "upsample">]
    member _.Upsample(network: Network, factor: int) =
        add (Layer.Upsampling(factor, UpsamplingKind.Repetition)) network

    /// Upsampling over time by linear interpolation between the centres of frames.
    [<CustomOperation "upsampleLinear">]
    member _.UpsampleLinear(network: Network, factor: int) =
        add (Layer.Upsampling(factor, UpsamplingKind.Linear)) network

    /// A transformer encoder block over the frames. The argument is the number of attention heads.
    [<CustomOperation "selfAttention">]
    member _.SelfAttention(network: Network, heads: int) = add (Layer.SelfAttention heads) network

    /// A conformer block over the frames, whose convolution has a kernel of 31 frames. The argument is the number of
    /// attention heads.
    [<CustomOperation "conformer">]
    member _.Conformer(network: Network, heads: int) = add (Layer.Conformer heads) network

    /// A conformer block over the frames. The arguments are the number of attention heads, and the kernel size of its
    /// convolution in frames, an odd number.
    [<CustomOperation "conformer">]
    member _.Conformer(network: Network, heads: int, frames: int) =
        add (Layer.Conformer(heads, frames)) network

    /// Layer normalisation of each frame's vector, with a learnt scale and shift.
    [<CustomOperation "layerNorm">]
    member _.LayerNorm(network: Network) =
        add (Layer.LayerNormalisation()) network

    /// A layer given as a value, for example a `customLayer`.
    [<CustomOperation "layer">]
    member _.Layer(network: Network, layer: Layer) = add layer network

/// Weak outputs, learning from segments, and custom layers.
[<AutoOpen>]
module NetworkWords =
    /// A dense sigmoid layer over all frames and classes of the strong output (Adavanne and Virtanen 2017).
    let DenseOverFrames: WeakOutput = WeakOutput.DenseOverFrames()

    /// The maximum probability over the frames; no parameters.
    let MaxPooling: WeakOutput = WeakOutput.MaxPooling()

    /// The mean probability over the frames; no parameters.
    let MeanPooling: WeakOutput = WeakOutput.MeanPooling()

    /// The mean over the frames, weighted by the probability of each frame; no parameters (Wang, Li and Metze 2019).
    let LinearSoftmax: WeakOutput = WeakOutput.LinearSoftmax()

    /// The mean over the frames, weighted by the exponential of each frame's probability; no parameters (Wang, Li and
    /// Metze 2019).
    let ExponentialSoftmax: WeakOutput = WeakOutput.ExponentialSoftmax()

    /// The weighted mean over the frames. A dense layer and a softmax over the frames give the weights (Wang, Li and
    /// Metze 2019).
    let Attention: WeakOutput = WeakOutput.Attention()

    /// The weighted mean over the frames. A dense layer and a softmax over the classes give the weights (Xu et al.
    /// 2017).
    let ClassAttention: WeakOutput = WeakOutput.ClassAttention()

    /// For `initialWeights`: convolutions and dense layers start with biases of 0 and with weights that are uniformly
    /// distributed within ±sqrt(6 / (inputs + outputs)) (Glorot and Bengio 2010; also called Xavier initialisation). Other
    /// layers keep their defaults.
    let Glorot = InitialWeights.Glorot

    /// For `initialWeights`: convolutions and dense layers start with biases of 0 and with weights that are uniformly
    /// distributed within ±sqrt(6 / inputs) (He et al. 2015). Other layers keep their defaults.
    let He = InitialWeights.He

    /// Class attention with weights of at least 1e-7, as in the baselines of DCASE 2022 to 2024 Task 4.
    let FlooredClassAttention: WeakOutput = WeakOutput.FlooredClassAttention()

    /// `FlooredClassAttention` whose softmax leaves out the classes that the clip's corpus does not annotate, as in the
    /// baseline of DCASE 2024 Task 4, which trains on two corpora.
    let MaskedClassAttention: WeakOutput = WeakOutput.MaskedClassAttention()

    /// The weighted mean over the frames. The weight of a frame is the exponential of the output of a dense layer,
    /// which is limited to -10 to 10 (Kong et al. 2019).
    let LimitedAttention: WeakOutput = WeakOutput.LimitedAttention()

    /// The weighted mean over the frames. A dense layer on the strong output and a softmax over the classes give the
    /// weights, as in the code of Xu et al. (2017).
    let StrongClassAttention: WeakOutput = WeakOutput.StrongClassAttention()

    /// Multiple-instance learning: the weak output of a clip is the maximum over its segments, for each class.
    let LargestSegment = SegmentLearning.LargestSegment

    /// The network is trained on every segment; the targets of a segment are the weak labels of its clip.
    let InheritLabels = SegmentLearning.InheritLabels

    /// A custom layer for the keyword `layer`. The arguments are a name, a version, the number of outputs per frame,
    /// and a function that creates the torch module from the number of inputs per frame. The module takes shape (batch,
    /// frames, inputs) and returns shape (batch, frames, outputs). Its parameters are trained, stored and exported like
    /// those of other layers. Trials are trained again if the code of the function, or code in the script that it
    /// calls, changes. A change in a library that the function uses, or in a file that it reads, is not detected;
    /// increase the version after such a change.
    let customLayer name version units (build: int -> torch.nn.Module<torch.Tensor, torch.Tensor>) : Layer =
        Layer.Custom(name, version, units, Func<_, _> build)
