namespace Sed.Core.Networks.Modules;

/// <summary>A module that pools maps over rectangles.</summary>
internal interface IPoolingModule
{
    /// <summary>Frames that become one.</summary>
    int Frames { get; }

    /// <summary>Bands that become one.</summary>
    int Bands { get; }

    /// <summary>Whether the largest of the values stands for them, or else their mean.</summary>
    bool IsMaximum { get; }
}
