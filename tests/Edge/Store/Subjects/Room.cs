using System.Data;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Ledgers;

namespace Ringwright.Edge.Store.Subjects;

/// <summary>
/// What happens to a room: a second kind of subjects, as small as one can be. It has a name, people enter, and it closes.
/// </summary>
internal abstract record RoomEvent : SubjectEvent
{
    public required UInt128 Room { get; init; }
    public required TenantId Owner { get; init; }
    public required Instant OpenedAt { get; init; }

    public sealed override Subject Subject => new(SubjectKind.Conference, Room);
    public sealed override TenantId Tenant => Owner;
    public sealed override Instant BeganAt => OpenedAt;
    public sealed override LifeStage Stage => this switch
    {
        Opened => LifeStage.First,
        Closed => LifeStage.Last,
        Transcribed => LifeStage.Whenever,
        _ => LifeStage.Within,
    };

    public sealed record Opened(string Name) : RoomEvent;
    public sealed record Entered(string Who) : RoomEvent;
    public sealed record Closed(string Why) : RoomEvent;
    /// <summary>Follows the end at once.</summary>
    public sealed record Counted(int Guests) : RoomEvent;
    public sealed record Transcribed(string Text) : RoomEvent;
}

/// <summary>Writes the events of one room.</summary>
internal sealed class RoomScript(TenantId tenant, UInt128 id)
{
    public Subject Subject => new(SubjectKind.Conference, id);

    public RoomEvent Opened(double at = 1) =>
        new RoomEvent.Opened("lobby") { Room = id, Owner = tenant, OpenedAt = Script.At(1), At = Script.At(at) };
    public RoomEvent Entered(string who, double at = 2) =>
        new RoomEvent.Entered(who) { Room = id, Owner = tenant, OpenedAt = Script.At(1), At = Script.At(at) };
    public RoomEvent Closed(double at = 5) =>
        new RoomEvent.Closed("all left") { Room = id, Owner = tenant, OpenedAt = Script.At(1), At = Script.At(at) };
    public RoomEvent Transcribed(double at = 9) =>
        new RoomEvent.Transcribed("hello") { Room = id, Owner = tenant, OpenedAt = Script.At(1), At = Script.At(at) };
}

/// <summary>Keeps a row for each room, counts its guests, and closes at the next start what a crash left open.</summary>
internal sealed class RoomWriter : SubjectWriter
{
    public const string Table =
        "create table test_room (id text not null primary key, tenant_id text not null, name text not null, guests integer not null, "
        + "is_open integer not null)";

    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new InstantConverter(), new TenantIdConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsDerived } },
    };

    public override SubjectKind Kind => SubjectKind.Conference;

    public override EventJson Events { get; } = new(typeof(RoomEvent).GetNestedTypes().Select(Json.GetTypeInfo));

    public override SubjectTimes Begin(SubjectEvent happened, WallTie tie) => SubjectTimes.Begin(happened, tie);

    public override bool Write(ILedgerStep step, SubjectEvent happened, SubjectTimes times, DateTimeOffset at, string? recoveryBye)
    {
        var which = new { id = happened.Subject.Id, tenant = happened.Tenant };
        switch (happened)
        {
            case RoomEvent.Opened opened:
                step.Db.Execute("insert into test_room values (@id, @tenant, @name, 0, 1)",
                    new { which.id, which.tenant, name = opened.Name });
                break;
            case RoomEvent.Entered:
                step.Db.Execute("update test_room set guests = guests + 1 where id = @id", which);
                break;
            case RoomEvent.Closed closed:
                step.Db.Execute("update test_room set is_open = 0 where id = @id", which);
                int guests = step.Db.ExecuteScalar<int>("select guests from test_room where id = @id", which);
                step.Follow(
                    new RoomEvent.Counted(guests) { Room = closed.Room, Owner = closed.Owner, OpenedAt = closed.OpenedAt, At = closed.At });
                break;
        }
        return true;
    }

    public override SubjectEvent Abandoned(SubjectEvent first) => Close((RoomEvent)first, first.At, "never opened");

    public override async Task<IReadOnlyList<Orphan>> ListOrphansAsync(Ledger ledger, Database database, int node,
        IRecordingFiles? files, CancellationToken stop)
    {
        var open = await database.Sql.ReadAsync(
            db => db.Query<(string Id, string Tenant)>("select id, tenant_id from test_room where is_open = 1").AsList(), stop);
        var orphans = new List<Orphan>();
        foreach (var (id, tenant) in open)
        {
            if (!Subject.TryParse(Kind, id, out var room)) throw new FormatException($"'{id}' is no room.");
            var last = (await database.Events.FindLastAsync(new(Guid.Parse(tenant)), room, stop))!;     // a room has a first event
            orphans.Add(new(Close((RoomEvent)last.ToEvent(), last.ToEvent().At, "the node stopped"),
                new() { Tie = ledger.Anchor.Tie, StartedAt = last.At, LastAt = last.At }));
        }
        return orphans;
    }

    private static RoomEvent.Closed Close(RoomEvent known, Instant at, string why) =>
        new(why) { Room = known.Room, Owner = known.Owner, OpenedAt = known.OpenedAt, At = at };

    private static void LeaveOutWhatIsDerived(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.Set is null).ToArray()) type.Properties.Remove(property);
    }
}

/// <summary>Tells of rooms, and of nothing else.</summary>
internal sealed class RoomProjector(string url) : IProjector
{
    public IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt) =>
        happened is not RoomEvent room ? [] :
    [
        new()
        {
            Id = Guid.NewGuid(),
            Tenant = room.Tenant,
            OrderKey = room.Subject.OrderKey,
            Format = "plain",
            EventType = room.GetType().Name,
            Url = url,
            OccurredAt = at,
            Body = $$"""{"type":"{{room.GetType().Name}}","room_age":{{(at - startedAt).TotalSeconds}}}""",
        },
    ];
}
