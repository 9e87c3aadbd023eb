using System.Diagnostics;
using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Sed.Core.Features.Encoders;
using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Bench;

/// <summary>
/// Speed at which the vectors of an encoder are computed for clips of one window each, compared with ONNX Runtime
/// alone, which computes either one clip at a time on all threads, or parallel clips on one thread each. All speeds are
/// measured in the same run.
/// </summary>
internal static class EncoderBench
{
    private const int Clips = 64;
    private const int Rounds = 5;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="file">ONNX file of the encoder.</param>
    /// <param name="output">Name of the encoder's output.</param>
    /// <param name="rate">Sampling rate of the encoder's input, in Hz.</param>
    internal static int Run(string file, string output, int rate)
    {
        var encoder = new Encoder(file).WithOutput(output).WithRate(rate);
        if (encoder.Problems() is { Count: > 0 } problems)
        {
            Console.Error.WriteLine(string.Join(Environment.NewLine, problems));
            return 1;
        }
        var samples = encoder.Form.WindowSamples;
        Random random = new(1);
        float[][] clips =
        [
            .. Enumerable
                .Range(0, 8)
                .Select(_ => Enumerable.Range(0, samples).Select(_ => random.NextSingle() - 0.5f).ToArray()),
        ];
        var threads = Environment.ProcessorCount;
        Console.WriteLine($"{encoder}, clips of {(double)samples / rate:G4} s, {threads} threads");
        using var extractor = encoder.Extractor(torch.CPU);
        using InferenceSession wide = Session(file, threads);
        using InferenceSession narrow = Session(file, 1);
        List<(double Ours, double Wide, double Narrow)> rates = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var measured = (
                Rate(() =>
                    Workers.Run(
                        Clips,
                        () =>
                        {
                            var vectors = new float[encoder.FramesOf(samples) * encoder.Bands];
                            return clip => extractor.Extract(clips[clip % clips.Length], vectors);
                        }
                    )
                ),
                Rate(() =>
                {
                    for (var clip = 0; clip < Clips; clip++)
                        Run(wide, clips[clip % clips.Length], output);
                }),
                Rate(() => Workers.Run(Clips, clip => Run(narrow, clips[clip % clips.Length], output)))
            );
            // The first round warms up.
            if (round > 0)
                rates.Add(measured);
        }
        Print("SedDsl", rates.Select(round => round.Ours));
        Print("ONNX Runtime, one session with all threads", rates.Select(round => round.Wide));
        Print("ONNX Runtime, parallel runs with one thread each", rates.Select(round => round.Narrow));
        var ratio = Median(rates.Select(round => round.Ours / Math.Max(round.Wide, round.Narrow)));
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"SedDsl reaches {ratio:P0} of the higher of the two rates of ONNX Runtime (median of {Rounds} rounds; target: 90 %)"
            )
        );
        return 0;
    }

    private static InferenceSession Session(string file, int threads)
    {
        using SessionOptions options = new() { IntraOpNumThreads = threads, InterOpNumThreads = 1 };
        return new InferenceSession(file, options);
    }

    private static void Run(InferenceSession session, float[] clip, string output)
    {
        using RunOptions running = new();
        using var input = OrtValue.CreateTensorValueFromMemory(clip, [1, clip.Length]);
        using var results = session.Run(running, [session.InputNames[0]], [input], [output]);
        results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static double Rate(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return Clips / clock.Elapsed.TotalSeconds;
    }

    private static void Print(string what, IEnumerable<double> rates) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Median(rates), 7:F1} clips/s  {what}"));

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
