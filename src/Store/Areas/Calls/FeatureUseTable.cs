using System.Data;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Store.Tables;

/// <summary>What calls used beside their minutes, one row each time. Written with the event that says so, and never changed.</summary>
internal static class FeatureUseTable
{
    internal const string Recording = "recording", MachineDetection = "machine_detection", Speech = "speech";

    internal const string Insert = """
        insert into rw_feature_use (tenant_id, feature, id, leg_id, leg_uuid, session_id, connection_id, direction, at, length_ms, bytes)
        values (@tenant, @feature, @id, @leg, @legUuid, @session, @connection, @direction, @at, @length, @bytes)
        on conflict (tenant_id, feature, id) do nothing
        """;

    /// <summary>Writes a row for an event that is the use of a feature, and nothing for the others.</summary>
    public static void Write(IDbConnection db, CallEvent happened, DateTimeOffset at)
    {
        if (happened is CallEvent.RecordingSaved { Plan.Mailbox: null } saved)
            Add(Recording, saved.Plan.Id, (long)saved.Length.TotalMilliseconds, saved.Bytes);
        // one verdict on a leg, or a beep in its place: whichever comes first is the use
        else if (happened is CallEvent.MachineDetected or CallEvent.MachineGreetingEnded { IsClassified: true })
            Add(MachineDetection, happened.Leg.Uuid, null, null);
        else if (happened is CallEvent.SpeakStarted started) Add(Speech, started.Speak, null, null);

        void Add(string feature, Guid id, long? length, long? bytes)
        {
            var leg = happened.Leg;
            db.Execute(Insert, new
            {
                tenant = leg.Tenant,
                feature,
                id,
                leg = leg.Id,
                legUuid = leg.Uuid,
                session = leg.Session,
                connection = leg.Connection,
                direction = Names<Direction>.Of(leg.Direction),
                at,
                length,
                bytes,
            });
        }
    }
}
