using Sed.Core.Runtime;
using TorchSharp;

namespace Sed.Core.Features.Encoders;

/// <summary>
/// Measures the properties of an encoder by running it on noise: shape of its output, number of values per vector, hop
/// and length of audio per vector.
/// </summary>
internal sealed partial class EncoderInspection
{
    // Length of windows if neither the encoder nor the script defines it: the length of the clips of AudioSet.
    private const double DefaultWindowSeconds = 10;

    // Lengths at which the hop is measured, in seconds; the first one that the encoder accepts is used.
    private static readonly double[] trials = [1, 2.5, 5];

    private readonly EncoderSettings settings;
    private readonly FeatureSource? input;
    private readonly List<Problem> problems = [];

    /// <summary>The metadata entry sample_rate of the ONNX file; null if it has none.</summary>
    private string? StatedRate { get; set; }

    private EncoderInspection(EncoderSettings settings, FeatureSource? input) =>
        (this.settings, this.input) = (settings, input);

    /// <summary>Loads and measures an encoder.</summary>
    /// <returns>Its properties and all problems; the properties are usable only if there are no problems.</returns>
    public static (EncoderForm Form, IReadOnlyList<Problem> Problems) Of(
        FeatureFile file,
        EncoderSettings settings,
        FeatureSource? input,
        double scale
    )
    {
        Torch.Initialize();
        EncoderInspection inspection = new(settings, input);
        EncoderForm form = new();
        try
        {
            var content = file.Read();
            form = form with { Content = FeatureFile.HashOf(content) };
            inspection.StatedRate = EncoderGraph
                .Parse(content)
                .MetadataProps.FirstOrDefault(entry => entry.Key == "sample_rate")
                ?.Value;
            using EncoderSession session = new(content, input, scale, torch.CPU);
            form = inspection.Measure(session, form);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            inspection.problems.Add(Problem.Of(problem.Message));
        }
        return (form, inspection.problems);
    }

    private EncoderForm Measure(EncoderSession session, EncoderForm form)
    {
        form = form with { Output = ChooseOutput(session), SampleRate = ChooseRate() };
        if (problems.Count > 0)
            return form;
        if (Window(session, form) is not { } windowed)
            return form;
        form = windowed;
        var whole = Run(session, form, form.WindowSamples);
        if (whole.Shape.Contains(0))
            throw new EncoderException(
                $"its output {OneLine.Of(form.Output)} has no values: the shape without the batch axis is ({string.Join(", ", whole.Shape)})"
            );
        if (whole.Shape.Length is 0 or > 2)
        {
            problems.Add(
                Problem.Of(
                    $"the output {OneLine.Of(form.Output)} has {whole.Shape.Length} axes besides the batch axis",
                    "an encoder's output has the shape (batch, frames, width) or (batch, width)"
                )
            );
            return form;
        }
        form = form with { Width = whole.Shape[^1] };
        if (!form.IsFixed && whole.Shape.Length == 2)
            return Sequence(session, form, whole.Shape);
        var count = 1;
        if (whole.Shape.Length == 2)
        {
            if (TimeAxis(session, form, whole) is not { } time)
                return form;
            form = form with { TimeLast = time == 1, Width = whole.Shape[1 - time] };
            count = whole.Shape[time];
        }
        if (!form.IsFixed && settings.WindowSeconds is null)
            problems.Add(
                Problem.Of(
                    "it outputs one vector for an input of any length",
                    "state the length of a window, for example `window 3.0<s>`"
                )
            );
        var isVector = count == 1;
        return FixedHop(
            form with
            {
                IsVector = isVector,
                EndsWithRecording = isVector,
                LeastSamples = form.WindowSamples,
            },
            count
        );
    }

    private string ChooseOutput(EncoderSession session)
    {
        var names = session.Outputs;
        var listed = string.Join(", ", names.Select(OneLine.Of));
        if (settings.Output is { } stated)
        {
            if (!names.Contains(stated))
                problems.Add(Problem.Of($"it has no output '{OneLine.Of(stated)}'", $"its outputs are {listed}"));
            return stated;
        }
        if (names.Count == 1)
            return names[0];
        problems.Add(
            names.Count == 0
                ? Problem.Of("none of its outputs consists of floating-point numbers")
                : Problem.Of(
                    $"it has {names.Count} outputs ({listed})",
                    $"name the one with the vectors, for example `output \"{OneLine.Of(names[0])}\"`"
                )
        );
        return "";
    }

    private int ChooseRate()
    {
        if (settings.Rate is { } stated)
            return stated;
        if (input is not null)
            return input.SampleRate;
        if (
            int.TryParse(StatedRate, System.Globalization.CultureInfo.InvariantCulture, out var rate)
            && rate is > 0 and <= Encoder.HighestRate
        )
            return rate;
        problems.Add(
            Problem.Of(
                StatedRate is null
                    ? "its file does not state the sampling rate (metadata entry `sample_rate`)"
                    : $"its file states the invalid sampling rate '{OneLine.Of(StatedRate)}' (metadata entry `sample_rate`)",
                "state it, for example `rate 32000.0<Hz>`"
            )
        );
        return 0;
    }

    /// <summary>Measures the hop of an encoder that outputs a sequence for an input of any length.</summary>
    private EncoderForm Sequence(EncoderSession session, EncoderForm form, int[] whole)
    {
        foreach (var seconds in trials)
        {
            var start = (int)Math.Min(seconds * form.SampleRate, form.WindowSamples / 2);
            int[] shape;
            try
            {
                shape = Run(session, form, start).Shape;
            }
            catch (EncoderException)
            {
                continue; // too short for this encoder
            }
            // The axis whose length depends on the length of the audio is time.
            form = form with
            {
                TimeLast = shape[0] == whole[0] && shape[1] != whole[1],
                LeastSamples = start,
            };
            form = form with { Width = whole[form.TimeLast ? 0 : 1] };
            return Hop(session, form, start, Count(form, shape));
        }
        problems.Add(
            Problem.Of(
                "it accepts no audio of the lengths from which its hop is measured (1, 2.5 and 5 s, at most half a window)",
                "export it with an input of fixed length, or state a longer `window`"
            )
        );
        return form;
    }

    private EncoderForm Hop(EncoderSession session, EncoderForm form, int start, int count)
    {
        var first = Increase(session, form, start, count);
        var hop = Increase(session, form, first, count + 1) - first;
        // The hop is constant only if later counts agree with it.
        var far = first + 5 * hop;
        if (CountAt(session, form, far) != count + 6 || CountAt(session, form, far - 1) != count + 5)
            hop = 0;
        var stated = settings.HopSeconds is { } seconds ? (int)Math.Round(seconds * form.SampleRate) : hop;
        if (hop == 0 && stated == 0)
            problems.Add(
                Problem.Of(
                    "the time between its output vectors is not constant, so the hop cannot be measured",
                    "give the hop to use, for example `hop 20.0<ms>`"
                )
            );
        else if (hop != 0 && stated != hop)
            problems.Add(
                Problem.Of(
                    FormattableString.Invariant($"the stated hop is {1000.0 * stated / form.SampleRate:R} ms"),
                    FormattableString.Invariant(
                        $"this encoder outputs a vector every {1000.0 * hop / form.SampleRate:R} ms; leave `hop` out"
                    )
                )
            );
        return form with { HopSamples = stated, FieldSamples = Math.Max(0, first - count * stated) };
    }

    /// <summary>
    /// The smallest number of samples, at least <paramref name="from"/>, that gives more than <paramref name="count"/>
    /// vectors.
    /// </summary>
    private int Increase(EncoderSession session, EncoderForm form, int from, int count)
    {
        var (below, step) = (from, 64);
        while (CountAt(session, form, below + step) <= count)
        {
            below += step;
            step *= 2;
            if (below + step > 2L * form.WindowSamples)
                throw new EncoderException(
                    "the number of its vectors does not grow with the length of the audio, so they are not a sequence over time"
                );
        }
        var enough = below + step;
        while (enough - below > 1)
            if ((below + enough) / 2 is var middle && CountAt(session, form, middle) > count)
                enough = middle;
            else
                below = middle;
        return enough;
    }

    private int CountAt(EncoderSession session, EncoderForm form, int samples) =>
        Count(form, Run(session, form, samples).Shape);

    private static int Count(EncoderForm form, int[] shape) => shape.Length == 2 ? shape[form.TimeLast ? 1 : 0] : 1;

    private static (float[] Values, int[] Shape) Run(EncoderSession session, EncoderForm form, int samples) =>
        Run(session, form, Noise(samples));

    private static (float[] Values, int[] Shape) Run(EncoderSession session, EncoderForm form, float[] samples)
    {
        var output = session.Run(samples, form.Output);
        return FiniteValues.Are(output.Values)
            ? output
            : throw new EncoderException(
                $"its output {OneLine.Of(form.Output)} for noise contains values that are not finite"
            );
    }

    // Noise with a standard deviation of about 0.06, the same in every inspection.
    private static float[] Noise(int samples)
    {
        var noise = new float[samples];
        var state = 1u;
        foreach (ref var value in noise.AsSpan())
        {
            state = state * 1664525u + 1013904223u;
            value = 0.1f * ((int)state / 2147483648f);
        }
        return noise;
    }
}
