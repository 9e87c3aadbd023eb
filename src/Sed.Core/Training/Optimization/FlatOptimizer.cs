using Sed.Core.Runtime;
using static TorchSharp.torch;

namespace Sed.Core.Training.Optimization;

/// <summary>Adam, AMSGrad, AdamW or SGD over all parameters at once, with PyTorch's formulas and defaults.</summary>
internal sealed class FlatOptimizer : IDisposable
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;

    private readonly FlatParameters parameters;
    private readonly Optimizer optimizer;
    private readonly double weightDecay;
    private readonly double? maxGradientNorm;
    private readonly IReadOnlyList<ParameterGroup> groups;
    private readonly long[] groupSteps; // Adam's bias correction counts the steps of each group
    private readonly Tensor first; // first moment of the gradients (Adam), or momentum buffer (SGD)
    private readonly Tensor second; // second moment of the gradients (Adam)
    private readonly Tensor? largest; // largest second moment so far (AMSGrad)
    private long steps;

    /// <summary>Number of optimizer steps so far.</summary>
    public long Steps => steps;

    /// <param name="parameters">Parameters to update, with their gradients.</param>
    /// <param name="optimizer">Update rule and hyperparameters.</param>
    /// <param name="maxGradientNorm">Maximum norm over all gradients; null: no clipping.</param>
    /// <param name="groups">
    /// Groups of parameters with separate learning rates, which together contain all parameters. Null: one group.
    /// </param>
    public FlatOptimizer(
        FlatParameters parameters,
        Optimizer optimizer,
        double? maxGradientNorm,
        IReadOnlyList<ParameterGroup>? groups = null
    )
    {
        this.groups = groups ?? [new ParameterGroup(0, parameters.Values.numel())];
        groupSteps = new long[this.groups.Count];
        this.parameters = parameters;
        this.optimizer = optimizer;
        this.maxGradientNorm = maxGradientNorm;
        weightDecay = optimizer switch
        {
            Optimizer.Adam adam => adam.WeightDecay,
            Optimizer.AdamW adam => adam.WeightDecay,
            Optimizer.Sgd sgd => sgd.WeightDecay,
            _ => throw new ArgumentException($"There is no update rule for {optimizer}.", nameof(optimizer)),
        };
        first = zeros_like(parameters.Values).DetachFromDisposeScope();
        second = zeros_like(parameters.Values).DetachFromDisposeScope();
        if (optimizer is Optimizer.Adam { IsAmsGrad: true })
            largest = zeros_like(parameters.Values).DetachFromDisposeScope();
    }

    /// <summary>
    /// Updates the parameters from their gradients, which clipping and L2 regularisation modify in place.
    /// </summary>
    /// <param name="rate">Learning rate of this step.</param>
    /// <param name="isFrozen">
    /// Whether the groups that can be frozen are now frozen. If so, their values, moments and step counts do not
    /// change, and their gradients must be 0.
    /// </param>
    public void Step(double rate, bool isFrozen = false)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        if (maxGradientNorm is { } limit)
        {
            // The norm stays on the device, which avoids a synchronisation with the GPU.
            var factor = parameters.Gradients.norm().Plus(1e-6).reciprocal().Times(limit).AtMost(1);
            parameters.Gradients.mul_(factor);
        }
        steps++;
        for (var group = 0; group < groups.Count; group++)
            if (!(isFrozen && groups[group].CanFreeze))
                Update(groups[group], rate * groups[group].RateFactor, ++groupSteps[group]);
    }

    private void Update(ParameterGroup group, double rate, long step)
    {
        var values = group.Of(parameters.Values);
        var gradients = group.Of(parameters.Gradients);
        var moment = group.Of(first);
        if (weightDecay > 0)
        {
            if (optimizer is Optimizer.AdamW)
                values.Scale(1 - rate * weightDecay);
            else
                gradients.Add(values, weightDecay);
        }
        if (optimizer is Optimizer.Sgd sgd)
        {
            moment.Scale(sgd.Momentum).Add(gradients);
            values.Add(moment, -rate);
            return;
        }
        var square = group.Of(second);
        moment.Scale(Beta1).Add(gradients, 1 - Beta1);
        square.Scale(Beta2).AddProduct(gradients, gradients, 1 - Beta2);
        if (largest is not null)
        {
            // PyTorch compares the moments before their bias correction.
            var most = group.Of(largest);
            square = most.copy_(most.maximum(square));
        }
        var scale = square.sqrt().Divide(Math.Sqrt(1 - Math.Pow(Beta2, step))).Add(Epsilon);
        values.AddQuotient(moment, scale, -rate / (1 - Math.Pow(Beta1, step)));
    }

    /// <summary>Sets every gradient to zero.</summary>
    public void ClearGradients() => parameters.Gradients.zero_();

    /// <summary>The optimizer state for checkpoints, as named arrays.</summary>
    public IEnumerable<KeyValuePair<string, NumpyArray>> State =>
        [
            new("optimizer.first", NumpyArray.Of(first)),
            new("optimizer.second", NumpyArray.Of(second)),
            .. largest is null
                ? (KeyValuePair<string, NumpyArray>[])[]
                : [new("optimizer.largest", NumpyArray.Of(largest))],
            new("optimizer.steps", NumpyArray.Of((long[])(groups.Count == 1 ? [steps] : [steps, .. groupSteps]))),
        ];

    /// <summary>Restores a state saved from <see cref="State"/>.</summary>
    public void Load(IReadOnlyDictionary<string, NumpyArray> state)
    {
        state["optimizer.first"].CopyTo(first);
        state["optimizer.second"].CopyTo(second);
        if (largest is not null)
            state["optimizer.largest"].CopyTo(largest);
        var counts = state["optimizer.steps"].Longs;
        steps = counts[0];
        if (groups.Count == 1)
            groupSteps[0] = steps;
        else
            counts[1..].CopyTo(groupSteps);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
        largest?.Dispose();
    }
}
