using System.Text.Json.Serialization;
using Sed.Core.Runtime;
using Sed.Core.Runtime.Keys;

namespace Sed.Core.Detection.Calibrations;

/// <summary>
/// A non-decreasing function from the probabilities of a network to calibrated probabilities. Rankings do not change, except
/// that different probabilities can become equal: in isotonic regression and, in temperature scaling, below 1e-7 and above
/// 1 - 1e-7.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "map")]
[JsonDerivedType(typeof(Temperature), "temperature")]
[JsonDerivedType(typeof(Isotonic), "isotonic")]
public abstract record ProbabilityMap
{
    private ProbabilityMap() { }

    /// <summary>A short human-readable description, for tables.</summary>
    [JsonIgnore]
    public abstract string Summary { get; }

    /// <summary>The calibrated probability.</summary>
    /// <param name="probability">A probability, 0 to 1.</param>
    public abstract float Of(float probability);

    /// <summary>
    /// All problems of the map; empty if it is valid. Their <see cref="Problem.Place"/> is empty; the caller adds it.
    /// </summary>
    public abstract IEnumerable<Problem> Problems();

    /// <summary>Returns <see cref="Summary"/>.</summary>
    public sealed override string ToString() => Summary;

    /// <summary>
    /// Temperature scaling (Guo et al. 2017, section 4.2, for one sigmoid output): the logit is divided by the
    /// temperature. Temperatures above 1 move probabilities towards 0.5.
    /// </summary>
    /// <param name="Value">The temperature, positive.</param>
    [Key("temperature")]
    public sealed record Temperature([property: Key("value")] double Value) : ProbabilityMap
    {
        // Probabilities are clamped, because the logits of 0 and 1 are infinite. The upper limit changes only 1 and the
        // largest single-precision number below 1.
        private const double Least = 1e-7;

        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => FormattableString.Invariant($"temperature {Value:0.###}");

        /// <inheritdoc/>
        public override float Of(float probability) => (float)(1 / (1 + Math.Exp(-Logit(probability) / Value)));

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (!(Value > 0 && double.IsFinite(Value)))
                yield return Problem.Of(
                    FormattableString.Invariant($"the temperature is {Value:R}"),
                    "it must be positive and finite"
                );
        }

        /// <summary>The logit of a probability, which is first clamped to the range from 1e-7 to 1 - 1e-7.</summary>
        internal static double Logit(float probability)
        {
            var limited = Math.Clamp((double)probability, Least, 1 - Least);
            return Math.Log(limited / (1 - limited));
        }
    }

    /// <summary>
    /// A piecewise linear function through the points of an isotonic regression (Zadrozny and Elkan 2002). Outside the
    /// range of the points, it has the value of the nearest point, as scikit-learn's IsotonicRegression with
    /// out_of_bounds="clip".
    /// </summary>
    /// <param name="Inputs">Probabilities of the network, increasing; at least one.</param>
    /// <param name="Outputs">
    /// The calibrated probability at each of <paramref name="Inputs"/>, 0 to 1; non-decreasing.
    /// </param>
    [Key("isotonic")]
    public sealed record Isotonic(IReadOnlyList<double> Inputs, IReadOnlyList<double> Outputs) : ProbabilityMap
    {
        private readonly double[] inputs = Copy(Inputs);
        private readonly double[] outputs = Copy(Outputs);

        /// <summary>Probabilities of the network, increasing; at least one.</summary>
        [Key("inputs")]
        public IReadOnlyList<double> Inputs
        {
            get => inputs;
            init => inputs = Copy(value);
        }

        /// <summary>The calibrated probability at each of the inputs, 0 to 1; non-decreasing.</summary>
        [Key("outputs")]
        public IReadOnlyList<double> Outputs
        {
            get => outputs;
            init => outputs = Copy(value);
        }

        /// <inheritdoc/>
        [JsonIgnore]
        public override string Summary => $"isotonic regression with {inputs.Length} points";

        /// <inheritdoc/>
        public override float Of(float probability)
        {
            var next = Array.BinarySearch(inputs, probability);
            if (next >= 0)
                return (float)outputs[next];
            next = ~next;
            if (next == 0)
                return (float)outputs[0];
            if (next == inputs.Length)
                return (float)outputs[^1];
            var share = (probability - inputs[next - 1]) / (inputs[next] - inputs[next - 1]);
            return (float)(outputs[next - 1] + (share * (outputs[next] - outputs[next - 1])));
        }

        /// <inheritdoc/>
        public override IEnumerable<Problem> Problems()
        {
            if (inputs.Length == 0 || inputs.Length != outputs.Length)
                yield return Problem.Of(
                    $"the isotonic regression has {inputs.Length} inputs and {outputs.Length} outputs",
                    "give one output for each input, and at least one input"
                );
            else if (!Rises(inputs, strictly: true) || !Rises(outputs, strictly: false))
                yield return Problem.Of(
                    "the points of the isotonic regression are not in order",
                    "inputs and outputs must lie between 0 and 1; inputs must increase and outputs must not fall"
                );
        }

        /// <inheritdoc/>
        public bool Equals(Isotonic? other) =>
            other is not null
            && inputs.AsSpan().SequenceEqual(other.inputs)
            && outputs.AsSpan().SequenceEqual(other.outputs);

        /// <inheritdoc/>
        public override int GetHashCode() =>
            HashCode.Combine(inputs.Length, inputs.FirstOrDefault(), outputs.LastOrDefault());

        // A damaged file can contain null.
        private static double[] Copy(IReadOnlyList<double>? values) => [.. values ?? []];

        private static bool Rises(double[] values, bool strictly)
        {
            for (var k = 0; k < values.Length; k++)
                if (
                    !(values[k] >= 0 && values[k] <= 1)
                    || (k > 0 && (strictly ? values[k] <= values[k - 1] : values[k] < values[k - 1]))
                )
                    return false;
            return true;
        }
    }
}
