namespace Sed.Bench;

/// <summary>The benchmarks of data and features: <c>extraction</c> and <c>store</c>.</summary>
internal static class DataBench
{
    /// <summary>Runs one of them if the arguments ask for it; its exit code becomes the process's.</summary>
    internal static bool Ran(string[] arguments)
    {
        switch (arguments.FirstOrDefault())
        {
            case "extraction":
                Environment.ExitCode = ExtractionBench.Run(arguments[1..]);
                return true;
            case "store":
                Environment.ExitCode = StoreBench.Run(arguments[1..]);
                return true;
            default:
                return false;
        }
    }
}
