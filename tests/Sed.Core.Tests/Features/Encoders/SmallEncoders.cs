using global::Onnx;
using Google.Protobuf;
using Sed.Core.Onnx.Graph;
using static TorchSharp.torch;

namespace Sed.Core.Tests.Features.Encoders;

/// <summary>ONNX files of small encoders at 8 kHz: one convolution whose vectors can be computed by hand.</summary>
internal static class SmallEncoders
{
    public const int Hop = 80;

    /// <summary>Vector k is (sum, first sample) of <paramref name="field"/> samples from 80 k.</summary>
    public static byte[] Sequence(int field = 80, bool timeLast = false, int samples = 0) =>
        Encoder(
            samples,
            waveforms =>
            {
                var maps = Convolved(waveforms, field);
                return timeLast ? maps : maps.Permute(0, 2, 1);
            }
        );

    /// <summary>Vector k is (sum of magnitudes, magnitude of the first sample) of 80 samples from 80 k.</summary>
    public static byte[] Loudness() => Encoder(0, waveforms => Convolved(waveforms.Node("Abs"), Hop).Permute(0, 2, 1));

    /// <summary>One vector for the whole input: mean and maximum of its samples.</summary>
    public static byte[] Vector(int samples = 0) =>
        Encoder(
            samples,
            waveforms => OnnxValue.Concatenate(1, waveforms.Mean(1).Unsqueeze(1), waveforms.Max(1).Unsqueeze(1))
        );

    /// <summary>Vectors that depend on the whole window: the mean over time is subtracted.</summary>
    public static byte[] WithContext() =>
        Encoder(
            0,
            waveforms =>
            {
                var maps = Convolved(waveforms, Hop);
                return (maps - maps.Mean(2).Unsqueeze(2)).Permute(0, 2, 1);
            }
        );

    /// <summary><see cref="Sequence"/> with weights of 8 bits, which the graph multiplies by their scale.</summary>
    public static byte[] With8BitWeights() =>
        Changed(
            Sequence(),
            model =>
            {
                var weights = model.Graph.Initializer.First(weight => weight.Dims.Count == 3);
                var count = (int)weights.Dims.Aggregate((left, right) => left * right);
                weights.DataType = (int)TensorProto.Types.DataType.Int8;
                weights.RawData = ByteString.CopyFrom([.. Enumerable.Repeat((byte)100, count)]);
                model.Graph.Initializer.Add(
                    new TensorProto
                    {
                        Name = "scale",
                        DataType = (int)TensorProto.Types.DataType.Float,
                        FloatData = { 0.01f },
                    }
                );
                model.Graph.Node.Insert(
                    0,
                    new NodeProto
                    {
                        OpType = "DequantizeLinear",
                        Input = { weights.Name, "scale" },
                        Output = { "weights" },
                    }
                );
                foreach (var node in model.Graph.Node.Where(node => node.OpType == "Conv"))
                    node.Input[1] = "weights";
            }
        );

    /// <summary>The logarithm of the mean of the samples, which is NaN if the mean is negative.</summary>
    public static byte[] OftenNotFinite() => Encoder(0, waveforms => Convolved(waveforms, Hop).Permute(0, 2, 1).Log());

    /// <summary>The reciprocal of the sum of samples, which is infinite for silence.</summary>
    public static byte[] NotFiniteForSilence() =>
        Encoder(0, waveforms => Convolved(waveforms, Hop).Permute(0, 2, 1).Node("Reciprocal"));

    /// <summary>An encoder with the metadata entry sample_rate 8000.</summary>
    /// <param name="samples">Fixed length of the input; 0 for any length.</param>
    /// <param name="output">Computes the output from samples, shape (batch, samples).</param>
    public static byte[] Encoder(int samples, Func<OnnxValue, OnnxValue> output)
    {
        OnnxGraph graph = new();
        graph.Output("vectors", output(graph.Input("samples", Math.Max(1, samples))));
        graph.SetMetadata("sample_rate", "8000");
        return Changed(
            graph.ToBytes(),
            model =>
            {
                model.Graph.Output[0].Type.TensorType.Shape = null;
                if (samples == 0)
                    model.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimParam = "samples";
            }
        );
    }

    /// <summary>An ONNX file with a change.</summary>
    public static byte[] Changed(byte[] content, Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(content);
        change(model);
        return model.ToByteArray();
    }

    /// <summary>Writes an ONNX file into a folder.</summary>
    public static string Write(string folder, byte[] content, string name = "small.onnx")
    {
        var path = Path.Combine(folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static OnnxValue Convolved(OnnxValue waveforms, int field)
    {
        using var scope = NewDisposeScope();
        var weights = cat([ones(1, 1, field), zeros(1, 1, field)]);
        weights[1, 0, 0] = 1;
        return waveforms.Graph.Node(
            "Conv",
            [waveforms.Unsqueeze(1), waveforms.Graph.Weight(weights)],
            ("strides", new long[] { Hop })
        );
    }
}
