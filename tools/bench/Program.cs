// Benchmarks, and checks that take too long for a test. Run from the repository's root: Sed.Bench PART [ARGUMENTS].
using System.Globalization;
using Sed.Bench;
using Sed.Core.Runtime;

const string Usage = """
    Sed.Bench [PART]
      train [BATCH STEPS]   training speed compared with PyTorch (default: batches of 32 and 64, 20 steps)
      networks [NAME]       training speed of all kinds of networks compared with PyTorch
      kernels               time of each kernel on one thread
      memory STEPS          memory and live tensors over STEPS training steps
      resume KILLS          kills a trial KILLS times at random moments; the resumed trial must give identical results
      family KILLS          as resume, with dependent trials: a teacher, its students, their average
      sweep KILLS           kills a sweep KILLS times in one folder; the table must be identical
      jobs                  time and results of a sweep with two parallel trials and with one at a time
      workers KILLS         kills processes of a parallel sweep KILLS times; the results must be identical
      scale [FOLDER]        training from a feature store of 51,172 clips compared with training from memory
      gpu [cpu]             features and training on the GPU compared with PyTorch; with cpu: a dry run on the CPU
      outputs               an exported network must give the same outputs in PyTorch
      audio                 decoding rates of our decoders, NAudio and ffmpeg on the same files; resamplers
      extraction            speed of feature extraction from WAV files compared with torchaudio
      encoder FILE OUTPUT RATE  speed of an encoder's vectors compared with ONNX Runtime alone
      metrics [REF EST]     reading and scoring of event lists (default: synthetic ones) compared with other tools
      statistics [REPETITIONS RESAMPLES [CLIPS [TRAININGS [METRICS]]]]  coverage of intervals and false-positive rates by
                            simulation (default: 100 and 400; all), for example statistics 1000 200 120,440 1 "strong F"
      labelling coverage [REPETITIONS]  coverage of the estimates after labelling by simulation (default: 1000)
      labelling DATA OUT [CORPORA [SEEDS [ENCODER]]]  the labelling loop with existing labels: minutes that the selection
                            and random choice need for the same score; for example labelling data out sprsound 5
      rescore               time to score ten finished trials again at five thresholds from stored outputs
      store scale [FOLDER]  feature store of 51,172 clips: memory and time per clip
      store kill [FOLDER]   kills extractions at random moments; the resumed feature stores must be identical
      find [HOURS]          search by example in vectors of HOURS of recordings compared with NumPy (default: 1000)
      predict [CLIPS MINUTES]  speed of prediction compared with PyTorch, time per stage, memory (default: 200 and 10)
      predict hours N       memory and time for a recording of N hours
    SED_PYTHON names a Python interpreter with PyTorch. Default: /usr/bin/python3.
    """;

Torch.Initialize();
var python = Environment.GetEnvironmentVariable("SED_PYTHON") ?? "/usr/bin/python3";
switch (args)
{
    case [] or ["train"]:
        TrainBench.Run(python, [32, 64], steps: 20);
        return 0;
    case ["train", var batch, var steps]:
        TrainBench.Run(python, [Number(batch)], Number(steps));
        return 0;
    case ["networks"]:
        NetworksBench.Run(python, "");
        return 0;
    case ["networks", var name]:
        NetworksBench.Run(python, name);
        return 0;
    case ["kernels"]:
        KernelBench.Run();
        return 0;
    case ["memory", var steps]:
        return MemoryBench.Run(Number(steps));
    case ["resume", var kills]:
        return ResumeBench.Trial(Number(kills));
    case ["family", var kills]:
        return ResumeBench.Family(Number(kills));
    case ["sweep", var kills]:
        return ResumeBench.Sweep(Number(kills));
    case ["jobs"]:
        return JobsBench.Compare();
    case ["workers", var kills]:
        return JobsBench.KillWorkers(Number(kills));
    case ["scale", .. var rest]:
        return ScaleBench.Run(rest.FirstOrDefault() ?? Path.GetTempPath());
    case ["gpu"] or ["gpu", "cpu"]:
        return GpuBench.Run(python, args.Length == 2);
    case ["outputs"]:
        return OutputsBench.Run(python);
    case ["audio"]:
        return AudioBench.Run();
    case ["extraction", .. var rest]:
        return ExtractionBench.Run(rest);
    case ["encoder", var file, var output, var rate]:
        return EncoderBench.Run(file, output, Number(rate));
    case ["metrics"] or ["metrics", _, _]:
        return MetricsBench.Run(args[1..]);
    case ["statistics"]:
        return StatisticsBench.Run(repetitions: 100, resamples: 400);
    case ["statistics", var repetitions, var resamples, .. { Length: <= 3 } only]:
        return StatisticsBench.Run(Number(repetitions), Number(resamples), only);
    case ["labelling", "coverage"]:
        return LabellingCoverage.Run(repetitions: 1000);
    case ["labelling", "coverage", var repetitions]:
        return LabellingCoverage.Run(Number(repetitions));
    case ["labelling", _, _, .. { Length: <= 3 }]:
        return LabellingBench.Loop(args[1..]);
    case ["rescore"]:
        return RescoreBench.Run();
    case ["store", .. var rest]:
        return StoreBench.Run(rest);
    case ["find"]:
        return FindBench.Run(python, hours: 1000);
    case ["find", var hours]:
        return FindBench.Run(python, Number(hours));
    case ["predict"]:
        return PredictBench.Run(python, clips: 200, minutes: 10);
    case ["predict", "hours", var hours]:
        return PredictBench.Hours(Number(hours));
    case ["predict", var clips, var minutes]:
        return PredictBench.Run(python, Number(clips), Number(minutes));
    case ["help" or "--help" or "-h"]:
        Console.WriteLine(Usage);
        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
