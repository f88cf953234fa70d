using System.Collections.Frozen;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;

namespace Ringwright.Telefonie;

/// <summary>
/// A row for every refusal of the engine: this API's code, and a sentence. Titles and statuses are in
/// <c>contracts/telefonie/errors.tsv</c>.
/// </summary>
internal static class TelefonieErrors
{
    public const string Invalid = "invalid_request", Parameter = "invalid_parameter", State = "invalid_state", NotFound = "not_found";

    private const string Caller = "caller_not_allowed", Destination = "destination_not_allowed", Forbidden = "forbidden",
        NoRoute = "no_route", Limit = "limit_reached", Funds = "insufficient_funds", Busy = "rate_limited", Away = "unavailable",
        Conflict = "conflict", Internal = "internal";

    internal static readonly FrozenDictionary<Refusal, Problem> Rows = new Dictionary<Refusal, Problem>
    {
        [Refusal.Unset] = new(Internal, "The command was not answered."),
        [Refusal.None] = new(Internal, "The command was accepted and reported as refused."),
        [Refusal.UnknownLeg] = new(NotFound, "There is no such call."),
        [Refusal.AlreadyEnded] = new(State, "The call is over."),
        [Refusal.NotYetAnswered] = new(State, "Nobody has answered the call yet."),
        [Refusal.WrongDirection] = new(State, "A call in this direction does not take this."),
        [Refusal.WrongState] = new(State, "The call does not take this as it is now."),
        [Refusal.NotRecording] = new(State, "The call is not being recorded."),
        [Refusal.AlreadyStreaming] = new(State, "The call has a stream already."),
        [Refusal.NotStreaming] = new(State, "The call has no stream."),
        [Refusal.AlreadyTranscribing] = new(State, "The call is being transcribed already."),
        [Refusal.NotTranscribing] = new(State, "The call is not being transcribed."),
        [Refusal.TranscribedWithSilenceLimit] = new(State, "A transcribed call takes no recording that ends by silence."),
        [Refusal.Confidential] = new(Forbidden, "What is said in a mailbox is for its owner alone."),
        [Refusal.AlreadyForked] = new(State, "The call is forked already."),
        [Refusal.NotForked] = new(State, "The call is not forked."),
        [Refusal.HasSiprecSession] = new(State, "A recording server has a session for the call already."),
        [Refusal.NoSiprecSession] = new(State, "No recording server has a session for the call."),
        [Refusal.AgentTalks] = new(State, "An agent talks on the call."),
        [Refusal.NoAgentTalks] = new(State, "No agent talks on the call."),
        [Refusal.NoLiveAudio] = new(Away, "This node carries no live audio."),
        [Refusal.NotQueued] = new(NotFound, "The call waits in no queue."),
        [Refusal.AlreadyQueued] = new(State, "The call waits in a queue already."),
        [Refusal.QueueFull] = new(Limit, "The queue is full."),
        [Refusal.QueueSizeFixed] = new(State, "The size of the queue is settled already."),
        [Refusal.QueueEmpty] = new(NotFound, "Nobody waits in the queue."),
        [Refusal.ConferenceNameTaken] = new(Conflict, "There is a conference of this name."),
        [Refusal.ConferenceFull] = new(Limit, "The conference is full."),
        [Refusal.ConferenceEnded] = new(State, "The conference is over."),
        [Refusal.AlreadyInConference] = new(State, "The call is in the conference already."),
        [Refusal.NotInConference] = new(NotFound, "The call is not in the conference."),
        [Refusal.ConferenceEmpty] = new(State, "Nobody is in the conference yet."),
        [Refusal.NotSupervising] = new(State, "The call listens in on no other."),
        [Refusal.OnOtherNode] = new(State, "What the call is to be joined to is on another node: audio does not go between nodes."),
        [Refusal.NotBridged] = new(State, "The call is joined to no other."),
        [Refusal.NothingPlays] = new(State, "Nothing plays on the call."),
        [Refusal.TooManyRecordings] = new(Limit, $"{CallLimits.Recordings} recordings of the call run, as many as may."),
        [Refusal.TooManyPrompts] = new(Limit, $"{CallLimits.QueuedPrompts} prompts wait on the call, as many as may."),
        [Refusal.TooManyDigits] = new(Limit, $"{CallLimits.QueuedDigits} commands that send digits wait on the call, as many as may."),
        [Refusal.TooManyLabels] = new(Limit, $"What is kept with the call may have at most {Labels.MaxBytes} bytes."),
        [Refusal.Overloaded] = new(Busy, "The node is busy; ask again in a moment."),
        [Refusal.NoMediaPort] = new(Away, "No media port is free; ask again later."),
        [Refusal.MediaAway] = new(Away, "Media starts anew; ask again in a moment."),
        [Refusal.UnknownConnection] = new(Invalid, "The account has nothing that places this call."),
        [Refusal.ConnectionInactive] = new(Forbidden, "What places the call is switched off."),
        [Refusal.NoOutboundProfile] = new(Forbidden, "The account has no outbound profile that is switched on."),
        [Refusal.CallerIdNotOwned] = new(Caller, "from is neither a number of the account nor one that it has verified."),
        [Refusal.BadDestination] = new(Invalid, "to cannot be called."),
        [Refusal.EmergencyDestination] = new(Destination, "Emergency numbers are not called for an API."),
        [Refusal.PremiumDestination] = new(Destination, "Premium-rate numbers are not allowed."),
        [Refusal.CountryNotAllowed] = new(Destination, "The account's outbound profile does not allow this destination."),
        [Refusal.DoNotCall] = new(Destination, "The number is on a do-not-call list."),
        [Refusal.Loop] = new(NoRoute, "The call would come back to where it came from."),
        [Refusal.TenantChannelLimit] = new(Limit, "The account has as many calls as it may have."),
        [Refusal.ProfileChannelLimit] = new(Limit, "The outbound profile has as many calls as it may have."),
        [Refusal.ConnectionChannelLimit] = new(Limit, "The application has as many calls as it may have."),
        [Refusal.TrunkLimit] = new(Limit, "Every trunk that leads there has as many calls as it may have."),
        [Refusal.SpendLimit] = new(Funds, "The spend limit is reached."),
        [Refusal.InsufficientFunds] = new(Funds, "The balance does not pay for this call."),
        [Refusal.NoRoute] = new(NoRoute, "No route leads to this destination."),
        [Refusal.TargetForbidden] = new(Destination, "Calls to this address are not allowed."),
        [Refusal.LedgerUnavailable] = new(Away, "Calls cannot be written down at the moment; ask again later."),
        [Refusal.Draining] = new(Away, "The node is stopping and takes no new calls."),
        [Refusal.DuplicateRequest] = new(Conflict, "The same request is being worked on."),
        [Refusal.Withdrawn] = new(Away, "The connection was closed before the call was placed."),
    }.ToFrozenDictionary();

    public static Problem Of(Refusal refusal) => Rows[refusal];

    /// <summary>With what the gate says of it, where it says something, and the field that is wrong.</summary>
    public static Problem Of(Dialled dialled)
    {
        var row = Of(dialled.Ack.Refusal);
        if (dialled.Detail is { } said) row = row with { Detail = dialled.Rule is { } rule ? $"{rule}: {said}" : said };
        return row.Code switch
        {
            Caller => row with { Pointer = "/from" },
            Destination or NoRoute or Invalid => row with { Pointer = "/to" },
            _ => row,
        };
    }

    /// <summary>A field of the body is wrong.</summary>
    public static Problem Bad(string field, string detail) => new(Invalid, detail) { Pointer = "/" + field };
}
