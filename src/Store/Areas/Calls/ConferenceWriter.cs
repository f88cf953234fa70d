using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>What an event of a conference means for its row. Who takes part is written beside it.</summary>
internal sealed class ConferenceWriter : LiveRowWriter
{
    public override SubjectKind Kind => SubjectKind.Conference;

    public override EventJson Events => EventJson.OfConferences;

    public override SubjectTimes Begin(SubjectEvent happened, WallTie tie) => SubjectTimes.Begin(happened, tie);

    public override SubjectEvent Abandoned(SubjectEvent first) =>
        End(((ConferenceEvent)first).Conference, first.At, ConferenceEnd.Internal);

    public override bool Write(ILedgerStep step, SubjectEvent happened, SubjectTimes times, DateTimeOffset at, string? recoveryBye)
    {
        ConferenceTable.Write(step.Db, (ConferenceEvent)happened, at);
        return true;
    }

    protected override ValueTask<IReadOnlyList<(Subject Subject, TenantId Tenant)>> ListLiveAsync(Database database,
        CancellationToken stop) => database.Conferences.ListLiveOfAllTenantsAsync(stop);

    protected override SubjectEvent EndByRestart(SubjectEvent last, Instant beganAt, Instant at) =>
        End(((ConferenceEvent)last).Conference with { BeganAt = beganAt }, at, ConferenceEnd.NodeRestart);

    protected override SubjectEvent Now(SubjectEvent end, Instant beganAt, Instant at) => end is ConferenceEvent happened
        ? happened with { Conference = happened.Conference with { BeganAt = beganAt }, At = at } : end;

    private static ConferenceEvent.ConferenceEnded End(ConferenceFacts conference, Instant at, ConferenceEnd why) =>
        new(why, By: null) { Conference = conference, At = at };
}
