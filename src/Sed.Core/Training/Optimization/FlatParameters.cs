using static TorchSharp.torch;

namespace Sed.Core.Training.Optimization;

/// <summary>
/// A network's trainable parameters in one contiguous tensor and their gradients in another, so that the optimizer,
/// gradient clipping and weight averaging need only a few operations. The network's own tensors become views of these two
/// tensors.
/// </summary>
internal sealed class FlatParameters : IDisposable
{
    private readonly List<Tensor> views = [];
    private readonly List<TorchSharp.Modules.Parameter> parameters;

    /// <param name="network">A network that is already on its training device.</param>
    public FlatParameters(nn.Module network)
    {
        parameters = [.. network.parameters().Where(parameter => parameter.requires_grad)];
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var total = parameters.Sum(parameter => parameter.numel());
        var device = parameters[0].device;
        Values = empty(total, device: device).DetachFromDisposeScope();
        Gradients = zeros(total, device: device).DetachFromDisposeScope();
        long at = 0;
        foreach (var parameter in parameters)
        {
            var length = parameter.numel();
            var value = Values.narrow(0, at, length).view(parameter.shape);
            value.copy_(parameter);
            parameter.set_(value);
            var gradient = Gradients.narrow(0, at, length).view(parameter.shape).DetachFromDisposeScope();
            views.Add(gradient);
            parameter.grad = gradient;
            at += length;
        }
    }

    /// <summary>All parameter values, one-dimensional.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, in the order of <see cref="Values"/>. Backward passes accumulate into them.</summary>
    public Tensor Gradients { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var parameter in parameters)
            parameter.grad = null;
        views.ForEach(view => view.Dispose());
        Gradients.Dispose();
        Values.Dispose(); // the parameters share the storage and keep it alive
    }
}
