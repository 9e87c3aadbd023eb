namespace Sed.Core.Corpora.Synthesis;

/// <summary>The source of a soundscape's events and backgrounds. Used by several threads at once.</summary>
internal interface ISoundSource
{
    /// <summary>AudioSet identifiers and names of the classes, in the corpus's order.</summary>
    IReadOnlyList<(string Id, string Label)> Classes { get; }

    /// <summary>Relative frequency of each class.</summary>
    IReadOnlyList<double> Weights { get; }

    /// <summary>A text that identifies the sounds; part of the hash in the name of a mixed corpus's folder.</summary>
    string Fingerprint { get; }

    /// <summary>Draws an event.</summary>
    /// <param name="random">Source of the event's random numbers.</param>
    /// <param name="split">Split of the clip: each recording is used in one split only.</param>
    /// <param name="label">Index of the class in <see cref="Classes"/>.</param>
    /// <param name="maxSamples">Maximum length in samples.</param>
    SourceEvent DrawEvent(Random random, Split split, int label, int maxSamples);

    /// <summary>A background of the given length in samples, at any level above silence.</summary>
    float[] Background(Random random, Split split, int samples);

    /// <summary>Applies the frequency response of a clip's microphone, in place, and returns the buffer.</summary>
    float[] ApplyMicrophone(Random random, float[] mix);
}

/// <summary>An event that has been drawn but not yet rendered; planning needs its length only.</summary>
/// <param name="Samples">Length in samples.</param>
/// <param name="Render">Renders the event with this length, at any level.</param>
internal sealed record SourceEvent(int Samples, Func<float[]> Render);
