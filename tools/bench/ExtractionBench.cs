using System.Diagnostics;
using System.Globalization;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Features;
using Sed.Core.Runtime;

namespace Sed.Bench;

/// <summary>
/// Clips per second from WAV files to a feature store, and of the features alone, beside torchaudio's in the same run.
/// </summary>
internal static class ExtractionBench
{
    private const int Clips = 400;

    /// <summary>Runs it.</summary>
    /// <param name="arguments">A folder for corpora and stores; the system's temporary one by default.</param>
    internal static int Run(string[] arguments)
    {
        Torch.Initialize();
        string folder = Path.Combine(arguments.FirstOrDefault() ?? Path.GetTempPath(), "sed-bench");
        Manifest corpus = Soundscapes.SmartCars(
            folder,
            new SoundscapeOptions
            {
                TrainingClips = Clips - 34,
                TestingClips = 17,
                EvaluationClips = 17,
            }
        );
        // Peer, ours, peer, ours: a machine that others use as well is slow for both.
        double[] torchaudio = new double[2];
        double[] extraction = new double[2];
        double[] features = new double[2];
        for (int round = 0; round < 2; round++)
        {
            torchaudio[round] = PeerRate(corpus);
            extraction[round] = ExtractionRate(corpus, Path.Combine(folder, "stores"));
            features[round] = FeatureRate(corpus);
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"round {round + 1}: torchaudio {torchaudio[round]:F1}, extraction with WAV decoding {extraction[round]:F1}, "
                        + $"features alone {features[round]:F1} clips/s"
                )
            );
        }
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"extraction is {extraction.Sum() / torchaudio.Sum():F1} times torchaudio's rate (wanted: 4); "
                    + $"features alone {features.Max():F0} clips/s (wanted: 150)"
            )
        );
        return 0;
    }

    private static double ExtractionRate(Manifest corpus, string stores)
    {
        if (Directory.Exists(stores))
            Directory.Delete(stores, recursive: true);
        Stopwatch clock = Stopwatch.StartNew();
        using FeatureStore store = FeatureStore.Open(corpus, LogMelOptions.Dcase2017, stores);
        return store.Count / clock.Elapsed.TotalSeconds;
    }

    private static double FeatureRate(Manifest corpus)
    {
        float[][] clips = [.. corpus.Clips.Take(16).Select(clip => AudioFile.Read(clip.AudioPath, corpus.SampleRate))];
        using LogMelExtractor extractor = new(LogMelOptions.Dcase2017);
        Stopwatch clock = Stopwatch.StartNew();
        Workers.Run(
            Clips,
            () =>
            {
                float[] features = new float[500 * 40];
                return i => extractor.Extract(clips[i % clips.Length], features);
            }
        );
        return Clips / clock.Elapsed.TotalSeconds;
    }

    private static double PeerRate(Manifest corpus)
    {
        string list = Path.GetTempFileName();
        File.WriteAllLines(list, corpus.Clips.Select(clip => clip.AudioPath));
        ProcessStartInfo info = new("python3", ["-", list])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // Debian's package belongs to Debian's python.
        if (File.Exists("/usr/bin/python3"))
            info.FileName = "/usr/bin/python3";
        using Process python = Process.Start(info)!;
        python.StandardInput.Write(Script);
        python.StandardInput.Close();
        string output = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        File.Delete(list);
        return double.TryParse(output.Trim(), CultureInfo.InvariantCulture, out double rate)
            ? rate
            : throw new InvalidOperationException("torchaudio did not run; Debian has it as python3-torchaudio.");
    }

    // What a user would write: the documented transform, clip by clip, on both cores.
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
            start = time.time()
            for path in paths[5:]: features(path)
        print((len(paths) - 5) / (time.time() - start))
        """;
}
