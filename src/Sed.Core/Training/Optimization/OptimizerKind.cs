namespace Sed.Core.Training.Optimization;

/// <summary>How gradients move the weights.</summary>
public enum OptimizerKind
{
    /// <summary>Kingma and Ba (2015); weight decay is added to the gradient.</summary>
    Adam,

    /// <summary>Loshchilov and Hutter (2019); weight decay acts on the weights themselves.</summary>
    AdamW,

    /// <summary>Gradient descent with momentum; weight decay is added to the gradient.</summary>
    Sgd,
}
