using Sed.Core.Runtime;

namespace Sed.Core.Features.Encoders;

/// <content>Windows, and encoders with an input of fixed length.</content>
internal sealed partial class EncoderInspection
{
    // Upper bound of windows and hops in samples, because model files (.sed) with larger numbers are refused.
    private const int MostSamples = 10_000_000;

    // To find the time axis, the first and then the last 1 / EndShare of the audio is changed.
    private const int EndShare = 8;

    // Factors by which this audio is multiplied. The first one that makes the axis clear is used: an output that is
    // limited, for example a probability, can be the same for loud and for louder sound.
    private static readonly float[] factors = [3, 0.1f, 1e-3f];

    /// <summary>The form with its window; null if a problem prevents all further measurements.</summary>
    private EncoderForm? Window(EncoderSession session, EncoderForm form)
    {
        if (IsLong("window", settings.WindowSeconds) || IsLong("hop", settings.HopSeconds))
            return null;
        var stated = settings.WindowSeconds is { } seconds
            ? Math.Max(1, (int)Math.Round(seconds * form.SampleRate))
            : (int?)null;
        if (session.FixedLength is not { } length)
            return IsLong("window", DefaultWindowSeconds)
                ? null
                : form with
                {
                    WindowSamples = stated ?? (int)(DefaultWindowSeconds * form.SampleRate),
                };
        var samples = input is null ? length : SamplesFor(length);
        if (samples > MostSamples)
        {
            problems.Add(
                Problem.Of(
                    $"its input has the fixed length {length}",
                    FormattableString.Invariant($"export the encoder with windows of at most {MostSamples:N0} samples")
                )
            );
            return null;
        }
        if (stated is { } other && other != samples)
            problems.Add(
                Problem.Of(
                    FormattableString.Invariant($"the window is {(double)other / form.SampleRate:R} s"),
                    FormattableString.Invariant(
                        $"this encoder accepts only inputs of {(double)samples / form.SampleRate:R} s; leave `window` out"
                    )
                )
            );
        return form with { WindowSamples = (int)samples, IsFixed = true };

        bool IsLong(string what, double? seconds)
        {
            var isLong = seconds * form.SampleRate > MostSamples;
            if (isLong)
                problems.Add(
                    Problem.Of(
                        FormattableString.Invariant($"the {what} is {seconds:R} s at {form.SampleRate} Hz"),
                        FormattableString.Invariant($"give at most {MostSamples:N0} samples")
                    )
                );
            return isLong;
        }
    }

    /// <summary>The smallest number of samples that gives the given number of input frames.</summary>
    private long SamplesFor(int frames)
    {
        var (below, enough) = (0L, (long)frames * input!.HopSamples + input.SampleRate);
        if (enough > int.MaxValue)
            return enough;
        while (enough - below > 1)
            if ((below + enough) / 2 is var middle && input.FramesOf((int)middle) >= frames)
                enough = middle;
            else
                below = middle;
        return enough;
    }

    /// <summary>
    /// The time axis of an output of fixed shape, 0 or 1; null if a problem was added. With one vector per window, this
    /// axis has the length 1.
    /// </summary>
    private int? TimeAxis(EncoderSession session, EncoderForm form, (float[] Values, int[] Shape) whole)
    {
        var shape = whole.Shape;
        if (shape[0] == 1)
            return 0;
        foreach (var factor in factors)
            if (MeasuredTimeAxis(session, form, whole, factor) is { } measured)
                return measured;
        if (shape[1] == 1)
            return 1;
        if (settings.HopSeconds is { } hop && shape[0] != shape[1])
            return Difference(0) < Difference(1) ? 0 : 1;
        problems.Add(
            Problem.Of(
                $"it is not clear which axis of its output ({shape[0]}, {shape[1]}) is time, because all values depend equally on both ends of the audio",
                shape[0] == shape[1]
                    ? "export the encoder with an input of any length"
                    : $"state the hop: {ExampleHop(form, shape[0])} if there are {shape[0]} vectors, {ExampleHop(form, shape[1])} if there are {shape[1]}"
            )
        );
        return null;

        double Difference(int axis) => Math.Abs(Math.Log(hop * form.SampleRate * shape[axis] / form.WindowSamples));
    }

    /// <summary>
    /// Finds the time axis by changing first the start and then the end of the audio. Along the time axis, the first
    /// vectors depend more on the start of the audio, and the last vectors more on its end. Null if this does not
    /// clearly distinguish one axis.
    /// </summary>
    private static int? MeasuredTimeAxis(
        EncoderSession session,
        EncoderForm form,
        (float[] Values, int[] Shape) whole,
        float factor
    )
    {
        var part = Math.Max(1, form.WindowSamples / EndShare);
        if (Changed(0) is not { } start || Changed(form.WindowSamples - part) is not { } end)
            return null;
        double[] shifts = [Shift(0), Shift(1)];
        var likely = shifts[1] > shifts[0] ? 1 : 0;
        return shifts[likely] >= 0.3 && Math.Abs(shifts[1 - likely]) <= shifts[likely] / 2 ? likely : null;

        // Absolute changes of the output values after a part of the noise was reversed and multiplied by the factor;
        // null if the encoder fails.
        float[]? Changed(int first)
        {
            var samples = Noise(form.WindowSamples);
            var changed = samples.AsSpan(first, part);
            changed.Reverse();
            foreach (ref var sample in changed)
                sample *= factor;
            try
            {
                var output = Run(session, form, samples);
                return output.Shape.SequenceEqual(whole.Shape)
                    ? [.. output.Values.Zip(whole.Values, (after, before) => Math.Abs(after - before))]
                    : null;
            }
            catch (EncoderException)
            {
                return null;
            }
        }

        double Shift(int axis)
        {
            var quarter = Math.Max(1, whole.Shape[axis] / 4);
            return ShareOfEnd(axis, whole.Shape[axis] - quarter, quarter) - ShareOfEnd(axis, 0, quarter);
        }

        // Within a range of an axis, the fraction of all changes that is caused by changing the end of the audio.
        double ShareOfEnd(int axis, int first, int count)
        {
            double ofStart = 0;
            double ofEnd = 0;
            for (var at = 0; at < start.Length; at++)
                if (
                    (axis == 0 ? at / whole.Shape[1] : at % whole.Shape[1]) is var place
                    && place >= first
                    && place < first + count
                )
                    (ofStart, ofEnd) = (ofStart + start[at], ofEnd + end[at]);
            return ofStart + ofEnd > 0 ? ofEnd / (ofStart + ofEnd) : 0.5;
        }
    }

    private EncoderForm FixedHop(EncoderForm form, int count)
    {
        var regular = (double)form.WindowSamples / count;
        var hop = settings.HopSeconds is { } stated ? stated * form.SampleRate : regular;
        if (hop < 0.5 || Math.Abs(hop - Math.Round(hop)) > 1e-6)
            problems.Add(
                Problem.Of(
                    FormattableString.Invariant(
                        $"{count} vectors in {form.WindowSamples} samples: the time between two vectors is not a whole number of samples"
                    ),
                    $"give a hop that is a whole number of samples, for example {ExampleHop(form, count)}"
                )
            );
        // With a longer hop, the vectors would not fit into the window. Encoders that do not pad have fewer vectors than
        // hops in a window, but a vector that needs more than about half of the window is not plausible.
        else if (count > 1 && ((count - 1) * hop > form.WindowSamples || hop < regular / 2))
            problems.Add(
                Problem.Of(
                    FormattableString.Invariant($"the stated hop is {1000 * hop / form.SampleRate:R} ms"),
                    FormattableString.Invariant(
                        $"this encoder outputs {count} vectors for {(double)form.WindowSamples / form.SampleRate:R} s, so give about {ExampleHop(form, count)}"
                    )
                )
            );
        var samples = (int)Math.Round(hop);
        return form with
        {
            HopSamples = samples,
            FieldSamples = Math.Max(0, form.WindowSamples - (count - 1) * samples),
        };
    }

    /// <summary>
    /// An example of the keyword `hop` for a number of vectors per window: a whole number of samples and, if possible, of
    /// milliseconds.
    /// </summary>
    private static string ExampleHop(EncoderForm form, int count)
    {
        var samples = (double)form.WindowSamples / count;
        var milliseconds = Math.Round(1000 * samples / form.SampleRate);
        var inSamples = milliseconds * form.SampleRate / 1000;
        if (milliseconds < 1 || inSamples != Math.Round(inSamples))
            milliseconds = 1000 * Math.Max(1, Math.Round(samples)) / form.SampleRate;
        var digits = milliseconds == Math.Round(milliseconds) ? "F1" : "R";
        return $"`hop {milliseconds.ToString(digits, System.Globalization.CultureInfo.InvariantCulture)}<ms>`";
    }
}
