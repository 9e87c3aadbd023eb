// Times parts of SedDsl and checks what takes too long for a test: Sed.Bench PART [ARGUMENTS], from the repository's root.
using System.Globalization;
using Sed.Bench;
using Sed.Core.Runtime;

const string Usage = """
    Sed.Bench [PART]
      train [BATCH STEPS]   training steps per second, PyTorch's beside them (the default: batches of 32 and 64)
      networks [NAME]       training steps of every kind of network there is, PyTorch's beside them
      kernels               each kernel alone, on one thread
      memory STEPS          memory and live tensors over many steps
      resume KILLS          a trial killed at random moments and continued has to end with the same digits
      family KILLS          the same of trials that need each other: a teacher, its students, their average
      sweep KILLS           several trials killed so many times in one folder have to end with the same table
      jobs                  a sweep with two trials at once beside one after another: time and bytes
      workers KILLS         a sweep with two at once whose processes are killed so many times has to keep the same bytes
      scale [FOLDER]        an epoch of 51,172 clips read from a store of their size beside training from memory
      gpu [cpu]             features, training and an epoch on the GPU, PyTorch's figures beside them; or a trial run on the CPU
      outputs               an exported network has to say the same in PyTorch
      extraction            clips per second from WAV files to features, torchaudio's beside them
      metrics [REF EST]     reading and scoring event lists (the default: made-up ones), what other tools take beside it
      rescore               ten finished trials scored again with five thresholds, from what is kept
      store                 feature stores at scale: memory, cost per clip, kills
      predict [CLIPS MINUTES]  listening with a model: clips per second, PyTorch's beside them, where the time goes, a long
                            recording, memory (the default: 200 and 10)
      predict hours N       the memory and time that a recording of N hours takes
    SED_PYTHON names the Python that has PyTorch; /usr/bin/python3 by default.
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
    case ["extraction", .. var rest]:
        return ExtractionBench.Run(rest);
    case ["metrics"] or ["metrics", _, _]:
        return MetricsBench.Run(args[1..]);
    case ["rescore"]:
        return RescoreBench.Run();
    case ["store", .. var rest]:
        return StoreBench.Run(rest);
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
