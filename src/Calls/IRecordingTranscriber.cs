namespace Ringwright.Calls;

/// <summary>Writes down what is said on recordings. Implemented in Speech.</summary>
public interface IRecordingTranscriber
{
    /// <summary>Takes its time: up to that of the recording, and more where a recogniser is slow.</summary>
    /// <param name="file">The whole file, read once from its beginning; it stays the caller's.</param>
    /// <returns>What was said in order of time, each speaker's turn on a line; empty when nobody spoke.</returns>
    /// <exception cref="NotTranscribedException">The file or the recogniser did not do.</exception>
    /// <exception cref="IOException">From the file.</exception>
    Task<string> WriteDownAsync(Stream file, RecordFormat format, RecordTranscription wanted, CancellationToken stop);

    /// <summary>The same with the times at which it was said.</summary>
    /// <inheritdoc cref="WriteDownAsync"/>
    Task<HeardFile> HearAsync(Stream file, RecordFormat format, RecordTranscription wanted, CancellationToken stop);
}

/// <summary>What was said in a file, in order of time.</summary>
/// <param name="Text">Each speaker's turn on a line; empty when nobody spoke.</param>
/// <param name="Length">Of the file.</param>
public sealed record HeardFile(string Text, TimeSpan Length, IReadOnlyList<HeardPiece> Pieces);

/// <summary>A piece of what was said, since the file's beginning.</summary>
public readonly record struct HeardPiece(TimeSpan From, TimeSpan To, string Text);

/// <summary>Nothing was written down; the message is a part of a sentence for the customer.</summary>
/// <param name="isForGood">A second try would not change that.</param>
public sealed class NotTranscribedException(string message, bool isForGood, Exception? inner = null) : Exception(message, inner)
{
    public bool IsForGood => isForGood;
}
