using System.Data;
using Dapper;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A price list without its prices. <paramref name="Revision"/> is 0 before the first import.</summary>
public sealed record RateDeckHead(Guid Id, string Name, bool IsDefault, long Revision, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>What an import changed. Prices that were in force already are not written again.</summary>
public readonly record struct RateImport(int Written, int Known);

/// <summary>The operator's price lists. They belong to no tenant.</summary>
public sealed class RateDeckTable
{
    private const string Columns = "id, name, is_default, first_revision, revision, created_at, updated_at";
    internal const string SelectAll = $"select {Columns} from rw_rate_deck order by created_at, id";
    internal const string Select = $"select {Columns} from rw_rate_deck where id = @id";
    internal const string Insert = $"insert into rw_rate_deck ({Columns}) values (@id, @name, @isDefault, 1, 0, @at, @at)";
    internal const string CountName = "select count(*) from rw_rate_deck where name = @name and id <> @id";
    internal const string ClearDefault = "update rw_rate_deck set is_default = @no, updated_at = @at where is_default and id <> @id";
    internal const string Update = "update rw_rate_deck set name = @name, is_default = @isDefault, updated_at = @at where id = @id";
    internal const string Publish =
        "update rw_rate_deck set revision = @revision, first_revision = @first, updated_at = @at where id = @id";
    internal const string Delete = "delete from rw_rate_deck where id = @id";
    internal const string CountUsesAllTenants = "select count(*) from rw_money_account where rate_deck_id = @id";
    internal const string SelectRates = """
        select direction, prefix, effective_from, currency, price_micros, initial_seconds, increment_seconds, fee_micros from rw_rate
        where deck_id = @id and revision >= @first and revision <= @revision order by revision
        """;
    internal const string InsertRate = """
        insert into rw_rate (deck_id, revision, direction, prefix, effective_from, currency, price_micros, initial_seconds, increment_seconds, fee_micros)
        values (@deck, @revision, @direction, @prefix, @from, @currency, @price, @initial, @increment, @fee)
        """;
    internal const string DeleteUnpublished = "delete from rw_rate where deck_id = @id and revision > @revision";
    internal const string DeleteRates = "delete from rw_rate where deck_id = @id";

    /// <summary>Rows of one transaction: calls wait for the same writer.</summary>
    private const int Part = 1_000;

    private static readonly Statement NewRate = new(InsertRate);

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _importing = new(1);

    internal RateDeckTable(Sql sql, Routing routing, TimeProvider time) => (_sql, _routing, _time) = (sql, routing, time);

    /// <summary>Oldest first.</summary>
    public ValueTask<IReadOnlyList<RateDeckHead>> ListAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<RateDeckHead>>(db => [.. db.Query<Head>(SelectAll).Select(h => h.ToHead())], stop);

    public async ValueTask<RateDeckHead?> FindAsync(Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Head>(Select, new { id }), stop).ConfigureAwait(false))?.ToHead();

    /// <summary>The first deck is the default one in any case.</summary>
    /// <returns>Null when the name is taken.</returns>
    public async ValueTask<RateDeckHead?> CreateAsync(string name, bool isDefault, CancellationToken stop)
    {
        var id = Guid.CreateVersion7(_time.GetUtcNow());
        bool isMade = await _sql.WriteAsync(db =>
        {
            if (db.ExecuteScalar<long>(CountName, new { name, id }) > 0) return false;
            var at = _time.GetUtcNow();
            bool isFirst = !db.Query<Head>(SelectAll).Any();
            if (isDefault) db.Execute(ClearDefault, new { id, at, no = false });
            db.Execute(Insert, new { id, name, isDefault = isDefault || isFirst, at });
            return true;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return isMade ? await FindAsync(id, stop).ConfigureAwait(false) : null;
    }

    /// <summary>Another name, or whether it is the default one.</summary>
    /// <returns>Duplicate when the name is taken.</returns>
    public async ValueTask<Resources.WriteOutcome> UpdateAsync(Guid id, string name, bool isDefault, CancellationToken stop)
    {
        var outcome = await _sql.WriteAsync(db =>
        {
            if (db.ExecuteScalar<long>(CountName, new { name, id }) > 0) return Resources.WriteOutcome.Duplicate;
            var at = _time.GetUtcNow();
            if (isDefault) db.Execute(ClearDefault, new { id, at, no = false });
            return db.Execute(Update, new { id, name, isDefault, at }) == 1 ? Resources.WriteOutcome.Done : Resources.WriteOutcome.Missing;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return outcome;
    }

    /// <returns>InUse while an account is priced by it.</returns>
    public async ValueTask<Resources.WriteOutcome> DeleteAsync(Guid id, CancellationToken stop)
    {
        var outcome = await _sql.WriteAsync(db =>
        {
            if (db.ExecuteScalar<long>(CountUsesAllTenants, new { id }) > 0) return Resources.WriteOutcome.InUse;
            db.Execute(DeleteRates, new { id });
            return db.Execute(Delete, new { id }) == 1 ? Resources.WriteOutcome.Done : Resources.WriteOutcome.Missing;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return outcome;
    }

    /// <summary>All of the prices or none: they count together, from the moment on that the last of them is written.</summary>
    /// <param name="isWhole">They take the place of all that the deck had, past and future.</param>
    /// <returns>Null when there is no such deck.</returns>
    public async ValueTask<RateImport?> ImportAsync(Guid id, IReadOnlyList<(Direction Direction, Rate Rate)> rates,
        bool isWhole, CancellationToken stop)
    {
        await _importing.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Head>(Select, new { id }), stop).ConfigureAwait(false) is not { } head)
                return null;
            var known = _routing.Current.Rates.FindDeck(id);
            var news = known is null ? rates : [.. rates.Where(r =>
                known.FindExact(r.Direction, r.Rate.Prefix, r.Rate.EffectiveFrom) is not { } old || !old.IsPricedAs(r.Rate))];
            // Of a list that says nothing new there is nothing to write, unless it leaves something out.
            if (isWhole && !(news.Count == 0 && known?.Count == rates.Count)) news = rates;
            if (news.Count == 0) return new(0, rates.Count);

            long revision = head.Revision + 1;
            // An import that was cut off may have left some.
            await _sql.WriteAsync(db => db.Execute(DeleteUnpublished, new { id, revision = head.Revision }), stop).ConfigureAwait(false);
            foreach (var part in news.Chunk(Part))
                await _sql.WriteAsync(db => Write(db, id, revision, part), stop, isLong: true).ConfigureAwait(false);
            long first = isWhole ? revision : head.FirstRevision;
            await _sql.WriteAsync(db => db.Execute(Publish, new { id, revision, first, at = _time.GetUtcNow() }),
                stop).ConfigureAwait(false);
            await _routing.ReloadAsync(stop).ConfigureAwait(false);
            return new(news.Count, rates.Count - news.Count);
        }
        finally
        {
            _importing.Release();
        }
    }

    private static int Write(IDbConnection db, Guid deck, long revision, (Direction Direction, Rate Rate)[] rates)
    {
        string id = deck.ToString();
        foreach (var (direction, rate) in rates)
        {
            NewRate.Post(db, id, revision, Names<Direction>.Of(direction), rate.Prefix, Times.Text(rate.EffectiveFrom), rate.Currency,
                rate.MicrosPerMinute, rate.InitialSeconds, rate.IncrementSeconds, rate.FeeMicros);
        }
        return rates.Length;
    }

    /// <summary>A deck's row as the routing reads it.</summary>
    internal sealed record Head
    {
        public Guid Id { get; init; }
        public string Name { get; init; } = "";
        public bool IsDefault { get; init; }
        public long FirstRevision { get; init; }
        public long Revision { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public RateDeckHead ToHead() => new(Id, Name, IsDefault, Revision, CreatedAt, UpdatedAt);

        public RateDeck Load(IDbConnection db) =>
            new(Id, Name, db.Query<RateRow>(SelectRates, new { id = Id, first = FirstRevision, revision = Revision })
                .Select(r => r.ToRate()));
    }

    internal sealed record RateRow
    {
        public string Direction { get; init; } = "";
        public string Prefix { get; init; } = "";
        public DateTimeOffset EffectiveFrom { get; init; }
        public string Currency { get; init; } = "";
        public long PriceMicros { get; init; }
        public int InitialSeconds { get; init; }
        public int IncrementSeconds { get; init; }
        public long FeeMicros { get; init; }

        public (Direction, Rate) ToRate() => (Names<Direction>.Parse(Direction), new()
        {
            Prefix = Prefix,
            Currency = Currency,
            MicrosPerMinute = PriceMicros,
            InitialSeconds = InitialSeconds,
            IncrementSeconds = IncrementSeconds,
            FeeMicros = FeeMicros,
            EffectiveFrom = EffectiveFrom,
        });
    }
}
