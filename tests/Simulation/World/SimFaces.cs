using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Calling;
using Ringwright.Calls;
using Ringwright.Chakra.Calling;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Telefonie.Calling;
using Ringwright.Telnyx.Texml;
using Ringwright.Texml.Languages;
using Ringwright.Texml.Twiml;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Simulation;

/// <summary>
/// A call that is over as each API shows it, by the projections of the APIs alone: its row is made of its events here, as the ledger makes
/// it, and no database is asked.
/// </summary>
internal sealed class SimFaces
{
    private const string Callback = "https://customer.example/status", Rfc2822 = "ddd, dd MMM yyyy HH:mm:ss '+0000'";

    private readonly SimWebhook _telnyx;
    private readonly JsonObject _texml, _telefonie, _chakra, _voipbin, _agency;
    private readonly Dictionary<string, string?> _twiml;

    /// <param name="events">All that the ledger has of one leg, in order.</param>
    /// <param name="told">What its customer was told of its end.</param>
    public SimFaces(IReadOnlyList<CallEvent> events, WallAnchor anchor, SimWebhook told)
    {
        Ended = events.OfType<CallEvent.LegEnded>().Single();
        Leg = RowOf(Ended, events.OfType<CallEvent.LegAnswered>().SingleOrDefault(), anchor);
        _telnyx = told;
        // Its length and its price are in its record, which the database has.
        _texml = CallResources.Of(Leg, record: null, sid: "", uri: "");
        _twiml = TwimlCallView.TimesOf(Leg).ToDictionary(time => time.Field, time => time.At);
        _telefonie = ToldByTelefonie(events, anchor);
        _chakra = new ChakraCall(Leg, null, null).Write(PublicLinks.Relative);
        _voipbin = new CallState
        {
            Id = Leg.Uuid, Tenant = Leg.Tenant, Direction = Leg.Direction, From = Leg.From, To = Leg.To, Labels = Leg.Labels,
            StartedAt = Leg.StartedAt, AnsweredAt = Leg.AnsweredAt, EndedAt = Leg.EndedAt, Cause = Leg.Cause, By = Leg.By,
        }.Write();
        _agency = new AgencyCall(Leg.Tenant, Leg).Write();
    }

    public CallEvent.LegEnded Ended { get; }
    public CallEnd End => new(Ended);
    public LegRow Leg { get; }

    /// <summary>The word of each column of <c>faces.tsv</c>.</summary>
    public IEnumerable<(string Column, string? Word)> Words =>
    [
        ("telnyx_cause", _telnyx["hangup_cause"]),
        ("telnyx_source", _telnyx["hangup_source"]),
        ("telnyx_sip", _telnyx["sip_hangup_cause"]),
        ("texml", (string?)_texml["status"]),
        ("twiml", TwimlStatus.Ended(End.Cause, End.IsAnswered)),
        ("telefonie", (string?)_telefonie["status"]),
        ("voipbin", (string?)_voipbin["hangup_reason"]),
        ("chakra", (string?)_chakra["callStatus"]),
        ("agency_outcome", (string?)_agency["outcome"] ?? AgencyCall.None),
        ("agency_end", (string?)_agency["end_reason"]),
        ("agency_cause", (string?)_agency["hangup_cause"]),
    ];

    /// <summary>Who called whom; whoever has no number goes by an alias in three of them.</summary>
    public IEnumerable<(string?, string?)> Parties =>
    [
        (PartyAlias.Of(_telnyx["from"] ?? ""), PartyAlias.Of(_telnyx["to"] ?? "")),
        (PartyAlias.Of((string)_texml["from"]!), PartyAlias.Of((string)_texml["to"]!)),
        ((string?)_telefonie["from"], (string?)_telefonie["to"]),
        ((string?)_chakra["from"], (string?)_chakra["to"]),
        (PartyAlias.Of((string)_voipbin["source"]!["target"]!), PartyAlias.Of((string)_voipbin["destination"]!["target"]!)),
        ((string?)_agency["from_number"], (string?)_agency["to_number"]),
    ];

    public IEnumerable<long?> Starts =>
        [Moment(_telnyx["start_time"]), Moment(_voipbin["tm_create"]), (long?)_chakra["callStart"], Moment(_agency["created_at"])];

    /// <summary>Of the API that has no moment of the answer.</summary>
    public long? StartSecond => Second((string?)_texml["start_time"]);

    /// <summary>Null of a call that nobody has answered.</summary>
    public IEnumerable<long?> Answers =>
    [
        Moment(_telefonie["start_time"]), Moment(_voipbin["tm_progressing"]), (long?)_chakra["connectionStart"],
        Moment(_agency["joined_at"]),
    ];

    /// <summary>Of a call that nobody has answered its start.</summary>
    public long? AnswerSecond => Second(_twiml["start_time"]);

    public IEnumerable<long?> Ends =>
    [
        Moment(_telnyx["end_time"]), Moment(_telefonie["end_time"]), Moment(_voipbin["tm_hangup"]), (long?)_chakra["callEnd"],
        Moment(_agency["ended_at"]),
    ];

    /// <summary>Of the APIs that have no parts of a second.</summary>
    public IEnumerable<long?> EndSeconds =>
    [
        Second((string?)_texml["end_time"]), Second((string?)_texml["date_updated"]), Second(_twiml["end_time"]),
        Second(_twiml["date_updated"]),
    ];

    public IEnumerable<int?> TalkSeconds =>
        [(int?)_telefonie["duration"], (int?)(long?)_chakra["connectionDuration"], (int?)_agency["duration_seconds"]];

    /// <summary>As <c>LegWriter</c> has it behind the last event, with the columns that the projections read.</summary>
    private static LegRow RowOf(CallEvent.LegEnded ended, CallEvent.LegAnswered? answered, WallAnchor anchor)
    {
        var facts = ended.Leg;
        return new()
        {
            Id = facts.Id, Uuid = facts.Uuid, Session = facts.Session, Tenant = facts.Tenant, Connection = facts.Connection,
            Direction = facts.Direction, From = facts.From, To = facts.To, State = StoredLegState.Ended, Codec = answered?.Codec,
            StartedAt = Times.Cut(anchor.ToWall(facts.StartedAt)),
            AnsweredAt = answered is null ? null : Times.Cut(anchor.ToWall(answered.At)),
            EndedAt = Times.Cut(anchor.ToWall(ended.EndedAt())),
            Cause = ended.Cause, By = ended.By, SipStatus = ended.SipStatus, Labels = facts.Labels,
        };
    }

    /// <summary>The call in the last message to a callback that it has here, whoever placed it.</summary>
    private static JsonObject ToldByTelefonie(IReadOnlyList<CallEvent> events, WallAnchor anchor)
    {
        var projector = new TelefonieProjector(PublicLinks.Relative);
        var callback = Labels.Of((TelefonieLabels.StatusCallback, Callback));
        var told = events.SelectMany(happened =>
        {
            var called = happened with { Leg = happened.Leg with { Labels = happened.Leg.Labels.With(callback) } };
            return projector.Project(called, Times.Cut(anchor.ToWall(called.At)), Times.Cut(anchor.ToWall(called.BeganAt)));
        }).ToList();
        return JsonNode.Parse(told[^1].Body)!["call"]!.AsObject();
    }

    private static long? Moment(JsonNode? text) => Moment((string?)text);

    /// <summary>Milliseconds since 1970, which every API has.</summary>
    private static long? Moment(string? text) => text is null ? null
        : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();

    private static long? Second(string? text) => text is null ? null
        : DateTimeOffset.ParseExact(text, Rfc2822, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeSeconds();
}
