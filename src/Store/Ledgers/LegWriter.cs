using System.Data;
using System.Text.Json;
using Dapper;
using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>Writes one event: its ledger row, and what it means for the leg's row and the call record.</summary>
internal static class LegWriter
{
    internal const string InsertLedger = "insert into rw_ledger (leg_id, tenant_id, type, at, body) values (@leg, @tenant, @type, @at, @body)";
    internal const string InsertLeg = """
        insert into rw_leg (id, uuid, session_id, tenant_id, connection_id, direction, from_party, to_party, from_uri, to_uri, caller_name, trunk_id,
            command_id, state, is_held, started_at, labels, headers, goodbye)
        values (@leg, @uuid, @session, @tenant, @connection, @direction, @from, @to, @fromUri, @toUri, @callerName, @trunk,
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
        update rw_leg set state = 'ended', ended_at = @at, cause = @cause, ended_by = @by, sip_status = @sipStatus, evidence = @evidence, quality = @quality,
            goodbye = null
        where tenant_id = @tenant and id = @leg and ended_at is null
        """;
    internal const string InsertRecord = """
        insert into rw_call_record (leg_id, tenant_id, session_id, connection_id, direction, from_party, to_party, trunk_id, started_at, answered_at, ended_at,
            total_seconds, talk_seconds, cause, ended_by, sip_status)
        values (@leg, @tenant, @session, @connection, @direction, @from, @to, @trunk, @startedAt, @answeredAt, @endedAt,
            @totalSeconds, @talkSeconds, @cause, @by, @sipStatus)
        """;

    /// <returns>False when the event came after the end of what it is about, and nothing was written.</returns>
    public static bool Write(IDbConnection db, CallEvent happened, string? goodbye, LegTimes times, DateTimeOffset at)
    {
        var facts = happened.Leg;
        var key = new { tenant = facts.Tenant, leg = facts.Id, at };
        switch (happened)
        {
            case CallEvent.LegInitiated initiated:
                WriteLeg(db, initiated, goodbye, times.StartedAt);
                break;
            case CallEvent.LegRinging:
                db.Execute(Ring, key);
                break;
            case CallEvent.LegAnswered answered:
                db.Execute(Answer, new { tenant = facts.Tenant, leg = facts.Id, at, codec = answered.Codec, goodbye });
                break;
            case CallEvent.LegHeld held:
                db.Execute(Hold, new { tenant = facts.Tenant, leg = facts.Id, isHeld = held.IsHeld });
                break;
            case CallEvent.LegEnded ended:
                if (!WriteEnd(db, ended, times, at)) return false;
                break;
            case CallEvent.RecordingStarted or CallEvent.RecordingSaved or CallEvent.RecordingFailed:
                if (!RecordingTable.Write(db, happened, at)) return false;
                break;
        }
        // Labels, trunk and URIs change as the leg lives; the row shows the newest.
        if (happened is not CallEvent.LegInitiated && times.HasChanged(facts))
        {
            db.Execute(Follow, new
            {
                tenant = facts.Tenant,
                leg = facts.Id,
                labels = JsonLists.WriteLabels(facts.Labels),
                trunk = facts.Trunk,
                fromUri = facts.FromUri,
                toUri = facts.ToUri,
                headers = JsonLists.WriteHeaders(facts.Headers),
            });
        }
        db.Execute(InsertLedger, new { tenant = facts.Tenant, leg = facts.Id, at, type = EventJson.NameOf(happened), body = EventJson.Write(happened) });
        return true;
    }

    private static void WriteLeg(IDbConnection db, CallEvent.LegInitiated initiated, string? goodbye, DateTimeOffset startedAt)
    {
        var facts = initiated.Leg;
        db.Execute(InsertLeg, new
        {
            leg = facts.Id,
            uuid = facts.Uuid,
            session = facts.Session,
            tenant = facts.Tenant,
            connection = facts.Connection,
            direction = Names<Direction>.Of(facts.Direction),
            from = facts.From,
            to = facts.To,
            fromUri = facts.FromUri,
            toUri = facts.ToUri,
            callerName = facts.CallerName,
            trunk = facts.Trunk,
            commandId = initiated.CommandId,
            no = false,
            startedAt,
            labels = JsonLists.WriteLabels(facts.Labels),
            headers = JsonLists.WriteHeaders(facts.Headers),
            goodbye,
        });
    }

    private static bool WriteEnd(IDbConnection db, CallEvent.LegEnded ended, LegTimes times, DateTimeOffset at)
    {
        var facts = ended.Leg;
        string cause = Names<HangupCause>.Of(ended.Cause), by = Names<HangupParty>.Of(ended.By);
        int changed = db.Execute(End, new
        {
            tenant = facts.Tenant,
            leg = facts.Id,
            at,
            cause,
            by,
            sipStatus = ended.SipStatus,
            evidence = ended.Evidence,
            quality = ended.Quality is null ? null : JsonSerializer.Serialize(ended.Quality, ColumnJson.Default.MediaQuality),
        });
        if (changed == 0) return false;
        db.Execute(InsertRecord, new
        {
            leg = facts.Id,
            tenant = facts.Tenant,
            session = facts.Session,
            connection = facts.Connection,
            direction = Names<Direction>.Of(facts.Direction),
            from = facts.From,
            to = facts.To,
            trunk = facts.Trunk,
            startedAt = times.StartedAt,
            answeredAt = times.AnsweredAt,
            endedAt = at,
            totalSeconds = RoundUp(at - times.StartedAt),
            talkSeconds = times.AnsweredAt is { } answered ? RoundUp(at - answered) : 0,
            cause,
            by,
            sipStatus = ended.SipStatus,
        });
        return true;
    }

    private static int RoundUp(TimeSpan span) => (int)Math.Ceiling(Math.Max(0, span.TotalSeconds));
}
