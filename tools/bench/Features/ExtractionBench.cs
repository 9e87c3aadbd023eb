using System.Diagnostics;
using System.Globalization;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Synthesis;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;
using Sed.Core.Runtime;

namespace Sed.Bench;

/// <summary>
/// Speed of extraction from WAV files to a feature store, and of computing the features alone. Extraction is compared with
/// torchaudio in the same run.
/// </summary>
internal static class ExtractionBench
{
    private const int Clips = 400;
    private const int Rounds = 3;

    /// <summary>Runs the benchmark.</summary>
    /// <param name="arguments">Folder for corpora and stores. Default: the system's temporary folder.</param>
    internal static int Run(string[] arguments)
    {
        Torch.Initialize();
        var folder = Path.Combine(arguments.FirstOrDefault() ?? Path.GetTempPath(), "sed-bench");
        Manifest corpus = Soundscapes.Synthesised(
            folder,
            new SoundscapeOptions
            {
                TrainingClips = Clips - 34,
                TestingClips = 17,
                EvaluationClips = 17,
            }
        );
        // torchaudio and SedDsl alternate, so that other load on the machine slows both. CPU time is more reliable than the
        // rate if other processes run.
        (double Rate, double Cpu)[] peer = new (double, double)[Rounds];
        (double Rate, double Cpu)[] extraction = new (double, double)[Rounds];
        (double Rate, double Cpu)[] features = new (double, double)[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            peer[round] = PeerRate(corpus);
            extraction[round] = Timed(() => Extract(corpus, Path.Combine(folder, "stores")));
            float[][] clips =
            [
                .. corpus.Clips.Take(16).Select(clip => AudioFile.Read(clip.AudioPath, corpus.SampleRate)),
            ];
            features[round] = Timed(() => Compute(clips));
            Console.WriteLine(
                $"round {round + 1}: torchaudio {Text(peer[round])}, extraction with WAV decoding {Text(extraction[round])}, "
            );
            Console.WriteLine($"         features alone {Text(features[round])}");
        }
        Console.WriteLine(
            $"extraction is {extraction.Sum(x => x.Rate) / peer.Sum(x => x.Rate):F1} times as fast as torchaudio (target: 4), "
                + $"{peer.Min(x => x.Cpu) / extraction.Min(x => x.Cpu):F1} times by CPU time"
        );
        Console.WriteLine(
            $"features alone {features.Max(x => x.Rate):F0} clips/s (target: 150); "
                + $"{1e3 * Environment.ProcessorCount / features.Min(x => x.Cpu):F0} on {Environment.ProcessorCount} idle processors"
        );
        return 0;
    }

    private static string Text((double Rate, double Cpu) measured) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{measured.Rate:F1} clips/s ({measured.Cpu:F1} ms of CPU time per clip)"
        );

    private static (double Rate, double Cpu) Timed(Action work)
    {
        using Process self = Process.GetCurrentProcess();
        TimeSpan before = self.TotalProcessorTime;
        Stopwatch clock = Stopwatch.StartNew();
        work();
        var seconds = clock.Elapsed.TotalSeconds;
        self.Refresh();
        return (Clips / seconds, (self.TotalProcessorTime - before).TotalMilliseconds / Clips);
    }

    private static void Extract(Manifest corpus, string stores)
    {
        if (Directory.Exists(stores))
            Directory.Delete(stores, recursive: true);
        using FeatureStore store = FeatureStore.Open(corpus, LogMelOptions.Dcase2017, stores);
    }

    private static void Compute(float[][] clips)
    {
        using LogMelExtractor extractor = new(LogMelOptions.Dcase2017);
        Workers.Run(
            Clips,
            () =>
            {
                var features = new float[500 * 40];
                return i => extractor.Extract(clips[i % clips.Length], features);
            }
        );
    }

    private static (double Rate, double Cpu) PeerRate(Manifest corpus)
    {
        var list = Path.GetTempFileName();
        File.WriteAllLines(list, corpus.Clips.Select(clip => clip.AudioPath));
        var interpreter = Environment.GetEnvironmentVariable("SED_PYTHON") ?? "/usr/bin/python3";
        ProcessStartInfo info = new(interpreter, ["-", list])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process python = Process.Start(info)!;
        python.StandardInput.Write(Script);
        python.StandardInput.Close();
        var output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        File.Delete(list);
        double[] figures =
        [
            .. output
                .Split()
                .Where(text => text.Length > 0)
                .Select(text => double.Parse(text, CultureInfo.InvariantCulture)),
        ];
        return figures is [var rate, var cpu]
            ? (rate, cpu)
            : throw new InvalidOperationException("torchaudio failed; on Debian install python3-torchaudio.");
    }

    // torchaudio's documented transform, clip by clip, on two threads.
    private const string Script = """
        import sys, time, torch, torchaudio
        torch.set_num_threads(2)
        paths = open(sys.argv[1]).read().split('\n')[:120]
        mel = torchaudio.transforms.MelSpectrogram(44100, n_fft=2048, win_length=1764, hop_length=882, n_mels=40, power=1.0,
            window_fn=torch.hamming_window, norm='slaney', mel_scale='slaney')
        def features(path):
            sound, _ = torchaudio.load(path)
            return torch.log(mel(sound.mean(0)) + 2.220446049250313e-16)
        with torch.no_grad():
            for path in paths[:5]: features(path)
            start, used = time.time(), time.process_time()
            for path in paths[5:]: features(path)
        print((len(paths) - 5) / (time.time() - start), 1e3 * (time.process_time() - used) / (len(paths) - 5))
        """;
}
