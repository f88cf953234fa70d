using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A national do-not-call registry as it was at a moment.</summary>
public sealed record RegistrySnapshot
{
    /// <summary>The operator's own name for it.</summary>
    public required string Name { get; init; }
    /// <summary>Of the numbers that it speaks for, with the plus: "+1".</summary>
    public required string Prefix { get; init; }
    /// <summary>Under which its numbers were brought in.</summary>
    public required Guid Load { get; init; }
    public long Numbers { get; init; }
    /// <summary>Once it is old, calls by it are placed, and the attempts say so.</summary>
    public required bool WarnsWhenStale { get; init; }
    /// <summary>When it was true.</summary>
    public required DateTimeOffset TakenAt { get; init; }
    public required DateTimeOffset LoadedAt { get; init; }

    /// <summary>47 CFR 64.1200(c)(2)(i)(D): a version from not more than 31 days before the call.</summary>
    private static readonly TimeSpan MostAge = TimeSpan.FromDays(31);

    public bool IsStale(DateTimeOffset now) => now - TakenAt > MostAge;
}

/// <summary>What a registry says of a number that it speaks for.</summary>
public sealed record RegistryAnswer(RegistrySnapshot Registry, bool IsListed);

/// <summary>
/// Snapshots of national do-not-call registries. A new one is brought in beside the old one, piece by piece, and takes its place in one
/// transaction: whoever asks meanwhile is answered by the old one, whole.
/// </summary>
public sealed class RegistryTable
{
    /// <summary>Of one write.</summary>
    public const int MostAtOnce = 5_000;
    /// <summary>Of one question.</summary>
    private const int MostAsked = 500;
    private const int Piece = 20_000;
    /// <summary>A load that nobody has gone on with so long was broken off.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private const string Columns = "name, prefix, load_id, numbers, warns_when_stale, taken_at, loaded_at";
    internal const string SelectAll = $"select {Columns} from rw_registry order by name";
    internal const string SelectNumber = "select count(*) from rw_registry_number where load_id = @load and number = @number";
    internal const string SelectNumbers = "select number from rw_registry_number where load_id = @load and number in @numbers";
    internal const string CountUses = "select count(*) from rw_registry where load_id = @load";
    private const string InsertNumbers = "insert into rw_registry_number (load_id, number) values";
    internal const string UpsertLoad = """
        insert into rw_registry_load (id, numbers, created_at) values (@load, @added, @at)
        on conflict (id) do update set numbers = rw_registry_load.numbers + excluded.numbers, created_at = excluded.created_at
        """;
    internal const string SelectLoad = "select numbers from rw_registry_load where id = @load";
    internal const string Upsert = $"""
        insert into rw_registry ({Columns}) values (@name, @prefix, @load, @numbers, @warns, @taken, @at)
        on conflict (name) do update set prefix = excluded.prefix, load_id = excluded.load_id, numbers = excluded.numbers,
            warns_when_stale = excluded.warns_when_stale, taken_at = excluded.taken_at, loaded_at = excluded.loaded_at
        """;
    internal const string Delete = "delete from rw_registry where name = @name";
    // Of what took its place, what was taken away and what was broken off.
    internal const string SelectUnused = """
        select id from rw_registry_load where id not in (select load_id from rw_registry) and (id = @old or created_at < @before)
        order by id
        """;
    internal const string DeleteNumbers = """
        delete from rw_registry_number where load_id = @load and number in (
            select number from rw_registry_number where load_id = @load order by number limit @limit)
        """;
    internal const string DeleteLoad = "delete from rw_registry_load where id = @load";

    /// <summary>Rows of one statement: a few texts, because what is prepared is kept.</summary>
    private static readonly int[] Sizes = [500, 50, 5, 1];

    private readonly Sql _sql;

    internal RegistryTable(Sql sql) => _sql = sql;

    /// <summary>By name.</summary>
    public ValueTask<IReadOnlyList<RegistrySnapshot>> ListAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<RegistrySnapshot>>(db => [.. db.Query<Row>(SelectAll).Select(row => row.ToSnapshot())], stop);

    /// <summary>What each registry says of the number; none where none speaks for it.</summary>
    public ValueTask<IReadOnlyList<RegistryAnswer>> AskAsync(string number, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<RegistryAnswer>>(db =>
        [
            .. db.Query<Row>(SelectAll).AsList().Where(row => number.StartsWith(row.Prefix, StringComparison.Ordinal))
                .Select(row => new RegistryAnswer(row.ToSnapshot(), IsListed(db, row.LoadId, number)
                    || OneTelephone.OtherOf(number) is { } other && IsListed(db, row.LoadId, other))),
        ], stop);

    /// <summary>Which of many numbers stand in a snapshot that speaks for them.</summary>
    public ValueTask<IReadOnlySet<string>> ListAsync(IReadOnlyList<RegistrySnapshot> registries, IReadOnlyList<string> numbers,
        CancellationToken stop) => _sql.ReadAsync<IReadOnlySet<string>>(db =>
        {
            var listed = new HashSet<string>(StringComparer.Ordinal);
            var all = OneTelephone.AllOf(numbers);
            foreach (var registry in registries)
                foreach (string[] some in all.Where(one => one.StartsWith(registry.Prefix, StringComparison.Ordinal)).Chunk(MostAsked))
                    listed.UnionWith(db.Query<string>(SelectNumbers, new { load = registry.Load, numbers = new InList<string>(some) }));
            return listed.Count == 0 ? listed : numbers.Where(one => OneTelephone.IsAmong(listed, one)).ToHashSet(StringComparer.Ordinal);
        }, stop);

    /// <summary>More numbers for a snapshot that nobody is asked by yet.</summary>
    /// <param name="numbers">At most <see cref="MostAtOnce"/>, in +E.164 form.</param>
    /// <returns>How many the load did not have before; null when a registry has taken it already.</returns>
    public ValueTask<int?> AddAsync(Guid load, IReadOnlyList<string> numbers, DateTimeOffset at, CancellationToken stop)
    {
        if (numbers.Count > MostAtOnce) throw new ArgumentException($"{numbers.Count} numbers at once", nameof(numbers));
        return _sql.WriteAsync<int?>(db =>
        {
            if (db.ExecuteScalar<long>(CountUses, new { load }) > 0) return null;
            int added = 0;
            for (int i = 0, size; i < numbers.Count; i += size)
            {
                size = Sizes.First(rows => rows <= numbers.Count - i);
                added += db.Execute(StatementOf(size), ValuesOf(load, numbers.Skip(i).Take(size)));
            }
            db.Execute(UpsertLoad, new { load, added = (long)added, at });
            return added;
        }, stop, CommitPriority.Later, isPiece: true);
    }

    /// <summary>From now on the registry says what was brought in under the load, and nothing else.</summary>
    /// <returns>Null when nothing was brought in under it.</returns>
    public async ValueTask<RegistrySnapshot?> ReplaceAsync(RegistrySnapshot registry, CancellationToken stop)
    {
        var (made, old) = await _sql.WriteAsync<(RegistrySnapshot?, Guid?)>(db =>
        {
            long numbers = db.ExecuteScalar<long?>(SelectLoad, new { load = registry.Load }) ?? 0;
            if (numbers == 0) return (null, null);
            var before = db.Query<Row>(SelectAll).FirstOrDefault(row => row.Name == registry.Name);
            db.Execute(Upsert, new
            {
                name = registry.Name, prefix = registry.Prefix, load = registry.Load, numbers, warns = registry.WarnsWhenStale,
                taken = registry.TakenAt, at = registry.LoadedAt,
            });
            return (registry with { Numbers = numbers }, before?.LoadId);
        }, stop).ConfigureAwait(false);
        if (made is not null) await ForgetUnusedAsync(old, registry.LoadedAt, stop).ConfigureAwait(false);
        return made;
    }

    /// <returns>What it was; null when there was none.</returns>
    public async ValueTask<RegistrySnapshot?> RemoveAsync(string name, DateTimeOffset at, CancellationToken stop)
    {
        var gone = await _sql.WriteAsync(db =>
        {
            var known = db.Query<Row>(SelectAll).FirstOrDefault(row => row.Name == name)?.ToSnapshot();
            if (known is not null) db.Execute(Delete, new { name });
            return known;
        }, stop).ConfigureAwait(false);
        if (gone is not null) await ForgetUnusedAsync(gone.Load, at, stop).ConfigureAwait(false);
        return gone;
    }

    /// <summary>In pieces: what calls write goes between two. What a stop leaves is taken away with the next snapshot.</summary>
    private async ValueTask ForgetUnusedAsync(Guid? old, DateTimeOffset at, CancellationToken stop)
    {
        var which = new { old = old ?? Guid.Empty, before = at - Abandoned };
        foreach (var load in await _sql.ReadAsync(db => db.Query<Guid>(SelectUnused, which).AsList(), stop).ConfigureAwait(false))
        {
            int gone;
            do
            {
                gone = await _sql.WriteAsync(db => db.Execute(DeleteNumbers, new { load, limit = Piece }), stop, CommitPriority.Later)
                    .ConfigureAwait(false);
            }
            while (gone == Piece);
            await _sql.WriteAsync(db => db.Execute(DeleteLoad, new { load }), stop, CommitPriority.Later).ConfigureAwait(false);
        }
    }

    private static bool IsListed(IDbConnection db, Guid load, string number) =>
        db.ExecuteScalar<long>(SelectNumber, new { load, number }) > 0;

    private static string StatementOf(int rows) =>
        $"{InsertNumbers} {string.Join(", ", Enumerable.Range(0, rows).Select(i => $"(@load, @number{i})"))} on conflict do nothing";

    private static DynamicParameters ValuesOf(Guid load, IEnumerable<string> numbers)
    {
        var values = new DynamicParameters();
        values.Add("load", load);
        foreach (var (i, number) in numbers.Index()) values.Add($"number{i}", number);
        return values;
    }

    internal sealed record Row
    {
        public string Name { get; init; } = "";
        public string Prefix { get; init; } = "";
        public Guid LoadId { get; init; }
        public long Numbers { get; init; }
        public bool WarnsWhenStale { get; init; }
        public DateTimeOffset TakenAt { get; init; }
        public DateTimeOffset LoadedAt { get; init; }

        public RegistrySnapshot ToSnapshot() => new()
        {
            Name = Name, Prefix = Prefix, Load = LoadId, Numbers = Numbers, WarnsWhenStale = WarnsWhenStale, TakenAt = TakenAt,
            LoadedAt = LoadedAt,
        };
    }
}
