using Ringwright.Calls;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Bridges;

/// <summary>
/// Two members: media joins their ports. While one rings, the other hears it, and is heard where the far end's network listens already.
/// </summary>
internal sealed class PairJoining : Joining
{
    /// <summary>Media joins two ports and mixes none, so more cannot be joined.</summary>
    public const int Members = 2;

    private bool _hasToldRinging;

    public override void Await(Bridge bridge)
    {
        var (first, second) = (bridge.Members[0], bridge.Members[1]);
        Entertain(bridge, first, second);
        Entertain(bridge, second, first);
        TellRinging(bridge, first, second);
    }

    public override void Join(Bridge bridge)
    {
        var (first, second) = (bridge.Members[0], bridge.Members[1]);
        Join(bridge, first, second);
        Join(bridge, second, first);
    }

    public override void Hold(Bridge bridge, Member holder, bool isOn) =>
        bridge.Order(holder == bridge.Members[0] ? bridge.Members[1] : bridge.Members[0], new BridgeOrder.BeHeld(isOn));

    // who is ready has entered
    private static void Join(Bridge bridge, Member member, Member partner) =>
        bridge.Order(member, new BridgeOrder.Join(partner.Leg, partner.Port!.Value, member.Terms.HearsDigits));

    private static void Entertain(Bridge bridge, Member waiting, Member ringing)
    {
        if (ringing is not { IsReady: false, IsRinging: true, Port: { } port } || waiting.Port is not { } waitingPort) return;
        if (bridge.Terms.PassesEarlyMedia && ringing.HasEarlyAudio)
        {
            if (waiting.Hears is Waits.Silence or Waits.RingTone)
            {
                waiting.Hears = Waits.EarlyMedia;
                bridge.Order(waiting, new BridgeOrder.HearEarly(port));
                bridge.Order(ringing, new BridgeOrder.HearEarly(waitingPort));
            }
            // Some networks say where they will speak, ring, and say nothing: he is not to take it for a dead line (RFC 3960 section 3.2).
            if (!ringing.IsAlerting || waiting.Hears is not Waits.EarlyMedia || bridge.Terms.Ringback is not { } meanwhile) return;
            waiting.Hears = Waits.EarlyMediaOrTone;
            bridge.Order(waiting, new BridgeOrder.RingMeanwhile(port, meanwhile));
        }
        // One that nobody has answered yet has the tone of its own network.
        else if (waiting.IsReady && bridge.Terms.Ringback is { } tone && waiting.Hears is Waits.Silence)
        {
            waiting.Hears = Waits.RingTone;
            bridge.Order(waiting, new BridgeOrder.HearRing(tone));
        }
    }

    /// <summary>To a caller who is answered when the other is; after what may be heard, for early media says the same and more.</summary>
    private void TellRinging(Bridge bridge, Member first, Member second)
    {
        if (_hasToldRinging || first.Terms.Answer is not MemberAnswer.WithOthers || first.IsReady) return;
        if (second is not { IsRinging: true, IsReady: false }) return;
        _hasToldRinging = true;
        bridge.Order(first, new BridgeOrder.Ring());
    }
}
