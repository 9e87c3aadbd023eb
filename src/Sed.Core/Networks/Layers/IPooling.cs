namespace Sed.Core.Networks.Layers;

/// <summary>A module that pools maps over rectangles.</summary>
internal interface IPooling
{
    /// <summary>Frames that become one.</summary>
    int Frames { get; }

    /// <summary>Bands that become one.</summary>
    int Bands { get; }

    /// <summary>What stands for them.</summary>
    PoolingKind Kind { get; }
}
