namespace Ringwright.Calls;

/// <summary>Says what a node can turn into text.</summary>
public interface ITranscriber
{
    /// <summary>Why something cannot be transcribed here, as part of a sentence for the customer; null when it can.</summary>
    /// <param name="recogniser">Its name; null is the node's usual one.</param>
    /// <param name="language">BCP 47.</param>
    string? ProblemOf(string? recogniser, string language);

    /// <summary>The same of recordings, by the format of their files.</summary>
    string? ProblemOf(RecordFormat format);
}
