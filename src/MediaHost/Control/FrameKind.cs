namespace Ringwright.MediaHost.Control;

/// <summary>What a frame on the control socket is. Both ends are of one build, so numbers may change with it.</summary>
internal enum FrameKind : byte
{
    Unset,

    // To media: commands.
    Connect, Close, Play, StopPlay, SendDigits, Echo, WatchVoice, Degrade, DetectMachine, Bridge, SignalledDtmf, Unbridge, Ringback,
    StartRecord, StopRecord, PauseRecord, ResumeRecord, OpenRoom, JoinRoom, LeaveRoom, Beep, OpenTap, CloseTap,
    PausePlay,

    /// <summary>To media: somebody has leased a port.</summary>
    Open = 32,
    /// <summary>To media: so many more pairs are to be bound; answered by <see cref="Bound"/>.</summary>
    Bind,
    /// <summary>To media: these pairs are no longer needed.</summary>
    Unbind,
    /// <summary>To media: the node is stopping. What asks media to end has asked the node too: it stays until the socket closes.</summary>
    Stay,

    // From media: events.
    PlayEnded = 64, Digit, KeyPassed, DigitsSent, Voice, MachineJudged, GreetingEnded, Talking, RemoteLearnt, Silent, RecordEnded, Closed,

    /// <summary>From media: the first frame.</summary>
    Hello = 96,
    /// <summary>From media: pairs that may be leased from now on.</summary>
    Bound,
    /// <summary>From media: the file of a recording is whole, or failed.</summary>
    Written,
    /// <summary>From media, once a second: what the meters count. Also the sign of life.</summary>
    Meters,
}
