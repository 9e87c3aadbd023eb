using System.Globalization;
using Sed.Core.Runtime;
using Sed.Core.Scoring;
using static TorchSharp.torch;

namespace Sed.Core.Training;

/// <summary>
/// Logs each epoch to a CSV file and, optionally, to TensorBoard event files. Undefined scores are NaN in the CSV file
/// and omitted from TensorBoard.
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

    // All epochs use the same writer, because each writer has its own event file. A writer reopens its file for every
    // value.
    private readonly TorchSharp.Modules.SummaryWriter? writer = folder.TensorBoard
        ? utils.tensorboard.SummaryWriter(folder.TensorBoardFolder)
        : null;

    /// <summary>
    /// Writes all epochs so far to the CSV file and appends the latest epoch to the TensorBoard event files.
    /// </summary>
    public void Write(IReadOnlyList<EpochReport> reports)
    {
        WriteTable(reports);
        foreach (var (name, value) in columns)
            if (value(reports[^1]) is var known && !double.IsNaN(known))
                writer?.add_scalar(name, (float)known, reports[^1].Epoch);
    }

    /// <summary>Writes all epochs so far to the CSV file and replaces its contents.</summary>
    public void WriteTable(IReadOnlyList<EpochReport> reports)
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
    }
}
