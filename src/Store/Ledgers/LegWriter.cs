using System.Data;
using System.Diagnostics;
using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>Writes one event: its ledger row, and what it means for the leg's row and the call record.</summary>
internal static class LegWriter
{
    internal const string InsertLedger = "insert into rw_ledger (leg_id, tenant_id, type, at, body) values (@leg, @tenant, @type, @at, @body)";
    internal const string InsertLeg = """
        insert into rw_leg (id, uuid, session_id, tenant_id, connection_id, direction, from_party, to_party, from_uri, to_uri, caller_name, brought_caller, trunk_id,
            command_id, state, is_held, started_at, labels, headers, goodbye)
        values (@leg, @uuid, @session, @tenant, @connection, @direction, @from, @to, @fromUri, @toUri, @callerName, @broughtCaller, @trunk,
            @commandId, 'initiated', @no, @startedAt, @labels, @headers, @goodbye)
        """;
    internal const string Ring = "update rw_leg set state = 'ringing' where tenant_id = @tenant and id = @leg and state = 'initiated'";
    internal const string Answer = """
        update rw_leg set state = 'answered', answered_at = @at, codec = @codec, goodbye = coalesce(@goodbye, goodbye)
        where tenant_id = @tenant and id = @leg and state in ('initiated', 'ringing')
        """;
    internal const string Hold = "update rw_leg set is_held = @isHeld where tenant_id = @tenant and id = @leg";
    internal const string Follow = """
        update rw_leg set labels = @labels, trunk_id = @trunk, from_uri = @fromUri, to_uri = @toUri, headers = @headers
        where tenant_id = @tenant and id = @leg
        """;
    internal const string End = """
        update rw_leg set state = 'ended', ended_at = @at, found_ended_at = @foundAt, cause = @cause, ended_by = @by, sip_status = @sipStatus, evidence = @evidence, quality = @quality,
            goodbye = null
        where tenant_id = @tenant and id = @leg and ended_at is null
        """;
    internal const string InsertRecord = """
        insert into rw_call_record (leg_id, tenant_id, session_id, connection_id, direction, from_party, to_party, trunk_id, started_at, answered_at, ended_at,
            total_seconds, talk_seconds, cause, ended_by, sip_status, billed_seconds, rate_micros, cost_micros, cost_currency)
        values (@leg, @tenant, @session, @connection, @direction, @from, @to, @trunk, @startedAt, @answeredAt, @endedAt,
            @totalSeconds, @talkSeconds, @cause, @by, @sipStatus, @billedSeconds, @rate, @cost, @currency)
        """;

    private static readonly Statement LedgerRow = new(InsertLedger), NewLeg = new(InsertLeg), Ringing = new(Ring), Answering = new(Answer), Holding = new(Hold),
        Following = new(Follow), Ending = new(End), Record = new(InsertRecord);

    /// <param name="charge">What the leg that ends is charged, when it has a price.</param>
    /// <returns>False when the event came after the end of what it is about, and nothing was written.</returns>
    public static bool Write(IDbConnection db, CallEvent happened, string? goodbye, LegTimes times, DateTimeOffset at, Charge? charge = null)
    {
        var facts = happened.Leg;
        string leg = facts.Id.ToString(), tenant = facts.Tenant.ToString(), time = Times.Text(at);
        switch (happened)
        {
            case CallEvent.LegInitiated initiated:
                WriteLeg(db, leg, tenant, initiated, goodbye, times.StartedAt);
                break;
            case CallEvent.LegRinging:
                Ringing.Run(db, tenant, leg);
                break;
            case CallEvent.LegAnswered answered:
                Answering.Run(db, time, answered.Codec, goodbye, tenant, leg);
                break;
            case CallEvent.LegHeld held:
                Holding.Run(db, held.IsHeld, tenant, leg);
                break;
            case CallEvent.LegEnded ended:
                if (!WriteEnd(db, leg, tenant, ended, times, at, charge)) return false;
                break;
            case CallEvent.RecordingStarted or CallEvent.RecordingSaved or CallEvent.RecordingFailed:
                if (!RecordingTable.Write(db, happened, at)) return false;
                break;
            case CallEvent.LegBridged or CallEvent.LegCharged or CallEvent.LabelsChanged or CallEvent.DigitReceived or CallEvent.InfoReceived or CallEvent.GatherEnded
                or CallEvent.PlaybackStarted or CallEvent.PlaybackEnded or CallEvent.SpeakStarted or CallEvent.SpeakEnded
                or CallEvent.MachineDetected or CallEvent.MachineGreetingEnded or CallEvent.VoiceChanged:
                break;          // only the event itself is kept
            default:
                throw new UnreachableException();
        }
        FeatureUseTable.Write(db, happened, at);
        // Labels, trunk and URIs change as the leg lives; the row shows the newest.
        if (happened is not CallEvent.LegInitiated && times.HasChanged(facts))
        {
            Following.Run(db, JsonLists.WriteLabels(facts.Labels), facts.Trunk?.ToString(), facts.FromUri, facts.ToUri, JsonLists.WriteHeaders(facts.Headers), tenant, leg);
        }
        LedgerRow.Run(db, leg, tenant, EventJson.NameOf(happened), time, EventJson.Write(happened));
        return true;
    }

    private static void WriteLeg(IDbConnection db, string leg, string tenant, CallEvent.LegInitiated initiated, string? goodbye, DateTimeOffset startedAt)
    {
        var facts = initiated.Leg;
        NewLeg.Run(db, leg, facts.Uuid.ToString(), facts.Session.ToString(), tenant, facts.Connection.Value, Names<Direction>.Of(facts.Direction), facts.From, facts.To,
            facts.FromUri, facts.ToUri, facts.CallerName, facts.BroughtCaller, facts.Trunk?.ToString(), initiated.CommandId, false, Times.Text(startedAt), JsonLists.WriteLabels(facts.Labels),
            JsonLists.WriteHeaders(facts.Headers), goodbye);
    }

    private static bool WriteEnd(IDbConnection db, string leg, string tenant, CallEvent.LegEnded ended, LegTimes times, DateTimeOffset at, Charge? charge)
    {
        var facts = ended.Leg;
        var end = EndOf(ended, at);
        string cause = Names<HangupCause>.Of(ended.Cause), by = Names<HangupParty>.Of(ended.By), endedAt = Times.Text(end);
        string? quality = ended.Quality is null ? null : JsonSerializer.Serialize(ended.Quality, ColumnJson.Default.MediaQuality);
        if (Ending.Run(db, endedAt, end < at ? Times.Text(at) : null, cause, by, ended.SipStatus, ended.Evidence, quality, tenant, leg) == 0) return false;
        Record.Run(db, leg, tenant, facts.Session.ToString(), facts.Connection.Value, Names<Direction>.Of(facts.Direction), facts.From, facts.To, facts.Trunk?.ToString(),
            Times.Text(times.StartedAt), times.AnsweredAt is { } from ? Times.Text(from) : null, endedAt, RoundUp(end - times.StartedAt),
            TalkSeconds(times, end), cause, by, ended.SipStatus, charge?.BilledSeconds, charge?.MicrosPerMinute, charge?.Micros, charge?.Currency);
        return true;
    }

    /// <summary>When the leg ended, by wall time; <paramref name="at"/> is the event's.</summary>
    public static DateTimeOffset EndOf(CallEvent.LegEnded ended, DateTimeOffset at) => at - (ended.At - ended.EndedAt());

    /// <summary>What is billed: answered seconds, rounded up.</summary>
    public static int TalkSeconds(LegTimes times, DateTimeOffset endedAt) => times.AnsweredAt is { } answered ? RoundUp(endedAt - answered) : 0;

    private static int RoundUp(TimeSpan span) => (int)Math.Ceiling(Math.Max(0, span.TotalSeconds));
}
