namespace Sed

open System
open Sed.Core.Networks.Layers

/// Keywords of `layers` for networks of DCASE Task 4 since 2022: the baseline's convolutions and gates, frequency dynamic
/// convolution, squeeze-and-excitation, and masks of frames.
[<AbstractClass>]
type DesedLayersBuilder() =
    inherit NetworkBlock()

    let add = Network.withLayer

    /// A 3x3 convolution with batch normalisation and no activation function. A gate such as `gateMaps` follows it.
    [<CustomOperation "convLinear">]
    member _.ConvLinear(network: Network, filters: int) =
        add (Layer.Convolution(filters, Activates = false)) network

    /// A 3x3 convolution with batch normalisation and no activation function. The last arguments are the constant that
    /// the batch normalisation adds to the variance, and the weight of a batch in its running statistics:
    /// `convLinear 16 1e-3 0.99`, as in the baseline of DCASE Task 4. Without these arguments, they are 1e-5 and 0.1.
    [<CustomOperation "convLinear">]
    member _.ConvLinear(network: Network, filters: int, epsilon: float, momentum: float) =
        add (Layer.Convolution(filters, Epsilon = epsilon, Activates = false, Momentum = momentum)) network

    /// Batch normalisation of each feature map, for example after pooling.
    [<CustomOperation "normMaps">]
    member _.NormMaps(network: Network) = add (Layer.MapNormalisation()) network

    /// Batch normalisation of each feature map. The argument is the constant that is added to the variance: 1e-3 in
    /// Keras. Without this argument, it is 1e-5.
    [<CustomOperation "normMaps">]
    member _.NormMaps(network: Network, epsilon: float) =
        add (Layer.MapNormalisation epsilon) network

    /// Batch normalisation of each feature map. The last argument is the weight of a batch in the running statistics:
    /// `normMaps 1e-3 0.99`, as in Nam et al. (2022). Without this argument, it is 0.1.
    [<CustomOperation "normMaps">]
    member _.NormMaps(network: Network, epsilon: float, momentum: float) =
        add (Layer.MapNormalisation(epsilon, momentum)) network

    /// A linear function of the feature maps times the sigmoid of the maps: the gated linear unit of the baseline of DCASE
    /// Task 4. `gatedConv` is the gated linear unit of Xu et al. (2017).
    [<CustomOperation "gateMaps">]
    member _.GateMaps(network: Network) =
        add (Layer.MapGating MapGate.Maps) network

    /// The feature maps times the sigmoid of a linear function of the maps: context gating (Miech et al. 2017).
    [<CustomOperation "contextGate">]
    member _.ContextGate(network: Network) =
        add (Layer.MapGating MapGate.Context) network

    /// In training, sets one stretch of frames of each clip to 0, as in front of the GRU in the baseline of DCASE 2024
    /// Task 4. The arguments are the maximum length of the stretch in frames and its maximum length as a share of the
    /// clip, for example `maskFrames 16 0.3`.
    [<CustomOperation "maskFrames">]
    member _.MaskFrames(network: Network, frames: int, share: float) =
        add (Layer.FrameMask(frames, share)) network

    /// As `maskFrames`, with two independent stretches: one for the values of a frame before the given position, and
    /// one for the values from this position on, for example the values of a source that `fuse` has added:
    /// `maskFramesApart 128 16 0.3`.
    [<CustomOperation "maskFramesApart">]
    member _.MaskFramesApart(network: Network, position: int, frames: int, share: float) =
        add (Layer.FrameMask(frames, share, Nullable position)) network

    /// Frequency dynamic convolution with four basis kernels and a temperature of 31 (Nam et al. 2022). The argument is
    /// the number of filters. The kernel is 3x3, and there is neither batch normalisation nor activation function:
    /// `freqDynamicConv 64; normMaps 1e-3 0.99; contextGate`.
    [<CustomOperation "freqDynamicConv">]
    member _.FreqDynamicConv(network: Network, filters: int) =
        add (Layer.FrequencyDynamicConvolution(filters, [| 1; 1; 1; 1 |])) network

    /// Frequency dynamic convolution. The last arguments are the number of basis kernels and the temperature of the softmax
    /// over them.
    [<CustomOperation "freqDynamicConv">]
    member _.FreqDynamicConv(network: Network, filters: int, kernels: int, temperature: float) =
        let dilations = Array.replicate (max 0 kernels) 1
        add (Layer.FrequencyDynamicConvolution(filters, dilations, temperature)) network

    /// Dilated frequency dynamic convolution (Nam et al. 2024). The last arguments are the dilation of each basis kernel
    /// along the bands, and the temperature of the softmax over the kernels: `freqDynamicConv 64 [ 1; 2; 3; 3 ] 45.0`.
    [<CustomOperation "freqDynamicConv">]
    member _.FreqDynamicConv(network: Network, filters: int, dilations: int list, temperature: float) =
        add (Layer.FrequencyDynamicConvolution(filters, List.toArray dilations, temperature)) network

    /// Squeeze-and-excitation of the feature maps (Hu et al. 2018). The argument is the number of maps per hidden unit;
    /// Hu et al. use 16.
    [<CustomOperation "squeezeExcite">]
    member _.SqueezeExcite(network: Network, ratio: int) =
        add (Layer.SqueezeExcitation ratio) network

    /// Squeeze-and-excitation without biases, as in Nam et al. (2023). The argument is the number of maps per hidden
    /// unit.
    [<CustomOperation "squeezeExciteNoBias">]
    member _.SqueezeExciteNoBias(network: Network, ratio: int) =
        add (Layer.SqueezeExcitation(ratio, HasBias = false)) network

    /// Squeeze-and-excitation without biases. The last argument selects what is weighted: the maps (Excited.Maps), or
    /// the bands of each frame (Excited.Bands; time-frame frequency-wise, Nam et al. 2023).
    [<CustomOperation "squeezeExciteNoBias">]
    member _.SqueezeExciteNoBias(network: Network, ratio: int, excited: Excited) =
        add (Layer.SqueezeExcitation(ratio, HasBias = false, Excited = excited)) network
