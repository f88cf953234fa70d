using Ringwright.Calls;

namespace Ringwright.Switch.Activities;

/// <summary>Plays a file. Queued with <see cref="Speak"/> in one <see cref="PromptQueue"/>.</summary>
/// <param name="over">Called once when the playback is over or was dropped.</param>
internal sealed class Playback(IActivityHost host, LegCommand.Play command, Action? over = null)
    : Prompt(command.Id ?? host.NewId(), command.Source, command.Loops)
{
    public override void OnStarted()
    {
        if (command.IsReported) host.Emit(new CallEvent.PlaybackStarted(Id, Source)
        {
            Leg = host.Facts, At = host.Now, IsOverlay = command.IsOverlay
        });
    }

    public override void OnEnded(PlayStatus status, string? detail)
    {
        if (command.IsReported) host.Emit(new CallEvent.PlaybackEnded(Id, Source, status, detail)
        {
            Leg = host.Facts, At = host.Now, IsOverlay = command.IsOverlay
        });
        over?.Invoke();
    }

    /// <summary>An agent waits for the end of what it plays, also of what nobody has heard.</summary>
    public override void OnDropped()
    {
        if (command.IsOfAgent) OnEnded(PlayStatus.Cancelled, detail: null);
        else over?.Invoke();
    }
}
