using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Sed.Core.Audio;
using Sed.Core.Corpora;
using Sed.Core.Corpora.Layouts;
using Sed.Core.Corpora.Synthesis;
using Sed.Core.Features;
using Sed.Core.Features.LogMel;
using Sed.Core.Features.Store;

namespace Sed.Bench;

/// <summary>
/// Scale and recovery of the feature store. <c>store scale</c> indexes, stores and reads 51,172 clips and compares the
/// time per clip with the time for 1,000 clips. <c>store kill</c> kills extractions at random moments and compares the
/// resumed stores.
/// </summary>
internal static class StoreBench
{
    private const int Paper = 51_172;
    private const int SampleRate = 8000;

    // Short clips fit on the disk; the benchmark measures the cost per clip, not per second.
    private static readonly LogMelOptions options = new()
    {
        Rate = SampleRate,
        FftSamples = 512,
        MaxHz = 4000,
    };

    /// <summary>Runs the benchmark that the first argument names.</summary>
    internal static int Run(string[] arguments)
    {
        var folder = Path.Combine(arguments.ElementAtOrDefault(1) ?? Path.GetTempPath(), "sed-bench");
        switch (arguments.FirstOrDefault())
        {
            case "scale":
                Scale(folder);
                return 0;
            case "kill":
                return Kill(folder);
            case "extract":
                using (FeatureStore.Open(CorpusLayouts.Read(arguments[2]), LogMelOptions.Dcase2017, arguments[3])) { }
                return 0;
            default:
                Console.Error.WriteLine("store scale [folder] | store kill [folder]");
                return 2;
        }
    }

    private static void Scale(string folder)
    {
        // Warm-up for the JIT compiler.
        CostPerClip(folder, 1000);
        var small = CostPerClip(folder, 1000);
        var large = CostPerClip(folder, Paper);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"time per clip with {Paper} clips: {large / small:P0} of that with 1000 (target: at most 120 %)"
            )
        );
    }

    private static double CostPerClip(string folder, int clips)
    {
        var root = Path.Combine(folder, $"short-{clips}");
        MakeShortClips(root, clips);
        var stores = Path.Combine(root, "stores");
        if (Directory.Exists(stores))
            Directory.Delete(stores, recursive: true);
        Stopwatch clock = Stopwatch.StartNew();
        double Lap()
        {
            var seconds = clock.Elapsed.TotalSeconds;
            clock.Restart();
            return seconds;
        }
        Manifest found = CorpusLayouts.Read(Path.Combine(root, "corpus"));
        Manifest manifest = new(found.Corpus, found.Classes, SampleRate, 1, found.Clips);
        var index = Lap();
        using FeatureStore store = FeatureStore.Open(manifest, options, stores);
        var extract = Lap();
        BandStatistics statistics = BandStatistics.Fit(store, [.. Enumerable.Range(0, store.Count)]);
        var read = 0;
        foreach (
            FeatureBatch batch in BatchReader.Read(
                store,
                EpochOrder.Shuffled([.. Enumerable.Range(0, clips)], 1, 0),
                64,
                statistics
            )
        )
            read += batch.Clips.Count;
        var epoch = Lap();
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{clips} clips: index {1e3 * index / clips:F3}, store {1e3 * extract / clips:F3}, epoch {1e3 * epoch / clips:F3} ms/clip; "
                    + $"{read} read; peak resident {self.PeakWorkingSet64 / 1e9:F2} GB (target: below 1.5)"
            )
        );
        return (index + extract + epoch) / clips;
    }

    private static void MakeShortClips(string root, int clips)
    {
        var corpus = Path.Combine(root, "corpus");
        if (File.Exists(Path.Combine(corpus, "groundtruth_weak_label_training_set.csv")))
            return;
        var audio = Path.Combine(corpus, "audio", "training");
        Directory.CreateDirectory(audio);
        var samples = new float[SampleRate];
        Random random = new(1);
        List<string> labels = [];
        for (var i = 0; i < clips; i++)
        {
            for (var k = 0; k < samples.Length; k++)
                samples[k] = random.NextSingle() - 0.5f;
            var name = $"clip{i:D7}_0.000_10.000.wav";
            WavWriter.Write(Path.Combine(audio, $"Y{name}"), samples, SampleRate);
            labels.Add($"{name}\t0\t10\t{Dcase2017.Classes[i % 17].Label}");
        }
        File.WriteAllLines(Path.Combine(corpus, "groundtruth_weak_label_training_set.csv"), labels);
    }

    private static int Kill(string folder)
    {
        SoundscapeOptions few = new()
        {
            TrainingClips = 150,
            TestingClips = 25,
            EvaluationClips = 25,
        };
        Manifest corpus = Soundscapes.Synthesised(folder, few);
        var audio = Directory.GetParent(corpus.Clips[0].AudioPath)!.Parent!.Parent!.FullName;
        var stores = Path.Combine(folder, "killed");
        Stopwatch clock = Stopwatch.StartNew();
        var uninterrupted = Extract(audio, Fresh(stores), null);
        var whole = clock.Elapsed.TotalSeconds;
        Random random = new(1);
        var wrong = 0;
        for (var round = 1; round <= 20; round++)
        {
            Fresh(stores);
            var moment = random.NextDouble() * whole;
            Extract(audio, stores, TimeSpan.FromSeconds(moment));
            var rows = Directory.GetFiles(stores, "features.npy", SearchOption.AllDirectories).Length;
            var same = Extract(audio, stores, null) == uninterrupted;
            wrong += same ? 0 : 1;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"killed after {moment:F2} s of {whole:F2} s ({(rows > 0 ? "complete" : "incomplete")}): {(same ? "identical" : "DIFFERENT")}"
                )
            );
        }
        Console.WriteLine($"{20 - wrong} of 20 stores identical to an uninterrupted run (target: 20)");
        return wrong == 0 ? 0 : 1;
    }

    private static string Fresh(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder);
        return folder;
    }

    // Extracts in another process, which can be killed. Returns a hash of the whole store.
    private static string Extract(string audio, string stores, TimeSpan? killAfter)
    {
        using Process child = Process.Start(Environment.ProcessPath!, ["store", "extract", "-", audio, stores])!;
        if (killAfter is { } moment && !child.WaitForExit(moment))
            child.Kill();
        child.WaitForExit();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in Directory.GetFiles(stores, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            hash.AppendData(File.ReadAllBytes(file));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
