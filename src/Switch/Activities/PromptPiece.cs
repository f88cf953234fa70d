using Ringwright.Calls;

namespace Ringwright.Switch.Activities;

internal enum PromptStage
{
    Waiting,
    Preparing,
    Ready,
    /// <summary>Media has it: it plays, or follows the one that does.</summary>
    Playing,
}

/// <summary>What is one file of a <see cref="Prompt"/>: all of it, or a piece of a long text. The queue's notes.</summary>
internal sealed class PromptPiece(PromptSource source, int loops)
{
    public PromptSource Source { get; } = source;
    /// <summary>0 plays for ever.</summary>
    public int Loops { get; } = loops;

    public PromptStage Stage { get; set; }
    public int Correlation { get; set; }
    /// <summary>The codec that <see cref="File"/> is, or is being, encoded in.</summary>
    public string? Codec { get; set; }
    public string? File { get; set; }
    /// <summary>Of <see cref="File"/>, once.</summary>
    public TimeSpan? Length { get; set; }
    /// <summary>Why there is no file; reported when its turn comes.</summary>
    public PromptResult? Failure { get; set; }
    /// <inheritdoc cref="VoiceStand.Warning"/>
    public string? Warning { get; set; }
    /// <summary>The id that media knows the running playback by; another one when the file had to start over.</summary>
    public Guid MediaId { get; set; }
}
