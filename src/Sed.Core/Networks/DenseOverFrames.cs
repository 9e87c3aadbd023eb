using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Sed.Core.Networks;

/// <summary>Sigmoid of a dense layer over the strong output of all frames and classes.</summary>
internal sealed class DenseOverFrames : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Linear dense;

    public DenseOverFrames(int frames, int classes)
        : base(nameof(DenseOverFrames))
    {
        dense = nn.Linear(frames * classes, classes);
        RegisterComponents();
        Initialise(frames, classes);
    }

    /// <summary>
    /// At first each class looks at the mean of its own frames (a slope of 4 around one half makes the sigmoid nearly that
    /// mean). Random weights would instead push the strong output in directions that mean nothing, as hard as its own loss.
    /// </summary>
    private void Initialise(int frames, int classes)
    {
        const double slope = 4;
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var own = eye(classes).unsqueeze(1).expand(classes, frames, classes) * (slope / frames);
        dense.weight!.copy_(own.reshape(classes, frames * classes));
        dense.bias!.fill_(-slope / 2);
    }

    public override Tensor forward(Tensor hidden, Tensor strong)
    {
        using var scope = NewDisposeScope();
        return Probabilities.Of(dense.call(strong.flatten(1))).MoveToOuterDisposeScope();
    }
}
