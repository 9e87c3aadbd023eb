using System.Diagnostics;
using System.Globalization;
using Sed.Core.Annotations;
using Sed.Core.Audio;
using Sed.Core.Detection;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Models;
using Sed.Core.Networks;
using TorchSharp;

namespace Sed.Bench;

/// <summary>
/// What listening costs with the network of 218k parameters: clips per second, the time of a long recording, and the memory
/// that a process holds at most meanwhile. Each is measured in one pass over files that were just written.
/// </summary>
internal static class PredictBench
{
    private const int Rate = 44100;

    /// <param name="clips">Clips of 10 s.</param>
    /// <param name="minutes">Length of the recording.</param>
    public static int Run(int clips, double minutes)
    {
        var folder = Directory.CreateTempSubdirectory("sed-bench-predict-").FullName;
        try
        {
            var model = Path.Combine(folder, "m.sed");
            ModelFile.Write(model, Model());
            var clock = Stopwatch.StartNew();
            using var listener = SedModel.Load(model, device: "cpu");
            Say("start", "model read", clock.Elapsed.TotalSeconds, "s", null);
            Clips(listener, folder, clips);
            Long(listener, folder, minutes);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Clips(SedModel listener, string folder, int clips)
    {
        string[] files = [.. Enumerable.Range(0, clips).Select(k => Path.Combine(folder, $"clip{k}.wav"))];
        var draw = new Random(1);
        foreach (var file in files)
            WavWriter.Write(file, Noise(draw, 10 * Rate), Rate);
        foreach (var _ in listener.ListenAll(files.Take(16)))
            continue;
        var clock = Stopwatch.StartNew();
        var before = Processor();
        var heard = listener.ListenAll(files).Count(file => file.Recording is not null);
        Say("clips", $"{heard} of 10 s, WAV to events", heard / clock.Elapsed.TotalSeconds, "clips/s", "150 or more");
        Say("", "of processor time for a clip", 1000 * (Processor() - before) / heard, "ms", null);
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
        var recording = listener.Listen(file, (_, _, _) => largest = Math.Max(largest, Resident()));
        var seconds = clock.Elapsed.TotalSeconds;
        Say("long", $"{minutes} min, {recording.Events.Count} events", seconds, "s", null);
        Say("", "for an hour", seconds * 60 / minutes, "s", "5 or less");
        Say("", "of processor time for an hour", (Processor() - processor) * 60 / minutes, "s", null);
        Say("memory", $"resident at most ({before:F0} before)", largest, "MiB", "500 or less for 10 hours");
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

    /// <summary>Writes minutes of the same noise in pieces, since a recording of hours would not fit in memory.</summary>
    private static void WriteLong(string file, double minutes)
    {
        var minute = Path.ChangeExtension(file, ".minute.wav");
        WavWriter.Write(minute, Noise(new Random(2), 60 * Rate), Rate);
        var bytes = File.ReadAllBytes(minute);
        var header = WavReader.ReadHeader(minute);
        var data = bytes.AsSpan((int)header.DataOffset, (int)header.DataBytes);
        using var to = File.Create(file);
        var head = bytes.AsSpan(0, (int)header.DataOffset).ToArray();
        BitConverter.TryWriteBytes(head.AsSpan(head.Length - 4), uint.MaxValue); // the samples go to the file's end
        to.Write(head);
        for (var written = 0.0; written < minutes; written++)
            to.Write(data[..((int)(data.Length * Math.Min(1, minutes - written)) / 2 * 2)]);
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
