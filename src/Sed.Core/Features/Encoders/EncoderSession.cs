using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Features.Encoders;

/// <summary>
/// An encoder loaded into ONNX Runtime: computes vectors from samples. Each call uses one thread, because many windows in
/// parallel are faster than one window on many threads. Calls may run in parallel.
/// </summary>
internal sealed class EncoderSession : IDisposable
{
    private const string Cuda = "CUDAExecutionProvider";

    private readonly InferenceSession session;
    private readonly RunOptions running = new();
    private readonly IFeatureExtractor? features;
    private readonly FeatureSource? input;
    private readonly float scale;
    private readonly string inputName;
    private readonly int[] inputShape; // dynamic sizes are negative

    /// <param name="content">Content of the ONNX file (<see cref="EncoderGraph.Parse"/> checks it).</param>
    /// <param name="input">Features that the encoder takes; null if it takes samples.</param>
    /// <param name="scale">Factor by which the samples are multiplied.</param>
    /// <param name="device">Device of the computation.</param>
    /// <exception cref="EncoderException">The encoder cannot be loaded, or has unusable inputs.</exception>
    public EncoderSession(byte[] content, FeatureSource? input, double scale, torch.Device device)
    {
        (this.input, this.scale) = (input, (float)scale);
        try
        {
            session = Load(content, device);
        }
        catch (Exception failure) when (IsNative(failure))
        {
            throw Failure("it cannot be loaded", failure);
        }
        try
        {
            (inputName, inputShape) = InputOf(session, input);
            features = input?.Extractor(torch.CPU);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Name of ONNX Runtime's execution provider for a device; null if the CPU is used.</summary>
    public static string? ProviderOn(torch.Device device) =>
        device.type == DeviceType.CUDA && OrtEnv.Instance().GetAvailableProviders().Contains(Cuda) ? "cuda" : null;

    /// <summary>Names of the outputs that consist of floating-point numbers; only these can be the vectors.</summary>
    public IReadOnlyList<string> Outputs =>
        [
            .. session
                .OutputMetadata.Where(output =>
                    output.Value.IsTensor
                    && output.Value.ElementDataType
                        is TensorElementType.Float
                            or TensorElementType.Float16
                            or TensorElementType.Double
                )
                .Select(output => output.Key),
        ];

    /// <summary>Number of samples or input frames that the encoder requires; null if it accepts any number.</summary>
    public int? FixedLength => inputShape[TimeAxis] is > 0 and var length ? length : null;

    private int TimeAxis =>
        input is null ? inputShape.Length - 1
        : inputShape.Length == 4 && inputShape[1] == 1 ? 2
        : 1;

    /// <summary>Runs the encoder.</summary>
    /// <param name="samples">Samples, full scale -1 to 1.</param>
    /// <param name="output">Name of the output.</param>
    /// <returns>The values and their shape without the batch axis and without inner axes of length 1.</returns>
    /// <exception cref="EncoderException">The encoder fails for these samples.</exception>
    public (float[] Values, int[] Shape) Run(ReadOnlySpan<float> samples, string output)
    {
        long[] shape = [.. inputShape.Select((size, axis) => axis == TimeAxis ? -1L : Math.Max(1, size))];
        if (input is not null)
            shape[inputShape.Length == 4 && TimeAxis == 1 ? 2 : ^1] = input.Bands;
        shape[TimeAxis] = input?.FramesOf(samples.Length) ?? samples.Length;
        try
        {
            // ONNX Runtime aligns its own memory. Sums over differently aligned memory can differ in the last digit.
            using var tensor = OrtValue.CreateAllocatedTensorValue(
                OrtAllocator.DefaultInstance,
                TensorElementType.Float,
                shape
            );
            WriteInput(samples, tensor.GetTensorMutableDataAsSpan<float>());
            using var results = session.Run(running, [inputName], [tensor], [output]);
            return Output(results[0]);
        }
        catch (Exception failure) when (IsNative(failure))
        {
            throw Failure("it fails for an input of shape " + Print(shape), failure);
        }
    }

    public void Dispose()
    {
        features?.Dispose();
        running.Dispose();
        session.Dispose();
    }

    private void WriteInput(ReadOnlySpan<float> samples, Span<float> target)
    {
        var scaled = input is null ? target : new float[samples.Length];
        samples.CopyTo(scaled);
        if (scale != 1)
            foreach (ref var sample in scaled)
                sample *= scale;
        if (input is not null)
            features!.Extract(scaled, target);
    }

    private (float[], int[]) Output(OrtValue result)
    {
        var kind = result.GetTensorTypeAndShape();
        float[] values = kind.ElementDataType switch
        {
            TensorElementType.Float => result.GetTensorDataAsSpan<float>().ToArray(),
            TensorElementType.Double =>
            [
                .. result.GetTensorDataAsSpan<double>().ToArray().Select(value => (float)value),
            ],
            _ => [.. result.GetTensorDataAsSpan<Float16>().ToArray().Select(value => (float)value)],
        };
        IEnumerable<long> sizes = inputShape.Length > 1 ? kind.Shape.Skip(1) : kind.Shape;
        int[] shape = [.. sizes.Select(size => (int)size)];
        // Axes of length 1 carry no information, but a sequence of one vector keeps both of its axes.
        return (values, shape.Length > 2 ? [.. shape.Where(size => size != 1)] : shape);
    }

    private static InferenceSession Load(byte[] content, torch.Device device)
    {
        using SessionOptions options = new()
        {
            IntraOpNumThreads = 1,
            InterOpNumThreads = 1,
            // Errors are thrown as exceptions. With a lower severity, ONNX Runtime would also print them.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        if (ProviderOn(device) is not null)
            options.AppendExecutionProvider_CUDA(Math.Max(0, device.index));
        return new InferenceSession(content, options);
    }

    private static (string, int[]) InputOf(InferenceSession session, FeatureSource? input)
    {
        if (session.InputMetadata.Count != 1)
            throw new EncoderException(
                $"it has {session.InputMetadata.Count} inputs ({string.Join(", ", session.InputMetadata.Keys.Select(OneLine.Of))}), "
                    + "but an encoder must have exactly one: samples or log-mel energies"
            );
        var (name, metadata) = session.InputMetadata.First();
        if (!metadata.IsTensor || metadata.ElementDataType != TensorElementType.Float)
            throw new EncoderException(
                $"its input {OneLine.Of(name)} does not consist of float32 numbers; export it with a float32 input"
            );
        var shape = metadata.Dimensions;
        var fits = input is null
            ? shape is [_] or [<= 1, _] or [<= 1, 1, _]
            : shape is [<= 1, _, var last] && Fits(last)
                || shape is [<= 1, 1, _, var inner] && Fits(inner)
                || shape is [<= 1, _, var bands, 1] && Fits(bands);
        return fits
            ? (name, shape)
            : throw new EncoderException(
                $"its input {OneLine.Of(name)} has the shape {Print(shape.Select(size => (long)size))}, but "
                    + (
                        input is null
                            ? "(batch, samples) is needed; if it takes log-mel energies, define them, for example `input (logMel { bands 64 })`"
                            : $"(batch, frames, {input.Bands}) is needed for {input.Summary}"
                    )
            );

        bool Fits(int bands) => bands < 0 || bands == input!.Bands;
    }

    private static string Print(IEnumerable<long> shape) =>
        $"({string.Join(", ", shape.Select(size => size < 0 ? "any" : FormattableString.Invariant($"{size}")))})";

    // Whether ONNX Runtime has thrown an exception. Only the message of such an exception describes the cause.
    private static bool IsNative(Exception failure) =>
        failure is OnnxRuntimeException or ArgumentException or NotSupportedException;

    private static EncoderException Failure(string what, Exception failure) =>
        new(OneLine.Of($"{what}: {failure.Message.TrimEnd('.')}"), failure);
}
