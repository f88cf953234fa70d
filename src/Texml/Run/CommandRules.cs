using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Voice;
using Ringwright.Telnyx.Voice.Calls;

namespace Ringwright.Texml.Run;

/// <summary>
/// What commands may say. Those of the call API have been read by its schema and its maps before they are sent; what a document says has
/// not, and the same holds for it: no text of a customer's reaches the wire, the ledger or a provider in another form, or any longer.
/// </summary>
internal static class CommandRules
{
    /// <summary>Of what a Refer names, headers and all: far ends take no longer URI.</summary>
    private const int ReferLength = 2 * VoiceLimits.SipUriLength;

    /// <summary>What is wrong, as the end of a sentence; null when nothing is.</summary>
    public static string? FaultOf(LegCommand command) => command switch
    {
        LegCommand.Refer { To: var to } => IsReferable(to) ? null : "it names no SIP URI that may be called",
        LegCommand.SendDigits { Digits.Length: > VoiceLimits.Digits } => $"there are more than {VoiceLimits.Digits} digits",
        LegCommand.Enqueue { Queue: var queue } => FaultOfName(queue),
        LegCommand.BridgeQueue { Queue: var queue } => FaultOfName(queue),
        LegCommand.CreateConference { Name: var name, HoldAudio: var heard } => FaultOfConference(name)
            ?? SpeechesIn(heard).Select(FaultOf).FirstOrDefault(fault => fault is not null),
        LegCommand.Speak { Speech: var speech } => FaultOf(speech),
        LegCommand.Gather gather => gather.MorePrompts.Prepend(gather.Prompt).OfType<PromptSource.Speech>().Select(FaultOf)
            .FirstOrDefault(fault => fault is not null) ?? (gather.Speech is { } input ? FaultOf(input.Terms) : null),
        LegCommand.StartTranscription { Terms: var terms } => FaultOf(terms),
        LegCommand.StartStream { Terms: var terms } => FaultOf(terms),
        LegCommand.SendDigits or LegCommand.Hangup or LegCommand.SetLabels or LegCommand.Note or LegCommand.Bridge
            or LegCommand.LeaveQueue or LegCommand.Park or LegCommand.Answer or LegCommand.Reject or LegCommand.Play
            or LegCommand.StopPlayback or LegCommand.StopGather or LegCommand.SuppressNoise or LegCommand.RecordStart
            or LegCommand.RecordStop or LegCommand.StopStream or LegCommand.StopTranscription
            or LegCommand.StartAgent or LegCommand.StopAgent or LegCommand.AnswerReferral => null,
        // No verb sends them; one that does says here what they may say.
        LegCommand.Transfer or LegCommand.SwitchSupervisorRole or LegCommand.SendInfo or LegCommand.Hold or LegCommand.Echo
            or LegCommand.Degrade or LegCommand.WatchVoice or LegCommand.DetectMachine
            or LegCommand.PausePlayback or LegCommand.RecordPause or LegCommand.RecordResume or LegCommand.StartFork
            or LegCommand.StopFork or LegCommand.StartSiprec or LegCommand.StopSiprec or LegCommand.JoinConference
            or LegCommand.ReportAgent or LegCommand.TellAgent or LegCommand.OpenVoice or LegCommand.CloseVoice
            or LegCommand.LimitTime or LegCommand.ChangeEntry => null,
        _ => throw new UnreachableException(),
    };

    /// <summary>The request without what it may not say, and a warning for each; whoever is called stands as he was named.</summary>
    public static async ValueTask<(DialRequest? Kept, string? Fault)> CleanAsync(DocumentCall call, DialRequest request)
    {
        if (request.AlsoTo.Prepend(request.To).FirstOrDefault(to => !DialDestination.IsCallable(to)) is { } nobody)
            return (null, $"{nobody} is no number in +E.164 format and no SIP URI");
        var (encryption, plain, _) = DialDestination.Secured([request.To, .. request.AlsoTo]);
        if (plain is not null) return (null, plain);
        if (encryption is not MediaEncryption.Disabled) request = request with { Encryption = encryption };
        if (request.Labels.Size() > Labels.MaxBytes) return (null, $"its URLs have more than {Labels.MaxBytes} bytes together");
        if (request.From != call.Leg.From && !DialDestination.IsCaller(request.From))
        {
            await call.WarnAsync("callerId is no number in +E.164 format and no SIP URI of the account");
            request = request with { From = call.Leg.From };
        }
        if (request.CallerName is { } name && DialMap.FaultOfName(name, request.From) is { } fault)
        {
            await call.WarnAsync($"fromDisplayName {fault}");
            request = request with { CallerName = null };
        }
        if (request.AuthUser is { } user && !DialMap.IsUserName(user))
        {
            await call.WarnAsync("username has characters that SIP does not allow");
            request = request with { AuthUser = null, AuthPassword = null };
        }
        if (request.DigitsOnAnswer is { Length: > VoiceLimits.DigitsOnAnswer })
        {
            await call.WarnAsync($"sendDigits has more than {VoiceLimits.DigitsOnAnswer} digits");
            request = request with { DigitsOnAnswer = null };
        }
        var headers = new List<CustomSipHeader>();
        foreach (var header in request.Headers)
        {
            if (!IsBrought(call.Leg, header) && HeaderRules.Refuse(header.Name, header.Value, isStandard: false) is { } why)
                await call.WarnAsync(why);
            else if (headers.Count == VoiceLimits.Headers) await call.WarnAsync($"there are more than {VoiceLimits.Headers} headers");
            else if (HeaderRules.BytesOf([.. headers, header]) > VoiceLimits.HeaderBytes)
                await call.WarnAsync($"{header.Name} is left out: all headers together may have at most {VoiceLimits.HeaderBytes} bytes");
            else headers.Add(header);
        }
        var also = new List<DialRequest>();
        foreach (var other in request.Also)
        {
            // What all have alike is told once.
            var (cleaned, wrong) = await CleanAsync(call, other with { From = request.From, CallerName = request.CallerName });
            if (cleaned is null) return (null, wrong);
            also.Add(cleaned);
        }
        return (request with { Headers = headers, Also = also }, null);
    }

    /// <summary>The network's word on who sent the call on, which may go on as it came.</summary>
    private static bool IsBrought(LegFacts leg, CustomSipHeader header) =>
        leg is { Direction: Direction.Inbound, IsPlacedByCustomer: false } && leg.Headers.Contains(header)
        && header.Name.Equals("Diversion", StringComparison.OrdinalIgnoreCase);

    /// <summary>Of a name that a new conference is to have; null when it may.</summary>
    public static string? FaultOfConference(string name) =>
        FaultOfName(name) ?? (Guid.TryParse(name, out _) ? "its name is a UUID, which is for ids of conferences" : null);

    /// <summary>Behind the URI may stand headers, escaped.</summary>
    private static bool IsReferable(string to) => to.Length <= ReferLength && DialDestination.IsCallable(to.Split('?', 2)[0])
        && to.All(c => c is > ' ' and <= '~' and not ('<' or '>' or '"'));

    private static string? FaultOfName(string name) => name.Length > VoiceLimits.QueueNameLength
        ? $"its name has more than {VoiceLimits.QueueNameLength} characters"
        : name.Any(char.IsControl) ? "its name has control characters" : null;

    private static IEnumerable<PromptSource.Speech> SpeechesIn(PromptSource? heard) =>
        heard is PromptSource.Sequence sequence ? sequence.Parts.OfType<PromptSource.Speech>()
            : heard is PromptSource.Speech speech ? [speech] : [];

    private static string? FaultOf(PromptSource.Speech speech) =>
        speech.Voice.Length > VoiceLimits.VoiceLength || speech.Language?.Length > VoiceLimits.VoiceLength
            ? $"voice and language have at most {VoiceLimits.VoiceLength} characters" : null;

    private static string? FaultOf(TranscriptionTerms terms) =>
        terms.Language.Length > VoiceLimits.VoiceLength || terms.Model?.Length > VoiceLimits.VoiceLength
            ? $"language and model have at most {VoiceLimits.VoiceLength} characters"
        : terms.Hints.Count > VoiceLimits.Hints || terms.Hints.Any(hint => hint.Length > VoiceLimits.HintLength)
            ? $"there are at most {VoiceLimits.Hints} hints, of {VoiceLimits.HintLength} characters each" : null;

    private static string? FaultOf(StreamTerms terms)
    {
        // RFC 6455 section 3
        if (terms.Url.Contains('#', StringComparison.Ordinal)) return "its url has a fragment";
        const int most = VoiceLimits.StreamParameterLength;
        return terms.CustomParameters.Count > VoiceLimits.StreamParameters
            || terms.CustomParameters.Any(one => one.Name.Length > most || one.Value.Length > most)
                ? $"there are at most {VoiceLimits.StreamParameters} parameters, of {most} characters each" : null;
    }
}
