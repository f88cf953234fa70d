using Ringwright.Calls;

namespace Ringwright.Programs.Agents;

/// <summary>
/// What a leg plays that is not the agent's: whoever commands the leg has asked for it. What is heard over others does not count.
/// </summary>
internal sealed class OtherSounds
{
    private readonly HashSet<Guid> _playing = [];

    /// <returns>Whether something of the kind plays now; null when that is as before.</returns>
    public bool? On(CallEvent happened)
    {
        bool was = _playing.Count > 0;
        if (happened is CallEvent.PlaybackStarted { IsOverlay: false } played) _playing.Add(played.Playback);
        else if (happened is CallEvent.PlaybackEnded over) _playing.Remove(over.Playback);
        else if (happened is CallEvent.SpeakStarted { IsOfAgent: false } spoken) _playing.Add(spoken.Speak);
        else if (happened is CallEvent.SpeakEnded said) _playing.Remove(said.Speak);
        bool isNow = _playing.Count > 0;
        return isNow == was ? null : isNow;
    }
}
