using Ringwright.Calls;

namespace Ringwright.Switch.Activities;

/// <summary>A file or a text that somebody else has a leg say, and of which that one tells: a conference, or the leg's partner.</summary>
/// <param name="Loops">0 is for ever.</param>
public sealed record OrderedSound(Guid Id, PromptSource Source, int Loops)
{
    /// <summary>Of a conference's.</summary>
    public ConferenceAnnouncement? Announcement { get; init; }
}

/// <summary>It in a queue: its orderer's own, or that of the leg that says it.</summary>
/// <param name="tell">Gets null when it begins, and once how it ended; nothing of one that vanishes while it waits.</param>
/// <param name="over">Called once when it is over or has vanished.</param>
internal sealed class OrderedPrompt(OrderedSound sound, Action<PlayStatus?> tell, Action<OrderedPrompt>? over = null)
    : Prompt(sound.Id, sound.Source, sound.Loops)
{
    public override void OnStarted() => tell(null);

    public override void OnEnded(PlayStatus status, string? detail)
    {
        tell(status);
        over?.Invoke(this);
    }

    public override void OnDropped() => over?.Invoke(this);
}
