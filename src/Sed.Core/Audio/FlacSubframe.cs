using System.Numerics;

namespace Sed.Core.Audio;

/// <summary>Decodes the samples of one channel in a FLAC frame (RFC 9639, section 9.2).</summary>
internal static class FlacSubframe
{
    private const int MaxOrder = 32;
    private const int IntBits = 32;

    /// <summary>Decodes a subframe.</summary>
    /// <param name="bits">Reader at the start of the subframe.</param>
    /// <param name="width">Width of a sample in bits, at most 25.</param>
    /// <param name="samples">Receives the samples.</param>
    /// <exception cref="FlacFrameException">
    /// The subframe is damaged, or the bytes end before the end of the subframe.
    /// </exception>
    internal static void Decode(ref FlacBits bits, int width, Span<int> samples)
    {
        var isPadded = bits.Read(1) == 1;
        var type = (int)bits.Read(6);
        // Lowest bits that are 0 in all samples are not stored.
        var wasted = bits.Read(1) == 1 ? (int)Math.Min(bits.ReadUnary(), IntBits) + 1 : 0;
        width -= wasted;
        if (isPadded || width < 1)
            throw Invalid("header");
        switch (type)
        {
            case 0:
                samples.Fill(bits.ReadSigned(width));
                break;
            case 1:
                ReadVerbatim(ref bits, width, samples);
                break;
            case >= 8 and <= 12:
                DecodeFixed(ref bits, width, type - 8, samples);
                break;
            case >= 32:
                DecodeLinear(ref bits, width, type - 31, samples);
                break;
            default:
                throw Invalid("type");
        }
        if (wasted > 0)
            foreach (ref var sample in samples)
                sample <<= wasted;
    }

    private static FlacFrameException Invalid(string what) => new($"the {what} of a FLAC subframe is invalid");

    private static void ReadVerbatim(ref FlacBits bits, int width, Span<int> samples)
    {
        foreach (ref var sample in samples)
            sample = bits.ReadSigned(width);
    }

    private static void ReadFirst(ref FlacBits bits, int width, int order, Span<int> samples)
    {
        if (order > samples.Length)
            throw Invalid("order");
        ReadVerbatim(ref bits, width, samples[..order]);
    }

    /// <summary>Decodes samples from the residuals of a fixed polynomial predictor of order 0 to 4.</summary>
    private static void DecodeFixed(ref FlacBits bits, int width, int order, Span<int> samples)
    {
        ReadFirst(ref bits, width, order, samples);
        ReadResiduals(ref bits, order, samples);
        switch (order)
        {
            case 1:
                for (var i = 1; i < samples.Length; i++)
                    samples[i] += samples[i - 1];
                break;
            case 2:
                for (var i = 2; i < samples.Length; i++)
                    samples[i] += (2 * samples[i - 1]) - samples[i - 2];
                break;
            case 3:
                for (var i = 3; i < samples.Length; i++)
                    samples[i] += (3 * (samples[i - 1] - samples[i - 2])) + samples[i - 3];
                break;
            case 4:
                for (var i = 4; i < samples.Length; i++)
                    samples[i] += (4 * (samples[i - 1] + samples[i - 3])) - (6 * samples[i - 2]) - samples[i - 4];
                break;
        }
    }

    /// <summary>
    /// Decodes samples from the residuals of a linear predictor whose coefficients are stored in the subframe.
    /// </summary>
    private static void DecodeLinear(ref FlacBits bits, int width, int order, Span<int> samples)
    {
        ReadFirst(ref bits, width, order, samples);
        var precision = (int)bits.Read(4) + 1;
        var shift = bits.ReadSigned(5);
        if (precision == 16 || shift < 0)
            throw Invalid("predictor");
        Span<int> coefficients = stackalloc int[MaxOrder];
        coefficients = coefficients[..order];
        // In reverse order, so that each coefficient has the index of the sample that it is multiplied with.
        for (var i = order - 1; i >= 0; i--)
            coefficients[i] = bits.ReadSigned(precision);
        ReadResiduals(ref bits, order, samples);
        if (width + precision + BitOperations.Log2((uint)order) <= IntBits)
            for (var i = order; i < samples.Length; i++)
            {
                var past = samples.Slice(i - order, order);
                var sum = 0;
                for (var k = 0; k < coefficients.Length; k++)
                    sum += coefficients[k] * past[k];
                samples[i] += sum >> shift;
            }
        else
            for (var i = order; i < samples.Length; i++)
            {
                var past = samples.Slice(i - order, order);
                long sum = 0;
                for (var k = 0; k < coefficients.Length; k++)
                    sum += (long)coefficients[k] * past[k];
                samples[i] += (int)(sum >> shift);
            }
    }

    /// <summary>Reads the residuals of all samples after the first ones, in partitions of Rice codes.</summary>
    private static void ReadResiduals(ref FlacBits bits, int order, Span<int> samples)
    {
        var method = bits.Read(2);
        if (method > 1)
            throw Invalid("residual");
        var parameterBits = 4 + (int)method;
        var uncoded = (1 << parameterBits) - 1;
        var partitions = 1 << (int)bits.Read(4);
        var length = samples.Length / partitions;
        if (length * partitions != samples.Length || length < order)
            throw Invalid("partition");
        for (var partition = 0; partition < partitions; partition++)
        {
            var start = partition == 0 ? order : partition * length;
            var residuals = samples[start..((partition + 1) * length)];
            var parameter = (int)bits.Read(parameterBits);
            if (parameter < uncoded)
                bits.ReadRice(parameter, residuals);
            else
                ReadVerbatim(ref bits, (int)bits.Read(5), residuals);
        }
    }
}
