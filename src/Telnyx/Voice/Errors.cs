using System.Collections.Frozen;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telnyx.Voice;

/// <summary>
/// A row for every refusal of the engine: the contract's code, and a sentence. Titles and statuses are in the error catalogue.
/// </summary>
internal static class Errors
{
    internal static readonly FrozenDictionary<Refusal, Problem> Rows = new Dictionary<Refusal, Problem>
    {
        // An acknowledgement that says nothing is a bug of ours.
        [Refusal.Unset] = new("10007", "The command was not answered.") { Status = 500 },
        [Refusal.None] = new("10007", "The command was accepted and reported as refused.") { Status = 500 },

        [Refusal.UnknownLeg] = new(VoiceErrors.InvalidCallControlId, "The call_control_id provided is not valid."),
        [Refusal.AlreadyEnded] = new(VoiceErrors.AlreadyEnded, "This call is no longer active and can't receive commands."),
        [Refusal.NotYetAnswered] = new("90034", "The call has not been answered yet: this command needs an answered call."),
        [Refusal.WrongDirection] = new("90102", "This command cannot be issued for outbound calls."),
        [Refusal.WrongState] = new(VoiceErrors.BadRequest, "The call's present state does not allow this command."),
        [Refusal.NotRecording] =
            new(VoiceErrors.BadRequest, "The call is not being recorded, or not under this recording_id.") { Pointer = "/recording_id" },
        [Refusal.AlreadyStreaming] = new("90045", "The call is streamed already: a call has one stream."),
        [Refusal.NotStreaming] = new("90048", "The call is not streamed, or not under this stream_id."),
        [Refusal.AlreadyTranscribing] = new("90054", "What is said on the call is being transcribed already."),
        [Refusal.NotTranscribing] = new("90055", "What is said on the call is not being transcribed."),
        [Refusal.TranscribedWithSilenceLimit] = new("90053", "A call that is transcribed cannot have a recording that ends by silence: "
            + "start it without timeout_secs, or stop the other one first."),
        [Refusal.Confidential] = new(VoiceErrors.BadRequest, "What is said in a mailbox is for its owner alone."),
        [Refusal.AlreadyForked] = new("90045", "The call is forked already: a call has one fork, and no stream beside it."),
        [Refusal.NotForked] = new("90031", "The call is not forked."),
        [Refusal.HasSiprecSession] = new(VoiceErrors.BadRequest, "A recording server has a session for the call already: a call has one."),
        [Refusal.NoSiprecSession] = new(VoiceErrors.BadRequest, "No recording server has a session for the call."),
        [Refusal.AgentTalks] = new(VoiceErrors.BadRequest, "An AI assistant talks on the call: stop it first."),
        [Refusal.NoAgentTalks] = new(VoiceErrors.BadRequest, "No AI assistant talks on the call."),
        [Refusal.NoLiveAudio] = new("90046", "This node carries no live audio."),
        [Refusal.NotQueued] = new("90035", "The call is not in a queue."),
        [Refusal.AlreadyQueued] = new("90038", "The call waits in a queue already."),
        [Refusal.QueueFull] = new("90036", "As many calls wait in the queue as may.") { Pointer = "/queue_name" },
        [Refusal.QueueSizeFixed] =
            new("90037", "The queue is there, and takes another number of calls: its first call settled that.") { Pointer = "/max_size" },
        [Refusal.QueueEmpty] = new(VoiceErrors.BadRequest, "No call waits in this queue.") { Pointer = "/queue" },
        [Refusal.ConferenceNameTaken] =
            new("10012", "A conference of this name is going on: names are unique among the live ones.") { Pointer = "/name" },
        [Refusal.ConferenceFull] = new("90032", "As many take part in the conference as may."),
        [Refusal.ConferenceEnded] = new("90019", "This conference has already ended."),
        [Refusal.AlreadyInConference] = new("90044", "The call takes part in this conference already."),
        [Refusal.NotInConference] =
            new(VoiceErrors.BadRequest, "A call that was named takes no part in this conference; nothing was done."),
        [Refusal.ConferenceEmpty] = new("90033", "Nobody takes part in this conference yet."),
        [Refusal.NotSupervising] = new(VoiceErrors.BadRequest, "This call supervises no other, or does no longer."),
        [Refusal.OnOtherNode] = new(VoiceErrors.BadRequest, "What this call is to be joined to is on another node of this installation: "
            + "audio does not go between nodes, so both must be on one."),
        [Refusal.NotBridged] = new(VoiceErrors.BadRequest, "The call is bridged to nobody: there is no opposite leg.")
        {
            Pointer = "/target_legs"
        },
        [Refusal.NothingPlays] = new(VoiceErrors.BadRequest, "Nothing plays on the call over which this could be heard.")
        {
            Pointer = "/overlay"
        },
        [Refusal.TooManyRecordings] = new(VoiceErrors.BadRequest, $"{CallLimits.Recordings} recordings of the call run, as many as may."),
        [Refusal.TooManyPrompts] = new(VoiceErrors.BadRequest, $"{CallLimits.QueuedPrompts} prompts wait on the call, as many as may."),
        [Refusal.TooManyDigits] = new(VoiceErrors.BadRequest,
            $"{CallLimits.QueuedDigits} commands that send digits wait on the call, as many as may."),
        [Refusal.TooManyLabels] = new(VoiceErrors.BadRequest, $"What is kept with the call may have at most {Labels.MaxBytes} bytes."),
        [Refusal.Overloaded] = new("10011", "The node is busy. Try again in a moment."),
        [Refusal.NoMediaPort] = new("10037", "No media port is free. Try again later."),
        [Refusal.MediaAway] = new("10037", "The media process is being restarted. Try again in a moment."),

        [Refusal.UnknownConnection] =
            new(VoiceErrors.BadRequest, "connection_id names no call control application of this account.") { Pointer = "/connection_id" },
        [Refusal.ConnectionInactive] = new("10010", Said("connection_inactive", "The application is not active.")),
        [Refusal.NoOutboundProfile] = new("10010", Said("no_outbound_profile", "The application has no enabled outbound voice profile.")),
        [Refusal.CallerIdNotOwned] = new("10010",
            Said("caller_id_not_owned", "from is neither a number of the account nor one that it has verified, nor who called."))
        {
            Pointer = "/from"
        },
        [Refusal.BadDestination] = new(VoiceErrors.NotE164, "to must be a phone number in +E.164 format or a SIP URI.") { Pointer = "/to" },
        [Refusal.EmergencyDestination] =
            new("10010", Said("emergency_number", "Emergency numbers cannot be called from an API.")) { Pointer = "/to" },
        [Refusal.PremiumDestination] = new("10010", "premium_number: premium-rate numbers are not allowed.") { Pointer = "/to" },
        [Refusal.CountryNotAllowed] = new("10010",
            Said("whitelisted_destinations", "The outbound voice profile does not allow this destination."))
        {
            Pointer = "/to"
        },
        [Refusal.DoNotCall] = new("10010", "do_not_call: the number is on a do-not-call list.") { Pointer = "/to" },
        [Refusal.Loop] = new("10010", "loop: the call would come back to where it came from.") { Pointer = "/to" },
        [Refusal.TenantChannelLimit] = new("90041", Said("tenant_channel_limit", "The account's limit of concurrent calls is reached.")),
        [Refusal.ProfileChannelLimit] = new("90042",
            Said("profile_channel_limit", "The outbound voice profile's limit of concurrent calls is reached.")),
        [Refusal.ConnectionChannelLimit] = new("90043",
            Said("connection_channel_limit", "The application's limit of concurrent calls is reached.")),
        [Refusal.TrunkLimit] = new("90043",
            "Every trunk that leads there has as many calls as it may have, at a time (trunk_channel_limit) or in a second "
            + "(trunk_call_rate)."),
        [Refusal.SpendLimit] = new("10010", "daily_spend_limit: the outbound voice profile's spend limit is reached."),
        [Refusal.InsufficientFunds] = new("20100", "insufficient_funds: what the account has, and may owe, does not pay for this call."),
        [Refusal.NoRoute] = new(VoiceErrors.BadRequest, "No route leads to this destination.") { Pointer = "/to" },
        [Refusal.TargetForbidden] = new(VoiceErrors.BadRequest, "Calls to this address are not allowed.") { Pointer = "/to" },
        [Refusal.LedgerUnavailable] = new("10037", "Calls cannot be recorded at the moment. Try again later."),
        [Refusal.Draining] = new("10037", "The node is stopping and takes no new calls."),
        [Refusal.DuplicateRequest] = new("10012", "A request with this command_id is being worked on.") { Pointer = "/command_id" },
        [Refusal.Withdrawn] = new("10037", "The node stood still, and the connection was closed meanwhile: no call was placed."),
    }.ToFrozenDictionary();

    public static Problem Of(Refusal refusal) => Rows[refusal];

    /// <summary>The rule's name, the vendor's words where there are some, and ours.</summary>
    private static string Said(string rule, string sentence) =>
        RefusalTexts.Of(rule) is { } text ? $"{rule}: {text}. {sentence}" : $"{rule}: {sentence}";

    /// <summary>The row of a refused dial, with what the gate says of it: the rule's name, then the sentence.</summary>
    public static Problem Of(Dialled dialled)
    {
        var row = Of(dialled.Ack.Refusal);
        string? detail = (dialled.Rule, dialled.Detail) switch
        {
            (null, null) => null,
            (null, { } sentence) => sentence,
            ({ } rule, null) =>
                row.Detail is { } own && own.StartsWith($"{rule}: ", StringComparison.Ordinal) ? own : $"{rule}: {row.Detail}",
            ({ } rule, { } sentence) => Said(rule, sentence),
        };
        return detail is null ? row : row with { Detail = detail };
    }
}
