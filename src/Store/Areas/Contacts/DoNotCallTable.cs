using System.Data;
using System.Globalization;
using System.Runtime.InteropServices;
using Dapper;
using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// The do-not-call lists of the platform, of accounts and of those below them. Most numbers are on none, and that is known without asking
/// the database: <see cref="MayHold"/>. What is written is known on this node before it is answered, on others when they hear of it.
/// </summary>
public sealed class DoNotCallTable : IAsyncDisposable
{
    /// <summary>Of one write.</summary>
    public const int MostAtOnce = 500;
    private const string Channel = "ringwright_do_not_call", Everything = "*";
    private const int PageOfKeys = 20_000;
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1), FirstLoad = TimeSpan.FromSeconds(5);

    private const string Columns =
        "id, tenant_id, number, source, reason, added_by, evidence, leg_id, is_provisional, expires_at, created_at";
    private const string Living = "(expires_at is null or expires_at > @now)";
    internal const string SelectHolding = $"""
        select {Columns} from rw_do_not_call where tenant_id = @tenant and number = @number and {Living}
        union all select {Columns} from rw_do_not_call where tenant_id = @parent and number = @number and {Living}
        union all select {Columns} from rw_do_not_call where tenant_id is null and number = @number and {Living}
        """;
    internal const string SelectManyHolding = $"""
        select number from rw_do_not_call where tenant_id = @tenant and number in @numbers and {Living}
        union select number from rw_do_not_call where tenant_id = @parent and number in @numbers and {Living}
        union select number from rw_do_not_call where tenant_id is null and number in @numbers and {Living}
        """;
    internal const string Insert = $"insert into rw_do_not_call ({Columns}) values";
    /// <summary>Of two entries that which holds longer stands.</summary>
    private static readonly string Longer = """
        do update set id = excluded.id, source = excluded.source, reason = excluded.reason, added_by = excluded.added_by, evidence = excluded.evidence,
            leg_id = excluded.leg_id, is_provisional = excluded.is_provisional, expires_at = excluded.expires_at, created_at = excluded.created_at
        where rw_do_not_call.expires_at is not null and (excluded.expires_at is null or excluded.expires_at > rw_do_not_call.expires_at)
        returning number
        """;
    private const string OfTenant = "on conflict (tenant_id, number) where tenant_id is not null ",
        OfPlatform = "on conflict (number) where tenant_id is null ";
    internal const string Select = $"select {Columns} from rw_do_not_call where tenant_id = @tenant and number = @number";
    internal const string SelectPlatformAllTenants = $"select {Columns} from rw_do_not_call where tenant_id is null and number = @number";
    internal const string Delete = "delete from rw_do_not_call where tenant_id = @tenant and number = @number";
    internal const string DeletePlatformAllTenants = "delete from rw_do_not_call where tenant_id is null and number = @number";
    private const string Shown = "(cast(@number as text) is null or number = @number) and (not @provisional or is_provisional)";
    internal const string SelectPage = $"""
        select {Columns} from rw_do_not_call where tenant_id = @tenant and {Shown} order by number limit @limit offset @offset
        """;
    internal const string Count = $"select count(*) from rw_do_not_call where tenant_id = @tenant and {Shown}";
    internal const string SelectPlatformPageAllTenants =
        $"select {Columns} from rw_do_not_call where tenant_id is null and {Shown} order by number limit @limit offset @offset";
    internal const string CountPlatformAllTenants = $"select count(*) from rw_do_not_call where tenant_id is null and {Shown}";
    // An account and those below it, as far as whoever asks may see them.
    private const string OfSome = "(tenant_id in @tenants or (@platform and tenant_id is null))";
    /// <summary>By either number of the telephone: an entry for one holds for both.</summary>
    private const string ShownOfSome =
        "(cast(@number as text) is null or number in (@number, @second)) and (not @provisional or is_provisional)";
    internal const string SelectSomeAllTenants = $"""
        select {Columns} from rw_do_not_call where {OfSome} and {ShownOfSome} order by number, created_at, id limit @limit offset @offset
        """;
    internal const string CountSomeAllTenants = $"select count(*) from rw_do_not_call where {OfSome} and {ShownOfSome}";
    internal const string SelectNewest = $"""
        select {Columns} from rw_do_not_call where tenant_id = @tenant and created_at < @before
        order by created_at desc, id desc limit @limit
        """;
    // Whose it is is for who asks to say.
    internal const string SelectByIdAllTenants = $"select {Columns} from rw_do_not_call where id = @id";
    internal const string SelectKeysAllTenants =
        "select id, tenant_id, number from rw_do_not_call where id > @after order by id limit @limit";

    /// <summary>Rows of one statement: a few texts, because what is prepared is kept.</summary>
    private static readonly int[] Sizes = [MostAtOnce, 50, 5, 1];

    private readonly Sql _sql;
    private readonly NumberHash _hash;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly DoNotCallIndex _index = new();
    private readonly SemaphoreSlim _loading = new(1);
    private readonly CancellationTokenSource _stop = new();
    private IAsyncDisposable? _watch;
    private bool _isStarted;

    internal DoNotCallTable(Sql sql, NumberHash hash, TimeProvider time, ILogger logger) =>
        (_sql, _hash, _time, _logger) = (sql, hash, time, logger);

    internal DoNotCallIndex Index => _index;

    /// <summary>
    /// From now on the lists are kept in memory. Completes when they are, or after a few seconds: until they are, each call is looked up.
    /// </summary>
    public async Task StartAsync(CancellationToken stop)
    {
        _isStarted = true;
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _watch = _sql.Engine.Listen(Channel, Hear, _index.Doubt, LoadAsync);
        if (_watch is null) _ = LoadAtLastAsync();
        await first.Task.WaitAsync(FirstLoad, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        async Task LoadAsync()
        {
            await ReloadAsync().ConfigureAwait(false);
            first.TrySetResult();
        }

        async Task LoadAtLastAsync()
        {
            await KeepLoadingAsync().ConfigureAwait(false);
            first.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_watch is { } watch) await watch.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Hears of the numbers that this process has put onto an account's list, when that is committed; it must be short.</summary>
    public Action<TenantId, IReadOnlySet<string>>? Listed { get; set; }

    /// <summary>No list has anything.</summary>
    public bool IsEmpty => _index.IsEmpty;

    /// <summary>False for a number that no list has which holds for the account: then there is nothing to be looked up.</summary>
    /// <param name="parent">The account above it.</param>
    public bool MayHold(TenantId tenant, TenantId? parent, string number)
    {
        if (_index.IsEmpty) return false;
        return !_index.IsCurrent || Has(tenant, parent, number)
            || OneTelephone.OtherOf(number) is { } other && Has(tenant, parent, other);
    }

    /// <summary>
    /// The account's own list first, then that of the account above it, then the platform's; then those for the telephone's other number.
    /// </summary>
    /// <returns>Null when the number may be called.</returns>
    /// <exception cref="StoreUnavailableException">Nobody knows.</exception>
    public ValueTask<DoNotCallHold?> FindHoldAsync(TenantId tenant, TenantId? parent, string number, CancellationToken stop)
    {
        var now = _time.GetUtcNow();
        return _sql.ReadAsync(db => FindHold(db, tenant, parent, number, now)
            ?? (OneTelephone.OtherOf(number) is { } other ? FindHold(db, tenant, parent, other, now) : null), stop);
    }

    /// <summary>Those of some numbers, each once, that <see cref="FindHoldAsync"/> finds a hold of.</summary>
    /// <exception cref="StoreUnavailableException">Nobody knows.</exception>
    public ValueTask<IReadOnlySet<string>> ListHeldAsync(TenantId tenant, TenantId? parent, IEnumerable<string> numbers,
        CancellationToken stop)
    {
        string[] asked = [.. numbers.Where(number => MayHold(tenant, parent, number))];
        if (asked.Length == 0) return new(new HashSet<string>());
        var now = _time.GetUtcNow();
        TenantId[] owners = parent is { } above ? [tenant, above] : [tenant];
        return _sql.ReadAsync<IReadOnlySet<string>>(db =>
        {
            var held = new HashSet<string>(StringComparer.Ordinal);
            foreach (string[] some in OneTelephone.AllOf(asked).Distinct().Chunk(MostAtOnce))
            {
                held.UnionWith(db.Query<string>(SelectManyHolding, new { tenant, parent, numbers = new InList<string>(some), now }));
                var hashes = some.ToDictionary(_hash.TextOf, StringComparer.Ordinal);
                held.UnionWith(ContactTombstones.ListOf(db, owners, [.. hashes.Keys], now).Select(hash => hashes[hash]));
            }
            return asked.Where(number => OneTelephone.IsAmong(held, number)).ToHashSet(StringComparer.Ordinal);
        }, stop);
    }

    /// <summary>Adds entries of one owner, at most <see cref="MostAtOnce"/>, each number once.</summary>
    /// <param name="note">Is told how many are new, and says what the trail has of it.</param>
    /// <returns>The numbers that were not there, or not for so long; the others stay as they are.</returns>
    public async ValueTask<IReadOnlySet<string>> AddAsync(IReadOnlyList<DoNotCallEntry> entries, Func<int, AuditNote?> note,
        CancellationToken stop)
    {
        if (entries.Count == 0) return new HashSet<string>();
        if (entries.Count > MostAtOnce) throw new ArgumentException($"{entries.Count} entries at once", nameof(entries));
        var owner = entries[0].Owner;
        ulong[] keys = [.. entries.Select(entry => NumberHash.KeyOf(owner, _hash.Of(entry.Number)))];
        // Before it is there: whoever finds one too many asks the database.
        _index.Add(keys);
        string told = Convert.ToBase64String(MemoryMarshal.AsBytes(keys.AsSpan()));
        var listed = await _sql.WriteAsync<IReadOnlySet<string>>(db =>
        {
            var added = new HashSet<string>(StringComparer.Ordinal);
            for (int i = 0, size; i < entries.Count; i += size)
            {
                size = Sizes.First(rows => rows <= entries.Count - i);
                added.UnionWith(db.Query<string>(StatementOf(size, owner is null), ValuesOf(entries.Skip(i).Take(size))));
            }
            if (added.Count > 0)
            {
                AuditTable.Write(db, note(added.Count));
                _sql.Engine.Say(db, Channel, told);
            }
            return added;
        }, stop).ConfigureAwait(false);
        if (listed.Count > 0 && owner is { } account) Listed?.Invoke(account, listed);
        return listed;
    }

    /// <returns>What it was; null when there was none.</returns>
    public ValueTask<DoNotCallEntry?> RemoveAsync(TenantId? owner, string number, Func<DoNotCallEntry, AuditNote?> note,
        CancellationToken stop)
    {
        string hash = _hash.TextOf(number);
        return _sql.WriteAsync(db =>
        {
            if (Find(db, owner, number) is not { } known) return null;
            var which = new { tenant = owner, number };
            db.Execute(owner is null ? DeletePlatformAllTenants : Delete, which);
            if (owner is { } tenant) ContactTombstones.Forget(db, tenant, hash);
            AuditTable.Write(db, note(known));
            return known;
        }, stop);
    }

    public ValueTask<DoNotCallEntry?> FindAsync(TenantId? owner, string number, CancellationToken stop) =>
        _sql.ReadAsync(db => Find(db, owner, number), stop);

    /// <summary>By number; also those that hold no longer.</summary>
    public ValueTask<(IReadOnlyList<DoNotCallEntry> Rows, long Total)> ListAsync(TenantId? owner, string? number, bool isProvisional,
        int offset, int limit, CancellationToken stop)
    {
        var which = new { tenant = owner, number, provisional = isProvisional, limit, offset };
        return _sql.ReadAsync<(IReadOnlyList<DoNotCallEntry>, long)>(db => (
            [.. db.Query<Row>(owner is null ? SelectPlatformPageAllTenants : SelectPage, which).Select(row => row.ToEntry())],
            db.ExecuteScalar<long>(owner is null ? CountPlatformAllTenants : Count, which)), stop);
    }

    /// <summary>Of several accounts, and the platform's where they are wanted too: by number; also those that hold no longer.</summary>
    public ValueTask<(IReadOnlyList<DoNotCallEntry> Rows, long Total)> ListSomeAsync(IReadOnlyList<TenantId> owners, bool hasPlatform,
        string? number, bool isProvisional, int offset, int limit, CancellationToken stop)
    {
        var which = new
        {
            tenants = new InList<string>([.. owners.Select(owner => owner.ToString())]), platform = hasPlatform, number,
            second = number is null ? null : OneTelephone.OtherOf(number) ?? number, provisional = isProvisional, limit, offset,
        };
        return _sql.ReadAsync<(IReadOnlyList<DoNotCallEntry>, long)>(db => (
            [.. db.Query<Row>(SelectSomeAllTenants, which).Select(row => row.ToEntry())],
            db.ExecuteScalar<long>(CountSomeAllTenants, which)), stop);
    }

    /// <summary>The newest first; also those that hold no longer.</summary>
    /// <param name="before">Made earlier; null for the first page.</param>
    public ValueTask<IReadOnlyList<DoNotCallEntry>> ListNewestAsync(TenantId tenant, DateTimeOffset? before, int limit,
        CancellationToken stop) => _sql.ReadAsync<IReadOnlyList<DoNotCallEntry>>(
            db => [.. db.Query<Row>(SelectNewest, new { tenant, before = before ?? DateTimeOffset.MaxValue, limit }).Select(row =>
                row.ToEntry())], stop);

    /// <summary>Whosever it is.</summary>
    public ValueTask<DoNotCallEntry?> FindAsync(Guid id, CancellationToken stop) =>
        _sql.ReadAsync(db => db.Query<Row>(SelectByIdAllTenants, new { id }).FirstOrDefault()?.ToEntry(), stop);

    /// <summary>Rows come by another way. Other nodes hear of it when the transaction is committed.</summary>
    internal void TellAll(IDbConnection db) => _sql.Engine.Say(db, Channel, Everything);

    /// <summary>They have come.</summary>
    internal async ValueTask FollowAllAsync()
    {
        _index.Doubt();
        if (_isStarted) await ReloadAsync().ConfigureAwait(false);
    }

    /// <summary>Reads all there is.</summary>
    internal async Task ReloadAsync()
    {
        await _loading.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            long begunAt = _time.GetTimestamp();
            HashSet<ulong> keys;
            int load;
            do
            {
                load = _index.Begin();
                keys = await ReadKeysAsync().ConfigureAwait(false);
            }
            while (!_index.End(load, keys));
            _logger.DoNotCallLoaded(keys.Count, (long)_time.GetElapsedTime(begunAt).TotalMilliseconds);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<HashSet<ulong>> ReadKeysAsync()
    {
        var keys = new HashSet<ulong>();
        string? after = "";
        while (after is not null)
        {
            string from = after;
            after = await _sql.ReadAsync(db => ReadPage(db, from, keys), _stop.Token).ConfigureAwait(false);
        }
        var gone = await _sql.ReadAsync(ContactTombstones.ListOwners, _stop.Token).ConfigureAwait(false);
        foreach (var (owner, hash) in gone) keys.Add(NumberHash.KeyOf(owner, UInt128.Parse(hash, NumberStyles.HexNumber, null)));
        return keys;
    }

    /// <returns>The last of a full page; null behind the last.</returns>
    private string? ReadPage(IDbConnection db, string after, HashSet<ulong> keys)
    {
        using var reader = db.ExecuteReader(SelectKeysAllTenants, new { after, limit = PageOfKeys });
        string? last = null;
        int rows = 0;
        for (; reader.Read(); rows++)
        {
            last = reader.GetString(0);
            TenantId? owner = reader.IsDBNull(1) ? null : new(Guid.Parse(reader.GetString(1)));
            keys.Add(NumberHash.KeyOf(owner, _hash.Of(reader.GetString(2))));
        }
        return rows < PageOfKeys ? null : last;
    }

    private void Hear(string said)
    {
        if (said != Everything)
        {
            byte[] bytes = new byte[said.Length];
            if (Convert.TryFromBase64String(said, bytes, out int length) && length % sizeof(ulong) == 0)
            {
                _index.Add(MemoryMarshal.Cast<byte, ulong>(bytes.AsSpan(0, length)));
                return;
            }
        }
        _index.Doubt();
        _ = KeepLoadingAsync();
    }

    private async Task KeepLoadingAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await ReloadAsync().ConfigureAwait(false);
                return;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception failed)
            {
                // Each call is looked up meanwhile.
                _logger.DoNotCallNotLoaded(failed);
                await Task.Delay(BetweenTries, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private bool Has(TenantId tenant, TenantId? parent, string number)
    {
        var hash = _hash.Of(number);
        return _index.Has(NumberHash.KeyOf(null, hash)) || _index.Has(NumberHash.KeyOf(tenant, hash))
            || parent is { } above && _index.Has(NumberHash.KeyOf(above, hash));
    }

    private DoNotCallHold? FindHold(IDbConnection db, TenantId tenant, TenantId? parent, string number, DateTimeOffset now)
    {
        var rows = db.Query<Row>(SelectHolding, new { tenant, parent, number, now }).Select(row => row.ToEntry()).ToList();
        var entry = rows.Find(row => row.Owner == tenant) ?? rows.Find(row => row.Owner is not null) ?? rows.FirstOrDefault();
        if (entry is not null) return new(entry.Owner, entry);
        TenantId[] owners = parent is { } above ? [tenant, above] : [tenant];
        return ContactTombstones.FindOwner(db, owners, _hash.TextOf(number), now) is { } gone ? new(gone, null) : null;
    }

    private static DoNotCallEntry? Find(IDbConnection db, TenantId? owner, string number) =>
        db.QuerySingleOrDefault<Row>(owner is null ? SelectPlatformAllTenants : Select, new { tenant = owner, number })?.ToEntry();

    private static string RowOf(int i) =>
        $"(@id{i}, @tenant{i}, @number{i}, @source{i}, @reason{i}, @by{i}, @evidence{i}, @leg{i}, @provisional{i}, @expires{i}, @at{i})";

    private static string StatementOf(int rows, bool isPlatform) =>
        $"{Insert} {string.Join(", ", Enumerable.Range(0, rows).Select(RowOf))} {(isPlatform ? OfPlatform : OfTenant)}{Longer}";

    private static DynamicParameters ValuesOf(IEnumerable<DoNotCallEntry> entries)
    {
        var values = new DynamicParameters();
        foreach (var (i, entry) in entries.Index()) AddValues(values, i, entry);
        return values;
    }

    private static void AddValues(DynamicParameters values, int i, DoNotCallEntry entry)
    {
        values.Add($"id{i}", entry.Id);
        values.Add($"tenant{i}", entry.Owner);
        values.Add($"number{i}", entry.Number);
        values.Add($"source{i}", Names<DoNotCallSource>.Of(entry.Source));
        values.Add($"reason{i}", Names<DoNotCallReason>.Of(entry.Reason));
        values.Add($"by{i}", entry.AddedBy);
        values.Add($"evidence{i}", entry.Evidence);
        values.Add($"leg{i}", entry.Leg);
        values.Add($"provisional{i}", entry.IsProvisional);
        values.Add($"expires{i}", entry.ExpiresAt);
        values.Add($"at{i}", entry.At);
    }

    internal sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId? TenantId { get; init; }
        public string Number { get; init; } = "";
        public string Source { get; init; } = "";
        public string Reason { get; init; } = "";
        public string AddedBy { get; init; } = "";
        public string? Evidence { get; init; }
        public string? LegId { get; init; }
        public bool IsProvisional { get; init; }
        public DateTimeOffset? ExpiresAt { get; init; }
        public DateTimeOffset CreatedAt { get; init; }

        public DoNotCallEntry ToEntry() => new()
        {
            Id = Id, Owner = TenantId, Number = Number, Source = Names<DoNotCallSource>.Parse(Source),
            Reason = Names<DoNotCallReason>.Parse(Reason), AddedBy = AddedBy, Evidence = Evidence, Leg = LegId,
            IsProvisional = IsProvisional, ExpiresAt = ExpiresAt, At = CreatedAt,
        };
    }
}
