using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>What an event of a queue means for its row. Who waits in it is written with the events of legs.</summary>
internal sealed class QueueWriter : LiveRowWriter
{
    public override SubjectKind Kind => SubjectKind.Queue;

    public override EventJson Events => EventJson.OfQueues;

    public override SubjectTimes Begin(SubjectEvent happened, WallTie tie) => SubjectTimes.Begin(happened, tie);

    public override SubjectEvent Abandoned(SubjectEvent first) => End(((QueueEvent)first).Queue, first.At, QueueEnd.Internal);

    public override bool Write(ILedgerStep step, SubjectEvent happened, SubjectTimes times, DateTimeOffset at, string? recoveryBye)
    {
        QueueTable.Write(step.Db, (QueueEvent)happened, at);
        return true;
    }

    protected override ValueTask<IReadOnlyList<(Subject Subject, TenantId Tenant)>> ListLiveAsync(Database database,
        CancellationToken stop) => database.Queues.ListOfAllTenantsAsync(stop);

    protected override SubjectEvent EndByRestart(SubjectEvent last, Instant beganAt, Instant at) =>
        End(((QueueEvent)last).Queue with { BeganAt = beganAt }, at, QueueEnd.NodeRestart);

    private static QueueEvent.QueueEnded End(QueueFacts queue, Instant at, QueueEnd why) => new(why) { Queue = queue, At = at };
}
