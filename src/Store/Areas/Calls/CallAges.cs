using Ringwright.Store.Tables;

namespace Ringwright.Store.Areas;

/// <summary>What of calls goes when it is old.</summary>
internal static class CallAges
{
    /// <summary>A recording that is open will be told of with its leg's facts.</summary>
    internal const string Legs = """
        delete from rw_leg where tenant_id = @tenant and id in (
            select id from rw_leg where tenant_id = @tenant and ended_at < @before and (found_ended_at is null or found_ended_at < @before)
                and id not in (select leg_id from rw_recording where tenant_id = @tenant and state = 'recording')
            order by ended_at limit @step)
        """;
    /// <summary>All of a call at once, and nothing of one that is alive.</summary>
    internal const string Events = """
        delete from rw_ledger where tenant_id = @tenant and subject_kind = 'leg' and subject_id in (
            select subject_id from rw_ledger where tenant_id = @tenant and type = 'leg_ended' and at < @before order by at limit @step)
        """;
    internal const string QueueEvents = """
        delete from rw_ledger where tenant_id = @tenant and subject_kind = 'queue' and subject_id in (
            select subject_id from rw_ledger where tenant_id = @tenant and type = 'queue_ended' and at < @before order by at limit @step)
        """;
    internal const string ConferenceEvents = """
        delete from rw_ledger where tenant_id = @tenant and subject_kind = 'conference' and subject_id in (
            select subject_id from rw_ledger where tenant_id = @tenant and type = 'conference_ended' and at < @before order by at limit @step)
        """;
    internal const string Participants = """
        delete from rw_participant where tenant_id = @tenant and id in (
            select p.id from rw_participant p join rw_conference c on c.tenant_id = p.tenant_id and c.id = p.conference_id
            where c.tenant_id = @tenant and c.ended_at < @before order by c.ended_at limit @step)
        """;
    internal const string Conferences = """
        delete from rw_conference where tenant_id = @tenant and id in (
            select id from rw_conference where tenant_id = @tenant and ended_at < @before order by ended_at limit @step)
        """;
    /// <summary>What was said of a conference goes behind it.</summary>
    internal const string Promises = $"""
        delete from rw_resource where tenant_id = @tenant and kind = '{PromisedConferenceTable.Kind}' and id in (
            select id from rw_resource where tenant_id = @tenant and kind = '{PromisedConferenceTable.Kind}' and created_at < @before
                and id not in (select uuid from rw_conference where tenant_id = @tenant)
            order by created_at limit @step)
        """;
    internal const string Records = """
        delete from rw_call_record where tenant_id = @tenant and leg_id in (
            select leg_id from rw_call_record where tenant_id = @tenant and ended_at < @before order by ended_at limit @step)
        """;
    internal const string Uses = """
        delete from rw_feature_use where tenant_id = @tenant and feature = @feature and id in (
            select id from rw_feature_use where tenant_id = @tenant and feature = @feature and at < @before order by at limit @step)
        """;

    private static readonly string[] Features = [FeatureUseTable.Recording, FeatureUseTable.MachineDetection, FeatureUseTable.Speech];

    /// <summary>Legs go last: events and records are shown with what their leg knows.</summary>
    public static IReadOnlyList<AgeRule> All { get; } =
    [
        new("records", Records) { Kept = retention => retention.Records },
        .. from feature in Features
           select new AgeRule("records", Uses.Replace("@feature", $"'{feature}'")) { Kept = retention => retention.Records },
        new("call events", Events) { Kept = retention => retention.Events },
        new("queue events", QueueEvents) { Kept = retention => retention.Events },
        new("conference events", ConferenceEvents) { Kept = retention => retention.Events },
        new("participants", Participants) { Kept = retention => retention.Legs },
        new("conferences", Conferences) { Kept = retention => retention.Legs },
        new("conferences", Promises) { Kept = retention => retention.Legs },
        new("legs", Legs) { Kept = retention => retention.Legs },
    ];
}
