using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Runtime;

namespace Sed.Core.Training;

/// <summary>Where a training keeps what it needs to go on after an interruption, and what there is to watch.</summary>
/// <param name="Path">The folder; made if need be. One training at a time uses it.</param>
/// <param name="Features">The definition of the features, in words. A checkpoint of another one is refused.</param>
/// <param name="Data">What tells the training data from others, for example the manifest's hash.</param>
public sealed record TrainingFolder(string Path, string Features, string Data)
{
    /// <summary>Whether TensorBoard event files are written, under <c>tensorboard</c>. Default true.</summary>
    public bool TensorBoard { get; init; } = true;

    /// <summary>The right to work in it, which is asked for before anything is written; null: nobody else can come.</summary>
    public FolderLock? Right { get; init; }

    /// <summary>The state after the last whole epoch.</summary>
    public string CheckpointFile => System.IO.Path.Combine(Path, "checkpoint.npz");

    /// <summary>One line for each epoch.</summary>
    public string EpochsFile => System.IO.Path.Combine(Path, "epochs.csv");

    /// <summary>The best network, when training is over (<see cref="NetworkWeights"/>).</summary>
    public string NetworkFile => System.IO.Path.Combine(Path, "network.npz");

    /// <summary>What the bands are standardised with before the network sees them (<see cref="BandStatistics.Read"/>).</summary>
    public string StandardisationFile => System.IO.Path.Combine(Path, "standardisation.npz");

    /// <summary>Where TensorBoard looks.</summary>
    public string TensorBoardFolder => System.IO.Path.Combine(Path, "tensorboard");
}
