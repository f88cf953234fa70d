using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>What the operator sees of the conferences and queues of all accounts, while they are live.</summary>
public abstract class LiveTableTests(Product product)
{
    private static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task A_conference_is_listed_with_who_takes_part_now_and_not_when_it_is_over()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var ledger = Open(test);
        var live = test.Database.LiveConferences;
        Script a = new(acme, 1, Direction.Inbound), b = new(acme, 2), c = new(acme, 3), gone = new(acme, 4);
        var (board, others) = (new Conferring(a, 50, "board"), new Conferring(new Script(other, 5), 51, "board"));
        Assert.Empty((await live.ListAsync(new(), 0, 10, Stop)).Rows);
        await AppendAsync(ledger, a.Initiated(), b.Initiated(), c.Initiated(), gone.Initiated(), board.Began(2), others.Began(3),
            board.Joined(a, 4, new() { EndsConference = true }), board.Joined(gone, 5, new()),
            board.Joined(b, 6, new() { Role = SupervisorRole.Whisper, WhispersTo = [c.Facts.Id, gone.Facts.Id] }),
            board.Joined(c, 7, new()), board.Changed(c, 8, new() { IsMuted = true, IsOnHold = true }), board.Left(gone, 9));

        var (rows, total) = await live.ListAsync(new(), 0, 10, Stop);
        Assert.Equal([board.Uuid, others.Uuid], rows.Select(row => row.Uuid));
        Assert.Equal(2, total);
        var row = rows[0];
        Assert.Equal((acme, "board", ConferenceStatus.InProgress, 1), (row.Tenant, row.Name, row.Status, row.Id.Node));
        Assert.Equal((3, 1, 1, 1), (row.Size, row.Muted, row.OnHold, row.Supervisors));
        Assert.Equal(row.CreatedAt + ConferenceTerms.UsualLength, row.ExpiresAt);
        Assert.Equal(0, rows[1].Size);
        Assert.Equal(others.Uuid, Assert.Single((await live.ListAsync(new(), 1, 10, Stop)).Rows).Uuid);
        Assert.Equal(board.Uuid, Assert.Single((await live.ListAsync(new() { Tenant = acme, Name = "board" }, 0, 10, Stop)).Rows).Uuid);
        Assert.Equal(0, (await live.ListAsync(new() { Name = "Board" }, 0, 10, Stop)).Total);
        Assert.Null(await live.FindAsync(Guid.NewGuid(), Stop));

        var (inside, count) = await live.ListParticipantsAsync((await live.FindAsync(board.Uuid, Stop))!, 0, 10, Stop);
        Assert.Equal([a.Facts.Uuid, b.Facts.Uuid, c.Facts.Uuid], inside.Select(one => one.Call.LegUuid));
        Assert.Equal(3, count);
        Assert.Equal((Direction.Inbound, a.Facts.From, a.Facts.To),
            (inside[0].Call.Direction, inside[0].Call.From, inside[0].Call.To));
        Assert.Equal((true, SupervisorRole.None), (inside[0].As.EndsConference, inside[0].As.Role));
        Assert.Equal(SupervisorRole.Whisper, inside[1].As.Role);
        Assert.Equal([c.Facts.Uuid], inside[1].WhispersTo);
        Assert.Equal((true, true), (inside[2].As.IsMuted, inside[2].As.IsOnHold));
        // Whom one whispers to may be on another page, and another account's row shows nobody of this one.
        Assert.Equal([c.Facts.Uuid], Assert.Single((await live.ListParticipantsAsync(row, 1, 1, Stop)).Rows).WhispersTo);
        Assert.Empty((await live.ListParticipantsAsync(row with { Tenant = other }, 0, 10, Stop)).Rows);
        // Customers filter by the same column.
        foreach (bool asked in new[] { true, false })
            Assert.Equal(asked ? 1 : 3, (await test.Database.Conferences.ListParticipantsAsync(acme, row.Id, new(null, null, asked), 0, 10,
                Stop)).Total);

        await AppendAsync(ledger, board.Ended(10));
        Assert.Equal(others.Uuid, Assert.Single((await live.ListAsync(new(), 0, 10, Stop)).Rows).Uuid);
        Assert.Null(await live.FindAsync(board.Uuid, Stop));
        Assert.Empty((await live.ListParticipantsAsync(row, 0, 10, Stop)).Rows);
    }

    [Fact]
    public async Task Customers_list_their_own_by_name_status_and_connection()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var ledger = Open(test);
        Script a = new(acme, 1), b = new(other, 2);
        Conferring first = new(a, 50, "board"), second = new(a, 51, "staff"), theirs = new(b, 52, "board");
        await AppendAsync(ledger, a.Initiated(), b.Initiated(), first.Began(2), second.Began(3), theirs.Began(4), first.Ended(5));
        Assert.Equal([second.Uuid, first.Uuid], await FoundAsync(new()));
        Assert.Equal([first.Uuid], await FoundAsync(new() { Name = "board" }));
        Assert.Equal([second.Uuid], await FoundAsync(new() { Status = ConferenceStatus.InProgress }));
        Assert.Equal([second.Uuid, first.Uuid], await FoundAsync(new() { Connections = [new(1), a.Facts.Connection] }));
        Assert.Empty(await FoundAsync(new() { Connections = [new(7)] }));

        async Task<IEnumerable<Guid>> FoundAsync(ConferenceQuery query)
        {
            var (rows, total) = await test.Database.Conferences.ListAsync(acme, query, 0, 10, Stop);
            Assert.Equal(rows.Count, total);
            return rows.Select(row => row.Uuid);
        }
    }

    [Fact]
    public async Task A_queue_is_listed_with_its_waits_and_its_calls_page_by_page()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var ledger = Open(test);
        var live = test.Database.LiveQueues;
        Script a = new(acme, 1, Direction.Inbound), b = new(acme, 2, Direction.Inbound);
        QueueFacts support = Queue(acme, 50), theirs = Queue(other, 51, node: 7);
        await AppendAsync(ledger, a.Initiated(), b.Initiated(), new QueueEvent.QueueBegan { Queue = support, At = Script.At(1) },
            new QueueEvent.QueueBegan { Queue = theirs, At = Script.At(2) }, In(b, support, 1, 3), In(a, support, 2, 7));

        var (rows, total) = await live.ListAsync(new(), 0, 10, Stop);
        Assert.Equal([support.Uuid, theirs.Uuid], rows.Select(row => row.Uuid));
        Assert.Equal(2, total);
        Assert.Equal((acme, "support", 20, 2, 1), (rows[0].Tenant, rows[0].Name, rows[0].MaxSize, rows[0].Size, rows[0].Node));
        Assert.Equal(Script.Anchor.Wall.AddSeconds(3), rows[0].LongestSince);
        Assert.InRange((rows[0].AverageSince - Script.Anchor.Wall)!.Value.TotalSeconds, 4.99, 5.01);
        Assert.Equal((0, 7, null, null), (rows[1].Size, rows[1].Node, rows[1].LongestSince, rows[1].AverageSince));
        Assert.Equal(theirs.Uuid, Assert.Single((await live.ListAsync(new() { Tenant = other, Name = "support" }, 0, 10, Stop)).Rows).Uuid);

        var (calls, count) = await live.ListCallsAsync((await live.FindAsync(support.Uuid, Stop))!, 0, 10, Stop);
        Assert.Equal(2, count);
        Assert.Equal([(1, b.Facts.Uuid), (2, a.Facts.Uuid)], calls.Select(call => (call.Position, call.Call.LegUuid)));
        Assert.Equal(2, Assert.Single((await live.ListCallsAsync(rows[0], 1, 1, Stop)).Rows).Position);
        Assert.Empty((await live.ListCallsAsync(rows[0] with { Tenant = other }, 0, 10, Stop)).Rows);

        await AppendAsync(ledger, new QueueEvent.QueueEnded(QueueEnd.Empty) { Queue = support, At = Script.At(9) });
        Assert.Null(await live.FindAsync(support.Uuid, Stop));
    }

    private static Ledger Open(TestDatabase test) => new(test.Database, Script.Anchor, [], NullLogger.Instance);

    private static async Task AppendAsync(Ledger ledger, params SubjectEvent[] events)
    {
        foreach (var happened in events) Assert.True(await ledger.AppendAsync(happened), happened.ToString());
    }

    private static QueueFacts Queue(TenantId tenant, uint counter, int node = 1) =>
        new(new(LegId.Compose(node, 0, 1, counter, 9).Value), Guid.NewGuid(), tenant, "support", 20, Script.At(1));

    private static CallEvent In(Script leg, QueueFacts queue, long entry, double at) =>
        new CallEvent.LegEnqueued(queue.Id, queue.Name, entry)
        {
            Leg = leg.Facts, At = Script.At(at), Position = (int)entry, AverageWait = TimeSpan.Zero
        };
}

public sealed class LiveTableOnSqlite() : LiveTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class LiveTableOnPostgres() : LiveTableTests(Product.Postgres);
