using System.Data;
using System.Diagnostics;
using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Jobs;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>What an event of a leg means for the leg's row, its call record, its recordings and what it is charged.</summary>
internal sealed class LegWriter : SubjectWriter
{
    internal const string InsertLeg = """
        insert into rw_leg (id, uuid, session_id, tenant_id, connection_id, direction, from_party, to_party, from_uri, to_uri, caller_name, brought_caller, trunk_id,
            command_id, state, is_held, started_at, labels, headers, goodbye, sip_call_id)
        values (@leg, @uuid, @session, @tenant, @connection, @direction, @from, @to, @fromUri, @toUri, @callerName, @broughtCaller, @trunk,
            @commandId, 'initiated', @no, @startedAt, @labels, @headers, @recoveryBye, @sipCallId)
        """;
    internal const string Ring = "update rw_leg set state = 'ringing' where tenant_id = @tenant and id = @leg and state = 'initiated'";
    internal const string Answer = """
        update rw_leg set state = 'answered', answered_at = @at, codec = @codec, goodbye = coalesce(@recoveryBye, goodbye)
        where tenant_id = @tenant and id = @leg and state in ('initiated', 'ringing')
        """;
    internal const string Hold = "update rw_leg set is_held = @isHeld where tenant_id = @tenant and id = @leg";
    internal const string Follow = """
        update rw_leg set labels = @labels, trunk_id = @trunk, from_uri = @fromUri, to_uri = @toUri, headers = @headers
        where tenant_id = @tenant and id = @leg
        """;
    internal const string End = """
        update rw_leg set state = 'ended', ended_at = @at, found_ended_at = @foundAt, cause = @cause, ended_by = @by, sip_status = @sipStatus, evidence = @evidence, quality = @quality,
            sip_call_id = coalesce(@sipCallId, sip_call_id), goodbye = null
        where tenant_id = @tenant and id = @leg and ended_at is null
        """;
    internal const string InsertRecord = """
        insert into rw_call_record (leg_id, tenant_id, session_id, connection_id, direction, from_party, to_party, trunk_id, started_at, answered_at, ended_at,
            total_seconds, talk_seconds, cause, ended_by, sip_status, billed_seconds, rate_micros, cost_micros, cost_currency)
        values (@leg, @tenant, @session, @connection, @direction, @from, @to, @trunk, @startedAt, @answeredAt, @endedAt,
            @totalSeconds, @talkSeconds, @cause, @by, @sipStatus, @billedSeconds, @rate, @cost, @currency)
        """;

    private static readonly Statement NewLeg = new(InsertLeg), Ringing = new(Ring), Answering = new(Answer), Holding = new(Hold),
        Following = new(Follow), Ending = new(End), Record = new(InsertRecord), AttemptDialled = new(DialAttemptTable.Dial),
        AttemptAnswered = new(DialAttemptTable.Answer), AttemptEnded = new(DialAttemptTable.End),
        JobDialled = new(JobTable.Dial);

    public override SubjectKind Kind => SubjectKind.Leg;

    public override EventJson Events => EventJson.OfLegs;

    public override SubjectTimes Begin(SubjectEvent happened, WallTie tie) => LegTimes.Begin((CallEvent)happened, tie);

    public override SubjectEvent Abandoned(SubjectEvent first) => new CallEvent.LegEnded
    {
        Leg = ((CallEvent)first).Leg,
        At = first.BeganAt,
        Cause = HangupCause.LedgerUnavailable,
        By = HangupParty.Unknown,
        Evidence = "The database went away while the leg began; it was refused.",
    };

    public override Task<IReadOnlyList<Orphan>> ListOrphansAsync(Ledger ledger, Database database, int node, IRecordingFiles? files,
        CancellationToken stop) =>
        new Orphans(ledger, database, node, files).ListAsync(stop);

    public override bool Write(ILedgerStep step, SubjectEvent happened, SubjectTimes times, DateTimeOffset at, string? recoveryBye) =>
        Write(step, (CallEvent)happened, (LegTimes)times, at, recoveryBye);

    private static bool Write(ILedgerStep step, CallEvent happened, LegTimes times, DateTimeOffset at, string? recoveryBye)
    {
        var db = step.Db;
        var facts = happened.Leg;
        string leg = step.SubjectId, tenant = step.Tenant, time = step.Time;
        switch (happened)
        {
            case CallEvent.LegInitiated initiated:
                if (initiated.CommandId is { } commandId && !step.Dials.TryClaim(db, tenant, commandId, leg)) return false;
                // An attempt that was given back meanwhile, or that another leg is of, has no leg.
                if (AttemptMark.Of(initiated) is { } mark
                    && !AttemptDialled.PostOne(db, leg, facts.Uuid.ToString(), time, tenant, mark)) return false;
                // Nor has a job that somebody else has taken, or that has a leg.
                if (JobMark.Of(initiated) is var (job, token)
                    && !JobDialled.PostOne(db, JobMark.ResultOf(leg), tenant, job, token)) return false;
                WriteLeg(db, leg, tenant, initiated, recoveryBye, times.StartedAt);
                break;
            case CallEvent.LegRinging:
                Ringing.Post(db, tenant, leg);
                break;
            case CallEvent.LegAnswered answered:
                Answering.Post(db, time, answered.Codec, recoveryBye, tenant, leg);
                if (AttemptMark.Of(facts) is { } of)
                {
                    AttemptAnswered.Post(db, time, tenant, of, leg);
                    step.TellAttempt(facts.Tenant, Guid.Parse(of), at);
                }
                break;
            case CallEvent.LegHeld held:
                Holding.Post(db, held.IsHeld, tenant, leg);
                break;
            case CallEvent.LegEnded ended:
                if (!WriteEnd(step, leg, tenant, ended, times, at)) return false;
                break;
            case CallEvent.RecordingStarted or CallEvent.RecordingSaved or CallEvent.RecordingFailed:
                if (!RecordingTable.Write(db, happened, at)) return false;
                break;
            case CallEvent.RecordingTranscribed transcribed:
                if (!RecordingTranscriptionTable.Write(db, transcribed, at)) return false;
                break;
            case CallEvent.LegEnqueued enqueued:
                QueueTable.Write(db, enqueued, at);
                break;
            case CallEvent.LegDequeued dequeued:
                QueueTable.Write(db, dequeued, at);
                break;
            case CallEvent.AgentEnded talked:
                TalkJobs.Begin(db, talked, at);
                break;
            case CallEvent.Noted { Kind: NoteKind.Warning } warning:
                WarningRows.Write(db, warning, at);
                break;
            case CallEvent.LegBridged or CallEvent.LegUnbridged or CallEvent.Noted
                or CallEvent.LegCharged or CallEvent.LabelsChanged or CallEvent.DigitReceived
                or CallEvent.InfoReceived or CallEvent.ReferStarted or CallEvent.ReferEnded or CallEvent.ReferAsked
                or CallEvent.GatherHeard or CallEvent.GatherEnded
                or CallEvent.PlaybackStarted or CallEvent.PlaybackEnded or CallEvent.SpeakStarted or CallEvent.SpeakEnded
                or CallEvent.MachineDetected or CallEvent.MachineGreetingEnded or CallEvent.VoiceChanged or CallEvent.LegHandedOver
                or CallEvent.StreamStarted or CallEvent.StreamStopped or CallEvent.StreamFailed
                or CallEvent.TranscriptionStarted or CallEvent.SpeechTranscribed or CallEvent.TranscriptionEnded
                or CallEvent.SiprecStarted or CallEvent.SiprecStopped or CallEvent.SiprecFailed
                or CallEvent.ForkStarted or CallEvent.ForkStopped or CallEvent.AgentStarted or CallEvent.AgentTold
                or CallEvent.AgentGathering or CallEvent.AgentGatherEnded:
                break;          // only the event itself is kept
            default:
                throw new UnreachableException();
        }
        FeatureUseTable.Write(db, happened, at);
        // Labels, trunk and URIs change as the leg lives; the row shows the newest.
        if (happened is not CallEvent.LegInitiated && times.HasChanged(facts))
        {
            Following.Post(db, JsonLists.WriteLabels(facts.Labels), facts.Trunk?.ToString(), facts.FromUri, facts.ToUri,
                JsonLists.WriteHeaders(facts.Headers), tenant, leg);
        }
        return true;
    }

    private static void WriteLeg(IDbConnection db, string leg, string tenant, CallEvent.LegInitiated initiated, string? recoveryBye,
        DateTimeOffset startedAt)
    {
        var facts = initiated.Leg;
        NewLeg.Post(db, leg, facts.Uuid.ToString(), facts.Session.ToString(), tenant, facts.Connection.Value,
            Names<Direction>.Of(facts.Direction), facts.From, facts.To, facts.FromUri, facts.ToUri, facts.CallerName, facts.BroughtCaller,
            facts.Trunk?.ToString(), initiated.CommandId, false, Times.Text(startedAt), JsonLists.WriteLabels(facts.Labels),
            JsonLists.WriteHeaders(facts.Headers), recoveryBye, initiated.Origin?.CallId);
    }

    /// <summary>A leg is charged in the transaction of its end, so once, whatever happens to the process.</summary>
    private static bool WriteEnd(ILedgerStep step, string leg, string tenant, CallEvent.LegEnded ended, LegTimes times, DateTimeOffset at)
    {
        var db = step.Db;
        var facts = ended.Leg;
        var end = EndOf(ended, at);
        var charge = step.Snapshot.Rates.ChargeOf(facts, times.StartedAt, TalkSeconds(times, end));
        string cause = Names<HangupCause>.Of(ended.Cause), by = Names<HangupParty>.Of(ended.By), endedAt = Times.Text(end);
        string? quality = ended.Quality is null ? null : JsonSerializer.Serialize(ended.Quality, ColumnJson.Default.MediaQuality);
        string? foundAt = end < at ? Times.Text(at) : null;
        if (!Ending.PostOne(db, endedAt, foundAt, cause, by, ended.SipStatus, ended.Evidence, quality, ended.SipCallId, tenant, leg))
            return false;
        Record.Post(db, leg, tenant, facts.Session.ToString(), facts.Connection.Value, Names<Direction>.Of(facts.Direction), facts.From,
            facts.To, facts.Trunk?.ToString(), Times.Text(times.StartedAt), times.AnsweredAt is { } from ? Times.Text(from) : null, endedAt,
            RoundUp(times.StartedAt, end), TalkSeconds(times, end), cause, by, ended.SipStatus, charge?.BilledSeconds,
            charge?.MicrosPerMinute, charge?.Micros, charge?.Currency);
        if (AttemptMark.Of(facts) is { } attempt)
            AttemptEnded.Post(db, endedAt, cause, ended.SipStatus, TalkSeconds(times, end), tenant, attempt, leg);
        step.Settle(facts, charge);
        if (charge is null) return true;
        Charging.Write(db, step.Snapshot, facts, charge, at);
        step.Follow(new CallEvent.LegCharged(charge) { Leg = facts, At = ended.At });
        return true;
    }

    /// <summary>When the leg ended, by wall time; <paramref name="at"/> is the event's.</summary>
    private static DateTimeOffset EndOf(CallEvent.LegEnded ended, DateTimeOffset at) => at - (ended.At - ended.EndedAt());

    /// <summary>What is billed: answered seconds, rounded up.</summary>
    private static int TalkSeconds(LegTimes times, DateTimeOffset endedAt) =>
        times.AnsweredAt is { } answered ? RoundUp(answered, endedAt) : 0;

    /// <summary>Of times as they are stored, so that whoever reckons with these comes to the same.</summary>
    private static int RoundUp(DateTimeOffset from, DateTimeOffset to) =>
        (int)Math.Ceiling(Math.Max(0, (Times.Cut(to) - Times.Cut(from)).TotalSeconds));
}
