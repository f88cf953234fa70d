using Ringwright.Calls;

namespace Ringwright.Switch.Activities;

/// <summary>What a party hears while the one it talks to holds the call. Nobody is told of it.</summary>
/// <param name="otherwise">Called when the file cannot be played.</param>
internal sealed class HoldMusic(Guid id, PromptSource source, Action otherwise) : Prompt(id, source, loops: 0)
{
    public override void OnStarted() { }

    public override void OnEnded(PlayStatus status, string? detail)
    {
        if (status is PlayStatus.FileNotFound or PlayStatus.Failed) otherwise();
    }
}
