using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls.Texts;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>The operator's carriers of texts. They belong to no tenant. Passwords are encrypted at rest.</summary>
public sealed class TextCarrierTable
{
    private const string Columns = """
        id, name, is_enabled, host, port, is_tls, system_id, password, system_type, prefixes, priority, rate, window_size, alphabet, joining,
            on_unknown, created_at, updated_at, http, secret_hash, has_receipts, receive_port
        """;
    internal const string SelectAll = $"select {Columns} from rw_text_carrier order by created_at, id";
    internal const string Select = $"select {Columns} from rw_text_carrier where id = @id";
    internal const string CountName = "select count(*) from rw_text_carrier where name = @Name and id <> @Id";
    internal const string Insert = $"""
        insert into rw_text_carrier ({Columns})
        values (@Id, @Name, @IsEnabled, @Host, @Port, @IsTls, @SystemId, @Password, @SystemType, @Prefixes, @Priority, @Rate, @WindowSize,
            @Alphabet, @Joining, @OnUnknown, @UpdatedAt, @UpdatedAt, @Http, @SecretHash, @HasReceipts,
            @ReceivePort)
        """;
    internal const string Update = """
        update rw_text_carrier set name = @Name, is_enabled = @IsEnabled, host = @Host, port = @Port, is_tls = @IsTls, system_id = @SystemId,
            password = @Password, system_type = @SystemType, prefixes = @Prefixes, priority = @Priority, rate = @Rate,
            window_size = @WindowSize, alphabet = @Alphabet, joining = @Joining, on_unknown = @OnUnknown, updated_at = @UpdatedAt,
            http = @Http, secret_hash = @SecretHash, has_receipts = @HasReceipts, receive_port = @ReceivePort
        where id = @Id
        """;
    internal const string CountOpenAllTenants = """
        select count(*) from rw_text_part where carrier_id = @id and state in ('ready', 'submitting', 'in_doubt')
        """;
    internal const string Delete = "delete from rw_text_carrier where id = @id";
    // What it was yet to say or to bring.
    internal const string DeleteReceipts = "delete from rw_text_receipt where carrier_id = @id";
    internal const string DeleteArrivals = "delete from rw_text_arrival where carrier_id = @id";
    internal const string DeleteFragmentsAllTenants = "delete from rw_text_fragment where carrier_id = @id";

    private readonly Sql _sql;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;
    private TaskCompletionSource _changed = Bell();

    internal TextCarrierTable(Sql sql, SecretBox box, TimeProvider time) => (_sql, _box, _time) = (sql, box, time);

    /// <summary>Completes when this process has changed one.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Oldest first.</summary>
    public async ValueTask<IReadOnlyList<Stored<TextCarrier>>> ListAsync(CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectAll), stop).ConfigureAwait(false)).Select(row => row.ToStored(_box))];

    public async ValueTask<Stored<TextCarrier>?> FindAsync(Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { id }), stop).ConfigureAwait(false))?.ToStored(_box);

    /// <returns>Duplicate when the name is taken.</returns>
    public ValueTask<WriteOutcome> InsertAsync(TextCarrier carrier, CancellationToken stop) => WriteAsync(Insert, carrier, stop);

    public ValueTask<WriteOutcome> UpdateAsync(TextCarrier carrier, CancellationToken stop) => WriteAsync(Update, carrier, stop);

    /// <returns>InUse while a text is on its way by it.</returns>
    public async ValueTask<WriteOutcome> DeleteAsync(Guid id, CancellationToken stop)
    {
        var which = new { id };
        var outcome = await _sql.WriteAsync(db =>
        {
            if (db.ExecuteScalar<long>(CountOpenAllTenants, which) > 0) return WriteOutcome.InUse;
            foreach (string left in (string[])[DeleteReceipts, DeleteArrivals, DeleteFragmentsAllTenants]) db.Execute(left, which);
            return db.Execute(Delete, which) == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
        }, stop).ConfigureAwait(false);
        Ring();
        return outcome;
    }

    internal static string PasswordPurpose(Guid id) => $"password of text carrier {id}";

    private async ValueTask<WriteOutcome> WriteAsync(string statement, TextCarrier carrier, CancellationToken stop)
    {
        var row = Row.Of(carrier, _box, _time.GetUtcNow());
        var outcome = await _sql.WriteAsync(db => db.ExecuteScalar<long>(CountName, row) > 0 ? WriteOutcome.Duplicate
            : db.Execute(statement, row) == 1 ? WriteOutcome.Done : WriteOutcome.Missing, stop).ConfigureAwait(false);
        Ring();
        return outcome;
    }

    private void Ring() => Interlocked.Exchange(ref _changed, Bell()).SetResult();

    private static TaskCompletionSource Bell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Name { get; init; } = "";
        public bool IsEnabled { get; init; }
        public string Host { get; init; } = "";
        public int Port { get; init; }
        public bool IsTls { get; init; }
        public string SystemId { get; init; } = "";
        public string Password { get; init; } = "";
        public string SystemType { get; init; } = "";
        public string Prefixes { get; init; } = "[]";
        public int Priority { get; init; }
        public int Rate { get; init; }
        public int WindowSize { get; init; }
        public string Alphabet { get; init; } = "";
        public string Joining { get; init; } = "";
        public string OnUnknown { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        public string? Http { get; init; }
        public string? SecretHash { get; init; }
        public bool HasReceipts { get; init; }
        public int? ReceivePort { get; init; }

        public static Row Of(TextCarrier carrier, SecretBox box, DateTimeOffset at) => new()
        {
            Id = carrier.Id, Name = carrier.Name, IsEnabled = carrier.IsEnabled, Host = carrier.Host, Port = carrier.Port,
            IsTls = carrier.IsTls, SystemId = carrier.SystemId, Password = box.SealText(carrier.Password, PasswordPurpose(carrier.Id)),
            SystemType = carrier.SystemType, Prefixes = JsonLists.Write(carrier.Prefixes), Priority = carrier.Priority, Rate = carrier.Rate,
            WindowSize = carrier.Window, Alphabet = Names<SmppAlphabet>.Of(carrier.Alphabet),
            Joining = Names<SmppJoining>.Of(carrier.Joining), OnUnknown = Names<TextDoubt>.Of(carrier.OnUnknown), CreatedAt = at,
            UpdatedAt = at, Http = carrier.Http is { } way ? HttpTextDocument.Write(way).ToJsonString() : null,
            SecretHash = carrier.SecretHash, HasReceipts = carrier.HasReceipts, ReceivePort = carrier.ReceivePort,
        };

        public Stored<TextCarrier> ToStored(SecretBox box) => new(new()
        {
            Id = Id, Name = Name, IsEnabled = IsEnabled, Host = Host, Port = Port, IsTls = IsTls, SystemId = SystemId,
            Password = box.UnsealText(Password, PasswordPurpose(Id)), SystemType = SystemType, Prefixes = JsonLists.Read(Prefixes),
            Priority = Priority, Rate = Rate, Window = WindowSize, Alphabet = Names<SmppAlphabet>.Parse(Alphabet),
            Joining = Names<SmppJoining>.Parse(Joining), OnUnknown = Names<TextDoubt>.Parse(OnUnknown), SecretHash = SecretHash,
            HasReceipts = HasReceipts, ReceivePort = ReceivePort,
            Http = Http is null ? null : HttpTextDocument.Read(JsonNode.Parse(Http)!.AsObject()),     // our own writing
        }, CreatedAt, UpdatedAt);
    }
}
