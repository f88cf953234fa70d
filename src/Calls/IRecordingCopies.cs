namespace Ringwright.Calls;

/// <summary>Kept recordings in another form. Implemented in Speech.</summary>
public interface IRecordingCopies
{
    /// <summary>Why none can be written here, as a sentence; null when they can.</summary>
    string? Missing { get; }

    /// <summary>Writes a recording that is kept as WAV as an MP3, piece by piece however long it is.</summary>
    /// <param name="wav">Read once from its beginning; both stay the caller's.</param>
    /// <exception cref="InvalidDataException">It is no recording, or a damaged one.</exception>
    /// <exception cref="NotSupportedException">There is no library for it here.</exception>
    /// <exception cref="IOException">From either of the two.</exception>
    Task WriteMp3Async(Stream wav, Stream mp3, CancellationToken stop);

    /// <summary>The same with all that is heard in one channel, as WAV or MP3.</summary>
    /// <param name="from">As which it is kept: WAV or MP3, and the copy is MP3 where it is that.</param>
    /// <inheritdoc cref="WriteMp3Async"/>
    Task WriteMonoAsync(Stream kept, RecordFormat from, Stream copy, RecordFormat to, CancellationToken stop);
}
