using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>
/// A leg's audio for a program that talks on it by a voice of its own. The program hears of its beginning and end by itself.
/// </summary>
internal sealed class Voicing(IActivityHost host) : LiveAudio<VoiceOrder>(host)
{
    /// <summary>None when the command makes sense now.</summary>
    public Refusal Judge(LegCommand command)
    {
        if (command is not LegCommand.OpenVoice) return Refusal.None;
        if (IsOrdered) return Refusal.AgentTalks;
        if (Host.Facts.Application.IsConfidential) return Refusal.Confidential;
        return Host.HasLiveAudio ? Refusal.None : Refusal.NoLiveAudio;
    }

    /// <summary>Nothing happens where there is one already.</summary>
    public void Start(Guid id)
    {
        if (!IsOrdered) Open(new(id, Host.Facts, Host.Format));
    }

    protected override CallEvent? Started(VoiceOrder order) => null;

    protected override CallEvent? Ended(VoiceOrder order, string? failure) => null;
}
