using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Media.Protocol;

/// <summary>What the switch asks of one media port.</summary>
public abstract record MediaCommand(PortId Port)
{
    /// <summary>Starts, or after a re-INVITE changes, what the port sends and expects.</summary>
    public sealed record Connect(PortId Port, StreamPlan Plan) : MediaCommand(Port);

    /// <summary>Ends the port; answered by <see cref="MediaEvent.Closed"/>, after which the lease is free again.</summary>
    public sealed record Close(PortId Port) : MediaCommand(Port);

    /// <summary>
    /// Plays a prepared file (raw 20 ms frames in the port's codec). One at a time: the switch queues. Loops 0 is for ever.
    /// </summary>
    public sealed record Play(PortId Port, Guid Id, string File, int Loops) : MediaCommand(Port)
    {
        /// <summary>
        /// SDP name of the codec that the file is in; the port's own when not set. Another one is transcoded while it plays.
        /// </summary>
        public string? Codec { get; init; }

        /// <summary>It is heard over the one that plays, which goes on; of these too there is one at a time.</summary>
        public bool IsOverlay { get; init; }

        /// <summary>
        /// While that playback runs this one waits, and begins in the tick in which it is over, without a gap; one waits so, at most. No
        /// overlay does.
        /// </summary>
        public Guid Behind { get; init; }
    }

    /// <summary>Stops that playback if it runs; answered by <see cref="MediaEvent.PlayEnded"/>. One that waits is forgotten.</summary>
    public sealed record StopPlay(PortId Port, Guid Id) : MediaCommand(Port);

    /// <summary>
    /// That playback waits where it is, or goes on; until then the port has nothing to say of its own. Nothing when something else plays.
    /// No overlay does.
    /// </summary>
    public sealed record PausePlay(PortId Port, Guid Id, bool IsOn) : MediaCommand(Port);

    /// <summary>
    /// Sends digits by RFC 4733, or as tones when the peer does not take events; 'w' pauses 0.5 s, 'W' 1 s.
    /// Answered by <see cref="MediaEvent.DigitsSent"/>.
    /// </summary>
    public sealed record SendDigits(PortId Port, Guid Id, string Digits, int DigitMilliseconds) : MediaCommand(Port);

    /// <summary>Sends back what is heard (decoded and encoded again) while on.</summary>
    public sealed record Echo(PortId Port, bool IsOn) : MediaCommand(Port);

    /// <summary>Reports voice activity: talking, and paused for this long. 0 ends the watch.</summary>
    public sealed record WatchVoice(PortId Port, int PauseMilliseconds) : MediaCommand(Port);

    /// <summary>From now on, until it is closed, the port's packets come and go by a bad line.</summary>
    public sealed record Degrade(PortId Port, LineFault Fault) : MediaCommand(Port);

    /// <summary>
    /// Finds out who has answered; told by <see cref="MediaEvent.MachineJudged"/> and, where the terms want it,
    /// <see cref="MediaEvent.GreetingEnded"/>.
    /// </summary>
    public sealed record DetectMachine(PortId Port, MachineDetection Terms) : MediaCommand(Port);

    /// <summary>
    /// From now on the port sends what <paramref name="Peer"/> hears, of whatever thread; a playback on the port is heard instead
    /// of the peer while it lasts. One direction: the peer's leg asks for the other. Replaces the bridge before.
    /// </summary>
    /// <param name="PassesDigits">False keeps the peer's RFC 4733 digits from this port's party.</param>
    public sealed record Bridge(PortId Port, PortId Peer, bool PassesDigits) : MediaCommand(Port);

    /// <summary>The port's party pressed a key, as its signalling says (SIP INFO): a bridged peer gets it in its own way.</summary>
    public sealed record SignalledDtmf(PortId Port, char Key, int Milliseconds) : MediaCommand(Port);

    /// <summary>The port speaks for itself again.</summary>
    public sealed record Unbridge(PortId Port) : MediaCommand(Port);

    /// <summary>
    /// Sends a ring tone while there is nothing else to send, and nothing has come of a bridged peer yet; null ends it.
    /// </summary>
    public sealed record Ringback(PortId Port, RingTone? Tone) : MediaCommand(Port);

    /// <summary>
    /// Records what the party says and hears. Several may run at once, each under its own id.
    /// Answered in the end by <see cref="MediaEvent.RecordEnded"/>. Needs a place to write to: see <see cref="MediaShard.Record"/>.
    /// </summary>
    public sealed record StartRecord(PortId Port, RecordPlan Plan) : MediaCommand(Port);

    public sealed record StopRecord(PortId Port, Guid Id) : MediaCommand(Port);

    /// <summary>Keeps nothing of what comes until <see cref="ResumeRecord"/>.</summary>
    /// <param name="IsSilent">The recording's time goes on, and nobody is heard in it; else it is left out.</param>
    public sealed record PauseRecord(PortId Port, Guid Id, bool IsSilent = false) : MediaCommand(Port);

    public sealed record ResumeRecord(PortId Port, Guid Id) : MediaCommand(Port);

    /// <summary>
    /// Makes a leased port a room's own: it has no peer and no RTP, and others join it by <see cref="JoinRoom"/>. What it plays is heard by
    /// all of the room, what it records is the whole mix. In place of <see cref="Connect"/>. The room ends with <see cref="Close"/>.
    /// </summary>
    public sealed record OpenRoom(PortId Port, RoomTerms Terms) : MediaCommand(Port);

    /// <summary>
    /// From now on the port speaks into the room and hears it, in place of the room that it had and, unless <paramref name="As"/> keeps
    /// it, of its bridge; <see cref="Unbridge"/> ends both.
    /// Again with another <paramref name="As"/>: that changes at once and without a gap. A room that is gone is silent.
    /// </summary>
    /// <param name="Room">The port that was made one by <see cref="OpenRoom"/>.</param>
    public sealed record JoinRoom(PortId Port, PortId Room, RoomMember As) : MediaCommand(Port);

    /// <summary>Out of the room; a bridge that was kept beneath it is heard again.</summary>
    public sealed record LeaveRoom(PortId Port) : MediaCommand(Port);

    /// <summary>The port says one short beep. A room's own says it to all, over what is said.</summary>
    public sealed record Beep(PortId Port) : MediaCommand(Port);

    /// <summary>
    /// Takes up a tap that was opened (<see cref="IAudioTaps"/>): from now on audio goes out by it and comes in. What comes in is heard
    /// over a playback, and instead of a bridged peer or a room while it lasts. Several may run at once, each under its own id.
    /// Needs its memory: see <see cref="MediaShard.OpenTap"/>.
    /// </summary>
    public sealed record OpenTap(PortId Port, TapPlan Plan) : MediaCommand(Port);

    public sealed record CloseTap(PortId Port, Guid Id) : MediaCommand(Port);
}
