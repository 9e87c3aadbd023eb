namespace Sed.Core.Networks.Layers;

/// <summary>
/// What a layer finds or leaves of a clip: maps over frames and bands, as the input is one, or one vector for each frame.
/// </summary>
/// <param name="Frames">Frames.</param>
/// <param name="Maps">Maps over the bands; 0 where there is one vector for each frame.</param>
/// <param name="Bands">Bands of a map, or values of a vector.</param>
public readonly record struct Shape(int Frames, int Maps, int Bands)
{
    /// <summary>One vector for each frame.</summary>
    public static Shape Vectors(int frames, int width) => new(frames, 0, width);

    /// <summary>Whether there is one vector for each frame.</summary>
    public bool IsVectors => Maps == 0;

    /// <summary>Values of a frame.</summary>
    public int Width => IsVectors ? Bands : Maps * Bands;

    /// <summary>Values of a clip.</summary>
    public long Values => (long)Frames * Width;
}
