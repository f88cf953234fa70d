using System.Diagnostics;
using System.Text;
using Ringwright.Calls;

namespace Ringwright.Operator;

/// <summary>A call's events in words, for the person who runs <c>ringwright call</c>.</summary>
public static class CallWords
{
    public static string Of(CallEvent happened) => happened switch
    {
        CallEvent.LegInitiated initiated => initiated.Attestation is { } attestation ? $"calling; {attestation}" : "calling",
        CallEvent.LegRinging ringing => $"ringing ({ringing.SipStatus})",
        CallEvent.LegAnswered answered => $"answered, {answered.Codec}",
        CallEvent.LegBridged => "bridged",
        CallEvent.PlaybackStarted or CallEvent.SpeakStarted => "speaking",
        CallEvent.PlaybackEnded { Status: PlayStatus.Completed } or CallEvent.SpeakEnded { Status: PlayStatus.Completed } =>
            "said all of it",
        CallEvent.PlaybackEnded ended => $"not said: {Words(ended.Status.ToString())}{(ended.Detail is { } detail ? $" ({detail})" : "")}",
        CallEvent.SpeakEnded ended => $"not said: {Words(ended.Status.ToString())}",
        CallEvent.DigitReceived digit => $"pressed {digit.Digit}",
        CallEvent.InfoReceived info => $"sent {info.ContentType}",
        CallEvent.LegEnqueued queue => $"waits in queue {queue.Name}, place {queue.Position}",
        CallEvent.LegDequeued queue => $"left queue {queue.Name}: {queue.Reason.ToString().ToLowerInvariant()}",
        CallEvent.ReferAsked refer => $"refers its party to {refer.Target}",
        CallEvent.ReferStarted => "referred",
        CallEvent.ReferEnded refer => $"{(refer.IsSuccess ? "referral reached its target" : "referral failed")} (SIP {refer.SipStatus})",
        CallEvent.MachineDetected detected => $"answered by: {Words(detected.Verdict.ToString())}",
        CallEvent.MachineGreetingEnded greeting => $"greeting: {Words(greeting.End.ToString())}",
        CallEvent.StreamStarted => "streaming",
        CallEvent.StreamStopped => "no longer streaming",
        CallEvent.StreamFailed stream => $"not streaming: {stream.Reason}",
        CallEvent.TranscriptionStarted => "being transcribed",
        CallEvent.SpeechTranscribed said => $"{(said.Track is TapTracks.Said ? "said" : "heard")}: {said.Text}",
        CallEvent.LegUnbridged => "no longer bridged",
        CallEvent.Noted { Kind: NoteKind.Warning } note => $"warning: {note.Text}",
        CallEvent.Noted note => note.Text,
        CallEvent.GatherHeard { IsFinal: false } heard => $"answers so far: {heard.Text}",
        CallEvent.GatherHeard heard => $"answers: {heard.Text}",
        CallEvent.TranscriptionEnded { Failure: { } failure } => $"not transcribed: {failure}",
        CallEvent.TranscriptionEnded => "no longer transcribed",
        CallEvent.RecordingTranscribed { Failure: { } failure } => $"recording not transcribed: {failure}",
        CallEvent.RecordingTranscribed => "recording transcribed",
        CallEvent.ForkStarted fork =>
            $"forked to {string.Join(" and ", new[] { fork.Terms.Said, fork.Terms.Heard }.OfType<string>().Distinct())}",
        CallEvent.SiprecStarted siprec => $"recorded by {siprec.Connector}",
        CallEvent.SiprecStopped siprec => $"no longer recorded by {siprec.Connector}",
        CallEvent.SiprecFailed siprec => $"not recorded by {siprec.Connector}: {siprec.Reason}",
        CallEvent.ForkStopped fork => $"no longer forked{(fork.Problem is { } problem ? $": {problem}" : "")}",
        CallEvent.AgentStarted => "an agent talks",
        CallEvent.AgentTold told => $"an agent is given {told.Messages.Count} messages",
        CallEvent.AgentGathering { Change: GatherChange.Begun } => "an agent gathers",
        CallEvent.AgentGathering gathering => $"an agent gathers: {Words(gathering.Change.ToString())}",
        CallEvent.AgentGatherEnded gathered => $"an agent has gathered {(gathered.State.IsComplete ? "all" : "not all")}",
        CallEvent.AgentEnded agent => $"no agent talks any more: {agent.Reason.Replace('_', ' ')}",
        CallEvent.LegHandedOver handed => $"handed over to {handed.Leg.Application.Kind}",
        CallEvent.LegHeld held => held.IsHeld ? "on hold" : "off hold",
        CallEvent.LegEnded ended =>
            $"ended: {Words(ended.Cause.ToString())}{(ended.SipStatus is { } status ? $" (SIP {status})" : "")}"
            + $"{(ended.Evidence is { } evidence ? $"; {evidence}" : "")}",
        CallEvent.LegCharged { Charge: var charge } => $"cost {new Ringwright.Calls.Pricing.Money(charge.Micros, charge.Currency)}",
        CallEvent.LabelsChanged or CallEvent.GatherEnded or CallEvent.VoiceChanged or CallEvent.RecordingStarted or CallEvent.RecordingSaved
            or CallEvent.RecordingFailed => Words(happened.GetType().Name),
        _ => throw new UnreachableException(),
    };

    /// <summary>CalleeBusy is "callee busy".</summary>
    public static string Words(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0) text.Append(' ');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
