// Times parts of SedDsl: Sed.Bench PART [ARGUMENTS].
using Sed.Bench;
using Sed.Core.Runtime;

Torch.Initialize();
switch (args)
{
    case []:
    case ["train"]:
        TrainBench.Run([32, 64], steps: 20);
        return 0;
    case ["train", var batch, var steps]:
        TrainBench.Run([int.Parse(batch)], int.Parse(steps));
        return 0;
    case ["kernels"]:
        KernelBench.Run();
        return 0;
    case ["memory", var steps]:
        return MemoryBench.Run(int.Parse(steps));
    case ["extraction", .. var rest]:
        return ExtractionBench.Run(rest);
    case ["store", .. var rest]:
        return StoreBench.Run(rest);
    default:
        Console.Error.WriteLine(
            "Sed.Bench [train [BATCH STEPS] | kernels | memory STEPS | extraction ... | store ...]"
        );
        return 2;
}
