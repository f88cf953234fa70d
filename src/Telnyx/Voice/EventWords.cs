using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice;

/// <summary>The contract's words in payloads of call events.</summary>
internal static class EventWords
{
    public static string Of(GatherStatus status) => status switch
    {
        GatherStatus.Valid => "valid",
        GatherStatus.Invalid => "invalid",
        GatherStatus.CallHangup => "call_hangup",
        GatherStatus.Cancelled => "cancelled",
        GatherStatus.CancelledByMachine => "cancelled_amd",
        _ => "timeout",
    };

    public static string Of(PlayStatus status) => status switch
    {
        PlayStatus.Completed => "completed",
        PlayStatus.Cancelled => "cancelled",
        PlayStatus.CallHangup => "call_hangup",
        PlayStatus.FileNotFound => "file_not_found",
        PlayStatus.CancelledByMachine => "cancelled_amd",
        _ => "failed",
    };

    public static string Of(TapTracks tracks) => tracks switch
    {
        TapTracks.Heard => "outbound_track",
        TapTracks.Said | TapTracks.Heard => "both_tracks",
        _ => "inbound_track",
    };

    /// <summary>One track, as transcription calls it.</summary>
    public static string OfOne(TapTracks track) => track is TapTracks.Heard ? "outbound" : "inbound";

    public static string Of(DequeueReason reason) => reason switch
    {
        DequeueReason.Bridged => "bridged",
        DequeueReason.Bridging => "bridging-in-process",
        DequeueReason.Hangup => "hangup",
        DequeueReason.Timeout => "timeout",
        _ => "leave",
    };

    public static string Of(MachineVerdict verdict) => verdict switch
    {
        MachineVerdict.Human => "human",
        MachineVerdict.Machine => "machine",
        MachineVerdict.Residence => "human_residence",
        MachineVerdict.Business => "human_business",
        MachineVerdict.Fax => "fax_detected",
        MachineVerdict.Silence => "silence",
        _ => "not_sure",
    };

    public static string Of(GreetingEnd end) => end switch
    {
        GreetingEnd.Ended => "ended",
        GreetingEnd.BeepDetected => "beep_detected",
        GreetingEnd.NoBeep => "no_beep_detected",
        GreetingEnd.PromptEnded => "prompt_ended",
        _ => "not_sure",
    };
}
