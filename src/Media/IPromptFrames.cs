namespace Ringwright.Media;

public enum PromptState
{
    /// <summary>On its way; ask again at the next tick.</summary>
    Loading,
    Ready,
    Failed,
}

/// <summary>Prompt files as bytes in memory. The shard does no I/O: whoever runs it loads files elsewhere.</summary>
public interface IPromptFrames
{
    /// <summary>Never blocks; the first question for a file starts its loading.</summary>
    PromptState Find(string file, out byte[] frames);
}
