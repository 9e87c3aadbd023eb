using System.Globalization;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// What there is to watch: a line per epoch in a CSV file, and TensorBoard's event files. Undefined scores are NaN in the
/// one and left out of the others.
/// </summary>
internal sealed class EpochLog(TrainingFolder folder)
{
    private static IEnumerable<Metric> Logged => [TagMetrics.F, SegmentMetrics.F, SegmentMetrics.ErrorRate];

    private static readonly (string Name, Func<EpochReport, double> Value)[] columns =
    [
        ("loss", report => report.Loss),
        ("monitor", report => report.Monitor),
        .. Logged.Select(metric => (metric.Key, (Func<EpochReport, double>)(report => report.Score(metric)))),
        ("learning rate", report => report.LearningRate),
        ("clips per second", report => report.ClipsPerSecond),
        ("seconds", report => report.Elapsed.TotalSeconds),
        ("resident MiB", report => report.ResidentMiB),
        ("live tensors", report => report.LiveTensors),
    ];

    // It opens its file for each value, and one of it makes one file.
    private readonly TorchSharp.Modules.SummaryWriter? writer = folder.TensorBoard
        ? utils.tensorboard.SummaryWriter(folder.TensorBoardFolder)
        : null;

    /// <summary>Writes every epoch so far, so that the file is whole after an interruption too, and the last to TensorBoard.</summary>
    public void Write(IReadOnlyList<EpochReport> reports)
    {
        var lines = reports.Select(report =>
            string.Join(
                ',',
                columns
                    .Select(column => column.Value(report).ToString("R", CultureInfo.InvariantCulture))
                    .Prepend(report.Epoch.ToString(CultureInfo.InvariantCulture))
                    .Append(report.BestEpoch.ToString(CultureInfo.InvariantCulture))
            )
        );
        var header = string.Join(',', columns.Select(column => column.Name).Prepend("epoch").Append("best epoch"));
        AtomicFile.Write(
            folder.EpochsFile,
            string.Concat(lines.Prepend(header).Select(line => line + Environment.NewLine))
        );
        foreach (var (name, value) in columns)
            if (value(reports[^1]) is var known && !double.IsNaN(known))
                writer?.add_scalar(name, (float)known, reports[^1].Epoch);
    }
}
