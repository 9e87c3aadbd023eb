using System.Diagnostics;
using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Networks;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;
using TorchSharp;

namespace Sed.Bench;

/// <summary>
/// Measures prediction with the network of 218k parameters: clips per second, compared with PyTorch, the time for a long
/// recording, and peak memory.
/// </summary>
internal static class PredictBench
{
    private const int Rate = 44100;
    private const int Rounds = 3;

    /// <param name="python">The Python interpreter, with PyTorch.</param>
    /// <param name="clips">Number of clips of 10 s.</param>
    /// <param name="minutes">Length of the long recording, in minutes.</param>
    public static int Run(string python, int clips, double minutes) =>
        InFolder(
            (listener, folder) =>
            {
                var files = Clips(folder, clips);
                // The first pass includes just-in-time compilation.
                Fastest first = new();
                first.Add(() => Hear(listener, files));
                Say("start", $"{clips} clips of 10 s, first pass", clips / first.Seconds, "clips/s", null);
                Say("", "processor time per clip", 1000 * first.Processor / clips, "ms", null);
                var theirs = Peer(python, listener.Saved, folder, files);
                Fastest ours = new();
                for (var round = 0; round < Rounds; round++)
                    ours.Add(() => Hear(listener, files));
                Say("clips", $"{clips} clips of 10 s, WAV to events", clips / ours.Seconds, "clips/s", "150 or more");
                Say("", "processor time per clip", 1000 * ours.Processor / clips, "ms", null);
                Say("", "at full load of all processors", Possible(ours, clips), "clips/s", null);
                Say("PyTorch", "the same task in PyTorch", clips / theirs.Seconds, "clips/s", null);
                Say("", "processor time per clip", 1000 * theirs.Processor / clips, "ms", null);
                Say("", "processor time of PyTorch over ours", theirs.Processor / ours.Processor, "", null);
                Stages(listener.Saved, [.. files.Take(32)]);
                Long(listener, folder, minutes);
            }
        );

    /// <summary>Measures the time and the memory for a recording of many hours, which is a sparse file.</summary>
    public static int Hours(double hours) => InFolder((listener, folder) => Long(listener, folder, 60 * hours));

    private static int InFolder(Action<SedModel, string> measure)
    {
        var folder = Directory.CreateTempSubdirectory("sed-bench-predict-").FullName;
        try
        {
            var model = Path.Combine(folder, "m.sed");
            ModelFile.Write(model, Model());
            var clock = Stopwatch.StartNew();
            using var listener = SedModel.Load(model, device: "cpu");
            Say("start", "model read", clock.Elapsed.TotalSeconds, "s", null);
            measure(listener, folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static double Possible(Fastest ours, int clips) => clips * Environment.ProcessorCount / ours.Processor;

    private static void Hear(SedModel listener, string[] files)
    {
        if (listener.PredictAll(files).Any(file => file.Prediction is null))
            throw new InvalidOperationException("A clip could not be read.");
    }

    private static string[] Clips(string folder, int clips)
    {
        string[] files = [.. Enumerable.Range(0, clips).Select(k => Path.Combine(folder, $"clip{k}.wav"))];
        var draw = new Random(1);
        foreach (var file in files)
            WavWriter.Write(file, Noise(draw, 10 * Rate), Rate);
        return files;
    }

    /// <summary>Measures the processor time of each stage of prediction for one clip, on one thread.</summary>
    private static void Stages(SavedModel model, string[] files)
    {
        var threads = Torch.Threads;
        Torch.Threads = 1;
        using var extractor = model.Features.Extractor(TorchSharp.torch.CPU);
        using ModelEnsemble networks = new(model, torch.CPU);
        var sounds = new float[files.Length][];
        var windows = new Window[files.Length];
        var outputs = new (float[] Strong, float[] Weak)[files.Length];
        Stage("WAV", k => sounds[k] = Read(files[k], model.ClipSamples));
        Stage("features", k => windows[k] = Extracted(sounds[k]));
        Stage("network", k => Ask(k));
        Stage("events", k => Decode(outputs[k].Strong));
        Torch.Threads = threads;

        void Stage(string name, Action<int> one)
        {
            Fastest fastest = new();
            for (var round = 0; round < 5; round++)
                fastest.Add(() =>
                {
                    for (var k = 0; k < files.Length; k++)
                        one(k);
                });
            Say("", $"one thread, {name}", 1000 * fastest.Processor / files.Length, "ms", null);
        }

        Window Extracted(float[] sound)
        {
            var frames = new float[model.Network.Frames * model.Network.Bands];
            extractor.Extract(sound, frames);
            return new Window(frames, model.Network.Frames);
        }

        // In batches as in prediction.
        void Ask(int k)
        {
            if (k % 16 == 0)
                networks.Predict(windows[k..Math.Min(windows.Length, k + 16)], "clips").CopyTo(outputs, k);
        }

        void Decode(float[] strong)
        {
            StreamingDecoder decoder = new(model.Classes, 0.02, model.Detection);
            decoder.Push(strong);
            decoder.Finish();
        }
    }

    private static float[] Read(string file, int samples)
    {
        using var stream = AudioStream.Open(file, Rate);
        var sound = new float[samples];
        stream.Read(sound);
        return sound;
    }

    /// <summary>
    /// Measures the prediction of the same clips with the same network in PyTorch; the fastest round counts.
    /// </summary>
    private static Fastest Peer(string python, SavedModel model, string folder, string[] files)
    {
        var script = Path.Combine("tools", "reference", "predict_speed.py");
        if (!File.Exists(script))
            throw new FileNotFoundException($"{script} is missing; run the benchmark from the root of the repository.");
        var network = Path.Combine(folder, "network");
        using (var built = model.Build(0))
        {
            File.WriteAllText(network + ".json", CanonicalKey.Text(model.Network));
            NetworkWeights.Write(built, network + ".npz");
        }
        var filters = MelFilters.Weights(LogMelOptions.Dcase2017);
        NumpyArchive.Write(
            Path.Combine(folder, "mel.npz"),
            new Dictionary<string, NumpyArray>
            {
                ["filters"] = NumpyArray.Of([.. filters.Cast<double>().Select(weight => (float)weight)]) with
                {
                    Shape = [filters.GetLength(0), filters.GetLength(1)],
                },
            }
        );
        var list = Path.Combine(folder, "clips.txt");
        File.WriteAllLines(list, files);
        using var process = Process.Start(
            new ProcessStartInfo(python, [script, network, Path.Combine(folder, "mel.npz"), list, $"{Rounds}"])
            {
                RedirectStandardOutput = true,
            }
        )!;
        Fastest fastest = new();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            double[] figures = [.. line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
            fastest.Add(figures[0], figures[1]);
        }
        process.WaitForExit();
        return process.ExitCode == 0
            ? fastest
            : throw new InvalidOperationException(
                $"{python} {script} failed. It needs PyTorch and NumPy (Debian: python3-torch, python3-numpy)."
            );
    }

    private static void Long(SedModel listener, string folder, double minutes)
    {
        var file = Path.Combine(folder, "long.wav");
        WriteLong(file, minutes);
        GC.Collect();
        var before = Resident();
        var clock = Stopwatch.StartNew();
        var processor = Processor();
        var largest = before;
        var recording = listener.Predict(file, (_, _, _) => largest = Math.Max(largest, Resident()));
        var seconds = clock.Elapsed.TotalSeconds;
        Say("long", $"{minutes} min, {recording.Events.Count} events", seconds, "s", null);
        Say("", "per hour of audio", seconds * 60 / minutes, "s", "5 or less");
        Say("", "processor time per hour of audio", (Processor() - processor) * 60 / minutes, "s", null);
        Say("memory", $"peak resident memory ({before:F0} before)", largest, "MiB", "500 or less for 10 hours");
    }

    private static SavedModel Model()
    {
        torch.manual_seed(1);
        var description = NetworkDescription.Candidate218k();
        using SedNetwork network = new(description);
        ModelMember member = new(
            "seed 1",
            "",
            new Dictionary<string, IReadOnlyDictionary<string, double>>(),
            new BandStatistics([.. Enumerable.Repeat(-1f, 40)], [.. Enumerable.Repeat(1f, 40)]),
            NetworkWeights.Of(network)
        );
        return new SavedModel
        {
            Name = "218k",
            Classes = new ClassList(Enumerable.Range(1, 17).Select(k => $"class {k}")),
            ClipSeconds = 10,
            Features = LogMelOptions.Dcase2017,
            Network = description,
            Detection = new DetectionOptions(),
            Corpus = "noise",
            CorpusHash = "none",
            Members = [member],
        };
    }

    /// <summary>
    /// Writes a recording as a sparse file, so that many hours need little disk space. A recording of up to an hour is
    /// noise; a longer one is silence with a minute of noise in each half hour.
    /// </summary>
    private static void WriteLong(string file, double minutes)
    {
        WavWriter.Write(file, Noise(new Random(2), 60 * Rate), Rate);
        var (head, minute) = (44L, 2L * 60 * Rate);
        using var to = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
        var noise = new byte[minute];
        RandomAccess.Read(to, noise, head);
        RandomAccess.Write(to, BitConverter.GetBytes(uint.MaxValue), head - 4); // the samples go to the file's end
        RandomAccess.SetLength(to, head + (long)(minute * minutes) / 2 * 2);
        for (var at = 1; at + 1 <= minutes; at++)
            if (minutes <= 60 || at % 30 == 0)
                RandomAccess.Write(to, noise, head + at * minute);
    }

    private static float[] Noise(Random draw, int samples)
    {
        var noise = new float[samples];
        var level = 0f;
        for (var i = 0; i < samples; i++)
        {
            if (i % Rate == 0)
                level = draw.NextSingle();
            noise[i] = level * (draw.NextSingle() - 0.5f);
        }
        return noise;
    }

    private static double Processor() => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static double Resident() => Environment.WorkingSet / 1048576.0;

    private static void Say(string part, string what, double value, string unit, string? target) =>
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{part, -8}{what, -44}{value, 9:F1} {unit, -8}")
                + (target is null ? "" : $"target {target}")
        );
}
