namespace Sed.Core.Annotations.Formats;

/// <summary>Writes lists that contain a single recording and do not name it.</summary>
/// <param name="text">Receives the text.</param>
internal abstract class SingleRecordingWriter(TextWriter text) : EventWriter(text)
{
    private string? written;

    /// <summary>Writes the events of the recording.</summary>
    protected abstract void Write(IReadOnlyList<SoundEvent> events);

    /// <summary>The reason that an event cannot be written; null if it can.</summary>
    protected virtual string? ProblemOf(SoundEvent sound) => ListNames.ProblemOf(sound.Label);

    public override void Add(string file, IReadOnlyList<SoundEvent> events)
    {
        if (written is not null)
            throw new AnnotationException(
                file,
                0,
                $"this format cannot name recordings, and the text already contains the events of \"{written}\"",
                "write one file for each recording"
            );
        ProblemList.ThrowIfAny(file, events.Select(ProblemOf));
        written = file;
        Write(events);
        Text.Flush();
    }
}
