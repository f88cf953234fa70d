using Ringwright.Calls;

namespace Ringwright.Switch.Activities;

internal enum PromptStage { Waiting, Preparing, Ready, Playing, Ended }

/// <summary>
/// One entry of the leg's queue of sounds: a <see cref="Playback"/>, a <see cref="Speak"/> or a gather's prompt. The queue calls
/// <see cref="OnStarted"/> when its audio begins and <see cref="OnEnded"/> exactly once when it is over,
/// or <see cref="OnDropped"/> when it vanishes while it waits.
/// </summary>
internal abstract class Prompt(Guid id, PromptSource source, int loops)
{
    public Guid Id { get; } = id;
    public PromptSource Source { get; } = source;
    /// <summary>0 plays for ever.</summary>
    public int Loops { get; } = loops;

    // The queue's notes.
    public PromptStage Stage { get; set; }
    public int Correlation { get; set; }
    /// <summary>The codec that <see cref="File"/> is, or is being, encoded in.</summary>
    public string? Codec { get; set; }
    public string? File { get; set; }
    /// <summary>Why there is no file; reported when the entry's turn comes.</summary>
    public PromptResult? Failure { get; set; }
    /// <summary>The id that media knows the running playback by; another one when the file had to start over.</summary>
    public Guid MediaId { get; set; }
    public bool HasStarted { get; set; }

    public abstract void OnStarted();
    public abstract void OnEnded(PlayStatus status, string? detail);

    /// <summary>Dropped while it waited. Customers hear nothing of it; a gather goes on without its prompt.</summary>
    public virtual void OnDropped() { }
}
