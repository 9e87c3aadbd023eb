using Sed.Core.Features;
using Sed.Core.Networks;
using Sed.Core.Runtime;

namespace Sed.Core.Training;

/// <summary>The folder of one training run: checkpoint, epoch log, TensorBoard events and final weights.</summary>
/// <param name="Path">The folder; created if missing. Only one training run may use it at a time.</param>
/// <param name="Features">
/// The feature definition, as text. A checkpoint with a different definition is rejected.
/// </param>
/// <param name="Data">Identifier of the training data, for example the manifest's hash.</param>
public sealed record TrainingFolder(string Path, string Features, string Data)
{
    /// <summary>Whether TensorBoard event files are written, under <c>tensorboard</c>. Default true.</summary>
    public bool TensorBoard { get; init; } = true;

    /// <summary>Lock on the folder, checked before each write; null when no other process can use the folder.</summary>
    public FolderLock? Right { get; init; }

    /// <summary>Checkpoint file: the training state after the last completed epoch.</summary>
    public string CheckpointFile => System.IO.Path.Combine(Path, "checkpoint.npz");

    /// <summary>CSV log with one row per epoch.</summary>
    public string EpochsFile => System.IO.Path.Combine(Path, "epochs.csv");

    /// <summary>Weights of the best epoch, written when training ends (<see cref="NetworkWeights"/>).</summary>
    public string NetworkFile => System.IO.Path.Combine(Path, "network.npz");

    /// <summary>Band statistics that standardise the network's input (<see cref="BandStatistics.Read"/>).</summary>
    public string StandardisationFile => System.IO.Path.Combine(Path, "standardisation.npz");

    /// <summary>Folder of the TensorBoard event files.</summary>
    public string TensorBoardFolder => System.IO.Path.Combine(Path, "tensorboard");
}
