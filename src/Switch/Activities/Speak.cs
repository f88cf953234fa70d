using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>Speaks a text, and counts how long it is heard. Queued with <see cref="Playback"/> in one <see cref="PromptQueue"/>.</summary>
internal sealed class Speak(IActivityHost host, LegCommand.Speak command)
    : Prompt(command.Id ?? host.NewId(), command.Speech, command.Loops)
{
    private TimeSpan _played;
    /// <summary>Null before its start, and while it is paused.</summary>
    private Instant? _since;

    public override void OnStarted()
    {
        _since = host.Now;
        host.Emit(new CallEvent.SpeakStarted(Id)
        {
            Leg = host.Facts, At = host.Now, Length = Length, Warning = Piece.Warning, IsOfAgent = command.IsOfAgent
        });
    }

    public override void OnPaused(bool isOn)
    {
        Count();
        _since = isOn ? null : host.Now;
    }

    public override void OnEnded(PlayStatus status, string? detail)
    {
        Count();
        host.Emit(new CallEvent.SpeakEnded(Id, status is PlayStatus.FileNotFound ? PlayStatus.Failed : status)
        {
            Leg = host.Facts, At = host.Now, Played = _played, IsOfAgent = command.IsOfAgent
        });
    }

    /// <summary>An agent waits for the end of each.</summary>
    public override void OnDropped()
    {
        if (command.IsOfAgent) OnEnded(PlayStatus.Cancelled, detail: null);
    }

    private void Count()
    {
        if (_since is { } since) _played += host.Now - since;
        _since = null;
    }
}
