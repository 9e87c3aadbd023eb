namespace Sed

open System
open Sed.Core.Networks
open Sed.Core.Networks.Layers

/// Keywords of `layers` for published networks: those of DCASE 2017 Task 4, CDur, PANNs, MobileNets and networks that
/// were built with Keras.
[<AbstractClass>]
type PublishedLayersBuilder() =
    inherit DesedLayersBuilder()

    let add = Network.withLayer

    let given keyword (network: Network) = {
        network with
            Declared = network.Declared @ [ keyword ]
    }

    /// A 3x3 convolution without bias, with batch normalisation and ReLU.
    [<CustomOperation "convNoBias">]
    member _.ConvNoBias(network: Network, filters: int) =
        add (Layer.Convolution(filters, HasBias = false)) network

    /// A convolution without bias, with batch normalisation and ReLU, as in Cnn6 of PANNs (Kong et al. 2020). The
    /// arguments are the number of filters, and the kernel size in frames and bands, both odd.
    [<CustomOperation "convNoBias">]
    member _.ConvNoBias(network: Network, filters: int, frames: int, bands: int) =
        add (Layer.Convolution(filters, frames, bands, HasBias = false)) network

    /// A convolution with ReLU and without normalisation, as in the CRNN of Wang et al. (2018). The arguments are the
    /// number of filters, and the kernel size in frames and bands.
    [<CustomOperation "convPlain">]
    member _.ConvPlain(network: Network, filters: int, frames: int, bands: int) =
        add (Layer.Convolution(filters, frames, bands, Normalises = false)) network

    /// Multi-head self-attention over the frames, a dense layer and ReLU, as in the networks of Kong et al. (2019). The
    /// argument is the number of attention heads. Dropout rates are 0.1 for the attention weights and 0.2 before the
    /// ReLU. `selfAttention` is a whole transformer block.
    [<CustomOperation "plainAttention">]
    member _.PlainAttention(network: Network, heads: int) =
        add (Layer.PlainAttention heads) network

    /// Batch normalisation, then a 3x3 convolution without bias and leaky ReLU, as in CDur (Dinkel et al. 2021):
    /// `normConv 32 0.1`. The arguments are the number of filters, and the slope of the ReLU for negative values.
    [<CustomOperation "normConv">]
    member _.NormConv(network: Network, filters: int, slope: float) =
        add (Layer.Convolution(filters, HasBias = false, NormalisesInput = true, Slope = slope)) network

    /// A dense layer with hard swish (Howard et al. 2019), applied to each frame.
    [<CustomOperation "denseHardSwish">]
    member _.DenseHardSwish(network: Network, units: int) =
        add (Layer.Dense(units, Activation.HardSwish)) network

    /// Two 3x3 convolutions without biases, each with batch normalisation and ReLU, as in Cnn10 and Cnn14 of PANNs (Kong
    /// et al. 2020).
    [<CustomOperation "doubleConvNoBias">]
    member _.DoubleConvNoBias(network: Network, filters: int) =
        add (Layer.DoubleConvolution(filters, HasBias = false)) network

    /// Lp pooling over frames and bands with p = 4, (sum x^4)^(1/4), as in CDur (Dinkel et al. 2021).
    [<CustomOperation "poolNorm">]
    member _.PoolNorm(network: Network, frames: int, bands: int) =
        add (Layer.NormPooling(frames, bands)) network

    /// Lp pooling over frames and bands. The last argument is the exponent p, which is even.
    [<CustomOperation "poolNorm">]
    member _.PoolNorm(network: Network, frames: int, bands: int, exponent: int) =
        add (Layer.NormPooling(frames, bands, exponent)) network

    /// Batch normalisation of each band, as at the input of PANNs (Kong et al. 2020).
    [<CustomOperation "normBands">]
    member _.NormBands(network: Network) = add (Layer.BandNormalisation()) network

    /// A square convolution without bias, with batch normalisation and hard swish, as at both ends of MobileNetV3
    /// (Howard et al. 2019). The arguments are the number of filters, the kernel size (odd) and the stride. Kernel size
    /// and stride are the same in frames and in bands.
    [<CustomOperation "stridedConv">]
    member _.StridedConv(network: Network, filters: int, kernel: int, stride: int) =
        add (Layer.StridedConvolution(filters, kernel, stride)) network

    /// An inverted residual block of MobileNetV3 (Howard et al. 2019) with ReLU. The arguments are the number of maps
    /// between its 1x1 convolutions, the number of output maps, and the kernel size (odd) and the stride of the
    /// depthwise convolution.
    [<CustomOperation "invertedResidual">]
    member _.InvertedResidual(network: Network, expanded: int, filters: int, kernel: int, stride: int) =
        add (Layer.InvertedResidual(expanded, filters, kernel, stride)) network

    /// An inverted residual block. The last two arguments are whether it has squeeze-and-excitation (Hu et al. 2018)
    /// and its activation function: `invertedResidual 72 40 5 2 true Activation.Relu`.
    [<CustomOperation "invertedResidual">]
    member _.InvertedResidual
        (network: Network, expanded: int, filters: int, kernel: int, stride: int, excites: bool, activation: Activation)
        =
        add (Layer.InvertedResidual(expanded, filters, kernel, stride, excites, activation)) network

    /// The mean of all frames: a strong output with a single frame, for tagging.
    [<CustomOperation "meanFrames">]
    member _.MeanFrames(network: Network) =
        add (Layer.FramePooling FrameStatistic.Mean) network

    /// The mean of a window around each frame. The length of the window is an odd number of frames.
    [<CustomOperation "meanFrames">]
    member _.MeanFrames(network: Network, window: int) =
        add (Layer.FramePooling(FrameStatistic.Mean, Nullable window)) network

    /// The maximum plus the mean of all frames, as in PANNs (Kong et al. 2020): a strong output with a single frame, for
    /// tagging.
    [<CustomOperation "maxMeanFrames">]
    member _.MaxMeanFrames(network: Network) =
        add (Layer.FramePooling FrameStatistic.MaximumPlusMean) network

    /// The maximum plus the mean of a window around each frame. The length of the window is an odd number of frames.
    [<CustomOperation "maxMeanFrames">]
    member _.MaxMeanFrames(network: Network, window: int) =
        add (Layer.FramePooling(FrameStatistic.MaximumPlusMean, Nullable window)) network

    /// The maximum of all frames: a strong output with a single frame, for tagging.
    [<CustomOperation "maxFrames">]
    member _.MaxFrames(network: Network) =
        add (Layer.FramePooling FrameStatistic.Maximum) network

    /// The maximum of a window around each frame. The length of the window is an odd number of frames.
    [<CustomOperation "maxFrames">]
    member _.MaxFrames(network: Network, window: int) =
        add (Layer.FramePooling(FrameStatistic.Maximum, Nullable window)) network

    /// A gated linear unit with a 3x3 convolution without bias, as in Xu et al. (2017).
    [<CustomOperation "gatedConvNoBias">]
    member _.GatedConvNoBias(network: Network, filters: int) =
        add (Layer.GatedConvolution(filters, HasBias = false)) network

    /// A gated linear unit with a 3x3 convolution without bias. The last argument is the constant that the batch
    /// normalisation adds to the variance: 1e-3 in Keras, otherwise 1e-5.
    [<CustomOperation "gatedConvNoBias">]
    member _.GatedConvNoBias(network: Network, filters: int, epsilon: float) =
        add (Layer.GatedConvolution(filters, HasBias = false, Epsilon = epsilon)) network

    /// A forward GRU as in Keras before 2.3, with hard sigmoid gates and one bias. The argument is the number of units.
    [<CustomOperation "kerasGru">]
    member _.KerasGru(network: Network, units: int) = add (Layer.KerasGru units) network

    /// A forward GRU as in Keras before 2.3. The last argument is the activation function of the candidate
    /// state: Candidate.Tanh, Candidate.Linear or Candidate.Sigmoid.
    [<CustomOperation "kerasGru">]
    member _.KerasGru(network: Network, units: int, candidate: Candidate) =
        add (Layer.KerasGru(units, Candidate = candidate)) network

    /// A bidirectional GRU as in Keras before 2.3. The arguments are the number of units per direction, and how the
    /// outputs of both directions are merged (Merge.Multiply or Merge.Concatenate).
    [<CustomOperation "kerasBiGru">]
    member _.KerasBiGru(network: Network, units: int, merge: Merge) =
        add (Layer.KerasGru(units, Nullable merge)) network

    /// A bidirectional GRU as in Keras before 2.3. The last argument is the activation function of the
    /// candidate state: Candidate.Tanh, Candidate.Linear or Candidate.Sigmoid.
    [<CustomOperation "kerasBiGru">]
    member _.KerasBiGru(network: Network, units: int, merge: Merge, candidate: Candidate) =
        add (Layer.KerasGru(units, Nullable merge, candidate)) network

    /// The product of two bidirectional GRUs as in Keras before 2.3, one with linear and one with sigmoid candidate
    /// states (Xu et al. 2017). The argument is the number of units per direction. The outputs of both directions are
    /// concatenated.
    [<CustomOperation "gatedGru">]
    member _.GatedGru(network: Network, units: int) = add (Layer.GatedGru units) network

    /// Dropout with the given rate, at this position in the network only.
    [<CustomOperation "drop">]
    member _.Drop(network: Network, rate: float) = add (Layer.Drop rate) network

    /// How the strong output is extended to all input frames: Interpolated, InterpolatedFirst or Repeated. Default: the
    /// strong output keeps the frames of the last layer.
    [<CustomOperation "strong">]
    member _.Strong(network: Network, output: StrongOutput) =
        let floor = network.Strong |> Option.map _.Floor |> Option.defaultValue output.Floor
        {
            network with
                Strong = Some(output.WithFloor floor)
        }
        |> given "strong"

    /// Lower bound of the strong and weak probabilities, at least 0 and less than 0.5: `atLeast 1e-7`. Default 0.
    [<CustomOperation "atLeast">]
    member _.AtLeast(network: Network, floor: float) =
        let output = network.Strong |> Option.defaultWith StrongOutput
        {
            network with
                Strong = Some(output.WithFloor floor)
        }
        |> given "atLeast"

/// Values of the keyword `strong`.
[<AutoOpen>]
module StrongOutputs =
    /// Interpolates the strong output linearly to all input frames, after the weak output is computed, as in CDur (Dinkel
    /// et al. 2021).
    let Interpolated = StrongOutput(Interpolation = Nullable UpsamplingKind.Linear)

    /// Interpolates the strong output linearly to all input frames, and computes the weak output from the interpolated
    /// values.
    let InterpolatedFirst =
        StrongOutput(Interpolation = Nullable UpsamplingKind.Linear, PoolsInterpolated = true)

    /// Repeats the strong output for all input frames, after the weak output is computed, as in the decision-level
    /// networks of PANNs (Kong et al. 2020).
    let Repeated = StrongOutput(Interpolation = Nullable UpsamplingKind.Repetition)
