namespace Sed.Core.Corpora.Synthesis;

/// <summary>
/// Reverberation of a whole soundscape: the algorithm Freeverb (J. "Dreampoint" Wakefield, public domain) as in the effect
/// <c>reverb</c> of SoX, which Scaper applies to its mixes: eight parallel comb filters with damped feedback, followed by
/// four all-pass filters. Damping, room size and levels are the effect's defaults, without stereo depth.
/// </summary>
internal static class Room
{
    // Delays in samples at 44.1 kHz.
    private static readonly int[] CombDelays = [1116, 1188, 1277, 1356, 1422, 1491, 1557, 1617];
    private static readonly int[] AllPassDelays = [225, 341, 441, 556];

    private const double InputGain = 0.015;
    private const float Damping = 0.35f;
    private const float AllPassFeedback = 0.5f;

    /// <summary>Adds reverberation in place and returns the buffer.</summary>
    /// <param name="samples">Mono samples.</param>
    /// <param name="sampleRate">Samples per second (Hz).</param>
    /// <param name="amount">
    /// From 0 (the shortest reverberation) to 1 (the longest); DESED's soundscapes have 0.1.
    /// </param>
    internal static float[] Apply(float[] samples, int sampleRate, double amount)
    {
        var scale = sampleRate / 44_100.0;
        var feedback = (float)Feedback(amount);
        var wet = new float[samples.Length];
        foreach (var delay in CombDelays)
            AddComb(samples, wet, Samples(delay), feedback);
        foreach (var delay in AllPassDelays)
            AllPass(wet, Samples(delay));
        for (var i = 0; i < samples.Length; i++)
            samples[i] += wet[i];
        return samples;

        int Samples(int delay) => (int)((delay * scale) + 0.5);
    }

    // The feedback rises exponentially from 0.3 for the amount 0 to 0.98 for the amount 1.
    private static double Feedback(double amount)
    {
        const double least = 0.3;
        const double most = 0.98;
        return 1 - ((1 - least) * Math.Pow((1 - most) / (1 - least), amount));
    }

    private static void AddComb(float[] input, float[] sum, int delay, float feedback)
    {
        var line = new float[delay];
        float low = 0;
        for (int i = 0, at = 0; i < input.Length; i++, at = at + 1 == delay ? 0 : at + 1)
        {
            var echo = line[at];
            low = echo + ((low - echo) * Damping);
            line[at] = ((float)InputGain * input[i]) + (low * feedback);
            sum[i] += echo;
        }
    }

    private static void AllPass(float[] samples, int delay)
    {
        var line = new float[delay];
        for (int i = 0, at = 0; i < samples.Length; i++, at = at + 1 == delay ? 0 : at + 1)
        {
            var echo = line[at];
            line[at] = samples[i] + (echo * AllPassFeedback);
            samples[i] = echo - samples[i];
        }
    }
}
