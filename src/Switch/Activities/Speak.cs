using Ringwright.Calls;

namespace Ringwright.Switch.Activities;

/// <summary>Speaks a text. Queued with <see cref="Playback"/> in one <see cref="PromptQueue"/>.</summary>
internal sealed class Speak(IActivityHost host, LegCommand.Speak command)
    : Prompt(command.Id ?? host.NewId(), command.Speech, command.Loops)
{
    public override void OnStarted() =>
        host.Emit(new CallEvent.SpeakStarted(Id) { Leg = host.Facts, At = host.Now });

    public override void OnEnded(PlayStatus status, string? detail) =>
        host.Emit(new CallEvent.SpeakEnded(Id, status is PlayStatus.FileNotFound ? PlayStatus.Failed : status)
        {
            Leg = host.Facts, At = host.Now
        });
}
