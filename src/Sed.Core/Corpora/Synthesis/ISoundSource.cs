namespace Sed.Core.Corpora.Synthesis;

/// <summary>Where the events and backgrounds of soundscapes come from. Used by several threads at once.</summary>
internal interface ISoundSource
{
    /// <summary>The classes with their identifiers, in the corpus's order.</summary>
    IReadOnlyList<(string Id, string Label)> Classes { get; }

    /// <summary>How often each class is drawn, in proportion.</summary>
    IReadOnlyList<double> Weights { get; }

    /// <summary>Text that changes when other sounds would come out: part of the corpus's folder name.</summary>
    string Fingerprint { get; }

    /// <summary>Draws one event of a class.</summary>
    /// <param name="random">Random numbers of this event.</param>
    /// <param name="split">The split for which it is: recordings of one source serve one split only.</param>
    /// <param name="label">Position of the class in <see cref="Classes"/>.</param>
    /// <param name="mostSamples">The longest it may be.</param>
    Take Event(Random random, Split split, int label, int mostSamples);

    /// <summary>A background of a length, at any level above silence.</summary>
    float[] Background(Random random, Split split, int samples);

    /// <summary>What the microphone of a clip makes of its sound, in place.</summary>
    float[] Recorded(Random random, float[] mix);
}

/// <summary>One event that has been drawn but not made: labels need its length only.</summary>
/// <param name="Samples">How long it is.</param>
/// <param name="Play">Makes its sound, of that length, at any level.</param>
internal sealed record Take(int Samples, Func<float[]> Play);
