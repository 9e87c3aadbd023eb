using System.Diagnostics;
using System.Globalization;

namespace Sed.Bench;

/// <summary>Training steps in PyTorch, by tools/reference.</summary>
internal static class PyTorchSteps
{
    /// <summary>Steps of the same network in PyTorch, once with its default settings and once with as many threads as ours.</summary>
    public static void Measure(Fastest theirs, string python, string[] arguments, float loss)
    {
        var script = Path.Combine("tools", "reference", "train_speed.py");
        if (!File.Exists(script))
            throw new FileNotFoundException($"Run the benchmark from the repository's root; {script} is not here.");
        using var process = Process.Start(
            new ProcessStartInfo(python, [script, .. arguments]) { RedirectStandardOutput = true }
        )!;
        var first = true;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "loss" && Math.Abs(Number(words[1]) / loss - 1) > 1e-4)
                throw new InvalidOperationException($"PyTorch computes the loss {words[1]}, SedDsl {loss}.");
            if (words[0] != "step")
                continue;
            if (!first) // the first step warms up
                theirs.Add(Number(words[1]), Number(words[2]));
            first = false;
        }
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{python} {script} failed. It needs PyTorch and NumPy (Debian: python3-torch, python3-numpy)."
            );
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
