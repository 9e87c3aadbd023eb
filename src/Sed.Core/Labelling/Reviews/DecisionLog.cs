using System.Text;
using System.Text.Json;

namespace Sed.Core.Labelling.Reviews;

/// <summary>
/// The log of a review: a first line that names the format, and then one decision per line, as JSON. A decision is on disk
/// when <see cref="Append"/> returns. Not thread-safe; the owner holds a lock on the folder.
/// </summary>
internal sealed class DecisionLog : IDisposable
{
    private const string Header = "{\"format\":\"SedDsl review\",\"version\":1}";

    private readonly FileStream file;
    private readonly string path;

    private DecisionLog(FileStream file, string path) => (this.file, this.path) = (file, path);

    /// <summary>Opens a log, or creates it, and applies its decisions.</summary>
    /// <param name="path">Path of the log.</param>
    /// <param name="state">The state after all decisions.</param>
    /// <param name="torn">
    /// Whether the last line was incomplete, because the program ended while the line was being written. Such a line is
    /// removed; its decision had not been confirmed to the reviewer.
    /// </param>
    /// <exception cref="InvalidDataException">
    /// A line is not a decision, or the log is of a later version; the message names the line.
    /// </exception>
    /// <exception cref="IOException">The log cannot be opened or repaired.</exception>
    internal static DecisionLog Open(string path, out ReviewState state, out bool torn)
    {
        FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            DecisionLog log = new(file, path);
            state = log.Read(out var length);
            torn = length < file.Length;
            file.SetLength(length);
            file.Position = length;
            if (length == 0)
                log.Write(Header);
            return log;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes a decision to disk.</summary>
    /// <exception cref="IOException">The decision could not be written; the log is unchanged.</exception>
    internal void Append(ReviewDecision decision) => Write(JsonSerializer.Serialize(decision, ReviewJson.Options));

    public void Dispose() => file.Dispose();

    private void Write(string line)
    {
        var before = file.Position;
        try
        {
            file.Write(Encoding.UTF8.GetBytes(line + "\n"));
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // A part of a line would make the next line unreadable.
            file.SetLength(before);
            file.Position = before;
            throw;
        }
    }

    /// <summary>Applies the complete lines. The length is the position after the last complete line.</summary>
    private ReviewState Read(out long length)
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var state = ReviewState.Empty;
        length = 0;
        for (var line = 1; length < bytes.Length; line++)
        {
            var rest = bytes.AsSpan((int)length);
            var end = rest.IndexOf((byte)'\n');
            if (end < 0)
                return state;
            state = line == 1 ? CheckedHeader(rest[..end], state) : Applied(rest[..end], line, state);
            length += end + 1;
        }
        return state;
    }

    private ReviewState CheckedHeader(ReadOnlySpan<byte> line, ReviewState state) =>
        Encoding.UTF8.GetString(line).TrimEnd('\r') == Header
            ? state
            : throw Damaged(
                1,
                $"expected {Header}; the file is not a log of decisions, or a later version of seddsl wrote it"
            );

    private ReviewState Applied(ReadOnlySpan<byte> line, int number, ReviewState state)
    {
        try
        {
            return state.Apply(
                JsonSerializer.Deserialize<ReviewDecision>(line, ReviewJson.Options)
                    ?? throw new InvalidDataException("the line is null")
            );
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidDataException)
        {
            throw Damaged(number, invalid.Message.TrimEnd('.'));
        }
    }

    private InvalidDataException Damaged(int line, string cause) =>
        new(
            $"{path}, line {line}: the decision cannot be read ({cause}). Correct or remove the line, or move the folder of the review away to start again."
        );
}
