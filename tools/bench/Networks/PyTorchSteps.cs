using System.Diagnostics;
using System.Globalization;

namespace Sed.Bench;

/// <summary>Training steps in PyTorch, run by tools/reference/train_speed.py.</summary>
internal static class PyTorchSteps
{
    /// <summary>
    /// Measures training steps of an exported network in PyTorch, and verifies that PyTorch's loss agrees with
    /// <paramref name="loss"/>.
    /// </summary>
    /// <param name="theirs">Receives the times.</param>
    /// <param name="python">Python interpreter with PyTorch.</param>
    /// <param name="arguments">Arguments of the script.</param>
    /// <param name="loss">Loss of the first step without dropout.</param>
    public static void Measure(Fastest theirs, string python, string[] arguments, float loss)
    {
        var script = Path.Combine("tools", "reference", "train_speed.py");
        if (!File.Exists(script))
            throw new FileNotFoundException($"{script} was not found; run the benchmark from the repository's root.");
        using var process = Process.Start(
            new ProcessStartInfo(python, [script, .. arguments]) { RedirectStandardOutput = true }
        )!;
        var first = true;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "loss" && Math.Abs(Number(words[1]) / loss - 1) > 1e-4)
                throw new InvalidOperationException($"The loss is {words[1]} in PyTorch but {loss} in SedDsl.");
            if (words[0] != "step")
                continue;
            if (!first) // the first step is a warm-up
                theirs.Add(Number(words[1]), Number(words[2]));
            first = false;
        }
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{python} {script} failed; it needs PyTorch and NumPy (Debian: python3-torch, python3-numpy)."
            );
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
