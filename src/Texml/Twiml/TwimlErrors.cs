using System.Collections.Frozen;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Texml.Twiml;

/// <summary>
/// A row for every refusal of the engine: this API's code, and a sentence. Titles and statuses are in <c>contracts/twiml/errors.tsv</c>.
/// </summary>
internal static class TwimlErrors
{
    public const string Invalid = "20001", NotFound = "20404", NoTo = "21201", Url = "21205", NotVerified = "21210", To = "21211",
        From = "21212", NoFrom = "21213", Application = "21218", State = "21220", Callback = "21609", Duplicate = "20409",
        QueueNotEmpty = "22003", Busy = "20429";

    /// <summary>Of texts.</summary>
    public const string ToItself = "21266", Country = "21408", NoSender = "21603", NoRecipient = "21604", Sender = "21606",
        Blocked = "21610", Unreachable = "21612", TooLong = "21617", Empty = "21619", Media = "21620", Filtered = "30007";

    /// <summary>Of numbers.</summary>
    public const string Inactive = "20005", NoNumber = "21421", NotForSale = "21422", Verified = "21450",
        AreaCode = "21451", EmptyArea = "21452";

    public const string Away = "20503";

    private const string Limit = "10004", Internal = "20500";

    internal static readonly FrozenDictionary<Refusal, Problem> Rows = new Dictionary<Refusal, Problem>
    {
        // An acknowledgement that says nothing is a bug of ours.
        [Refusal.Unset] = new(Internal, "The command was not answered."),
        [Refusal.None] = new(Internal, "The command was accepted and reported as refused."),

        [Refusal.UnknownLeg] = new(NotFound, "There is no such call."),
        [Refusal.AlreadyEnded] = new(State, "Call is not in-progress. Cannot redirect or change it: it has ended."),
        [Refusal.NotYetAnswered] = new(State, "Call is not in-progress: nobody has answered yet."),
        [Refusal.WrongDirection] = new(State, "This cannot be done with an outbound call."),
        [Refusal.WrongState] = new(State, "The call's present state does not allow this."),
        [Refusal.NotRecording] = new("21220", "The call is not being recorded, or not under this SID."),
        [Refusal.AlreadyStreaming] = new(State, "The call is streamed already: a call has one stream."),
        [Refusal.NotStreaming] = new(State, "The call is not streamed, or not under this SID."),
        [Refusal.AlreadyTranscribing] = new(State, "What is said on the call is being transcribed already."),
        [Refusal.NotTranscribing] = new(State, "What is said on the call is not being transcribed."),
        [Refusal.TranscribedWithSilenceLimit] = new(State, "A call that is transcribed cannot have a recording that ends by silence."),
        [Refusal.Confidential] = new(State, "What is said in a mailbox is for its owner alone."),
        [Refusal.AlreadyForked] = new(State, "The call is forked already."),
        [Refusal.NotForked] = new(State, "The call is not forked."),
        [Refusal.HasSiprecSession] = new(State, "A recording server has a session for the call already: a call has one."),
        [Refusal.NoSiprecSession] = new(State, "No recording server has a session for the call."),
        [Refusal.AgentTalks] = new(State, "An agent talks on the call."),
        [Refusal.NoAgentTalks] = new(State, "No agent talks on the call."),
        [Refusal.NoLiveAudio] = new(Away, "This node carries no live audio."),
        [Refusal.NotQueued] = new(NotFound, "The call does not wait in this queue."),
        [Refusal.AlreadyQueued] = new(State, "The call waits in a queue already."),
        [Refusal.QueueFull] = new("22002", "As many calls wait in the queue as may."),
        [Refusal.QueueSizeFixed] = new(Invalid, "The queue takes another number of calls: its first call settled that."),
        [Refusal.QueueEmpty] = new(NotFound, "No call waits in this queue."),
        [Refusal.ConferenceNameTaken] = new("20409", "A conference of this name is going on."),
        [Refusal.ConferenceFull] = new(State, "As many take part in the conference as may."),
        [Refusal.ConferenceEnded] = new("16020", "This conference has already ended."),
        [Refusal.AlreadyInConference] = new(State, "The call takes part in this conference already."),
        [Refusal.NotInConference] = new(NotFound, "The call takes no part in this conference."),
        [Refusal.ConferenceEmpty] = new(State, "Nobody takes part in this conference yet."),
        [Refusal.NotSupervising] = new(State, "This call coaches no other, or does no longer."),
        [Refusal.OnOtherNode] = new(State, "What this call is to be joined to is on another node: audio does not go between nodes."),
        [Refusal.NotBridged] = new(State, "The call is joined to nobody."),
        [Refusal.NothingPlays] = new(State, "Nothing plays on the call."),
        [Refusal.TooManyRecordings] = new(State, $"{CallLimits.Recordings} recordings of the call run, as many as may."),
        [Refusal.TooManyPrompts] = new(State, $"{CallLimits.QueuedPrompts} prompts wait on the call, as many as may."),
        [Refusal.TooManyDigits] = new(State, $"{CallLimits.QueuedDigits} commands that send digits wait on the call, as many as may."),
        [Refusal.TooManyLabels] = new(State, $"What is kept with the call may have at most {Labels.MaxBytes} bytes."),
        [Refusal.Overloaded] = new(Busy, "The node is busy. Try again in a moment."),
        [Refusal.NoMediaPort] = new(Away, "No media port is free. Try again later."),
        [Refusal.MediaAway] = new(Away, "The media process is being restarted. Try again in a moment."),

        [Refusal.UnknownConnection] = new(Application, "ApplicationSid names no application of this account."),
        [Refusal.ConnectionInactive] = new(Application, "The application is not active."),
        [Refusal.NoOutboundProfile] = new("21216", "The account, or the application, has no enabled outbound profile."),
        [Refusal.CallerIdNotOwned] = new(NotVerified, "From is neither a number of the account nor one that it has verified."),
        [Refusal.BadDestination] = new(To, "To is no phone number in +E.164 format and no SIP URI."),
        [Refusal.EmergencyDestination] = new("21216", "Emergency numbers cannot be called from an API."),
        [Refusal.PremiumDestination] = new("21215", "Premium-rate numbers are not allowed."),
        [Refusal.CountryNotAllowed] = new("21215", "The account's outbound profile does not allow this destination."),
        [Refusal.DoNotCall] = new("21216", "The number is on a do-not-call list."),
        [Refusal.Loop] = new("21214", "The call would come back to where it came from."),
        [Refusal.TenantChannelLimit] = new(Limit, "The account's limit of concurrent calls is reached."),
        [Refusal.ProfileChannelLimit] = new(Limit, "The outbound profile's limit of concurrent calls is reached."),
        [Refusal.ConnectionChannelLimit] = new(Limit, "The application's limit of concurrent calls is reached."),
        [Refusal.TrunkLimit] = new(Limit, "Every trunk that leads there has as many calls as it may have."),
        [Refusal.SpendLimit] = new("20005", "The spend limit is reached."),
        [Refusal.InsufficientFunds] = new("20005", "What the account has, and may owe, does not pay for this call."),
        [Refusal.NoRoute] = new("21214", "No route leads to this destination."),
        [Refusal.TargetForbidden] = new("21214", "Calls to this address are not allowed."),
        [Refusal.LedgerUnavailable] = new(Away, "Calls cannot be recorded at the moment. Try again later."),
        [Refusal.Draining] = new(Away, "The node is stopping and takes no new calls."),
        [Refusal.DuplicateRequest] = new("20409", "The same request is being worked on."),
        [Refusal.Withdrawn] = new(Away, "The node stood still, and the connection was closed meanwhile: no call was placed."),
    }.ToFrozenDictionary();

    public static Problem Of(Refusal refusal) => Rows[refusal];

    /// <summary>With what the gate says of it, where it says something.</summary>
    public static Problem Of(Dialled dialled) => Of(dialled.Ack.Refusal) is var row && dialled.Detail is { } said
        ? row with { Detail = dialled.Rule is { } rule ? $"{rule}: {said}" : said } : row;

    public static Problem Bad(string field, string detail) => new(CodeOf(field), detail) { Pointer = "/" + field };

    /// <summary>What the provider's own API finds wrong with a field, in the words of this one.</summary>
    public static Problem Translate(Problem problem, Func<string, string> nameOf)
    {
        string theirs = problem.Pointer?.TrimStart('/') ?? "", field = nameOf(theirs);
        string? detail = problem.Detail;
        if (theirs != field && detail is not null) detail = detail.Replace(theirs, field, StringComparison.Ordinal);
        string code = problem.Code is VoiceErrors.MissingParameter && field is "To" ? NoTo
            : problem.Code is VoiceErrors.MissingParameter && field is "From" ? NoFrom : CodeOf(field);
        return new(code, detail) { Pointer = "/" + field };
    }

    private static string CodeOf(string field) => field switch
    {
        "To" => To,
        "From" or "CallerId" => From,
        "ApplicationSid" or "VoiceApplicationSid" => Application,
        _ when field.EndsWith("Callback", StringComparison.Ordinal) => Callback,
        _ when field.EndsWith("Url", StringComparison.Ordinal) => Url,
        _ => Invalid,
    };
}
