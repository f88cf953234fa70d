using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Something that the operator offers for a price a month.</summary>
public sealed record Bundle
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    /// <summary>Unique on the node.</summary>
    public required string Slug { get; init; }
    public required string CostCode { get; init; }
    /// <summary>False: nobody can take it any more. Those who have it keep it.</summary>
    public bool IsActive { get; init; } = true;
    /// <summary>False: it is offered to the accounts that <see cref="BundleTable.AddAsync"/> named.</summary>
    public bool IsPublic { get; init; } = true;
    public required Money Price { get; init; }
    /// <summary>What is in it, for people.</summary>
    public IReadOnlyList<string> Specs { get; init; } = [];
    /// <summary>What it includes and how much of it, one object each, as the customers' API shows them.</summary>
    public JsonArray Limits { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>The operator's bundles.</summary>
public sealed class BundleTable
{
    /// <summary>Of the ledger's entries for bundles.</summary>
    public const string Product = "bundle";

    private const string Columns = "id, name, slug, cost_code, is_active, is_public, price_micros, currency, specs, limits, created_at";
    internal const string Insert = $"""
        insert into rw_bundle ({Columns}, updated_at)
        values (@id, @name, @slug, @costCode, @isActive, @isPublic, @price, @currency, @specs, @limits, @at, @at) on conflict (slug) do nothing
        """;
    internal const string InsertOffer =
        "insert into rw_bundle_offer (tenant_id, bundle_id) values (@tenant, @bundle) on conflict (tenant_id, bundle_id) do nothing";
    internal const string SelectAll = $"select {Columns} from rw_bundle order by created_at, id";
    internal const string Select = $"select {Columns} from rw_bundle where id = @id";
    internal const string Switch = "update rw_bundle set is_active = @isActive, updated_at = @at where id = @id";
    internal const string SelectOffers = "select bundle_id from rw_bundle_offer where tenant_id = @tenant";

    private readonly Sql _sql;
    private readonly TimeProvider _time;

    internal BundleTable(Sql sql, TimeProvider time) => (_sql, _time) = (sql, time);

    /// <param name="offeredTo">The accounts that may take it when it is not public.</param>
    /// <returns>False when the slug is taken.</returns>
    public ValueTask<bool> AddAsync(Bundle bundle, IReadOnlyList<TenantId> offeredTo, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        int added = db.Execute(Insert, new
        {
            id = bundle.Id,
            name = bundle.Name,
            slug = bundle.Slug,
            costCode = bundle.CostCode,
            isActive = bundle.IsActive,
            isPublic = bundle.IsPublic,
            price = bundle.Price.Micros,
            currency = bundle.Price.Currency,
            specs = JsonLists.Write(bundle.Specs),
            limits = bundle.Limits.ToJsonString(),
            at = bundle.CreatedAt,
        });
        if (added == 0) return false;
        foreach (var tenant in offeredTo) db.Execute(InsertOffer, new { tenant, bundle = bundle.Id });
        return true;
    }, stop);

    /// <summary>Those of everybody's, oldest first, also what nobody can take any more.</summary>
    public ValueTask<IReadOnlyList<Bundle>> ListAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<Bundle>>(db => [.. db.Query<Row>(SelectAll).Select(row => row.ToBundle())], stop);

    /// <summary>What the account may take.</summary>
    public ValueTask<IReadOnlyList<Bundle>> OfferedAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<Bundle>>(db =>
        {
            var own = db.Query<Guid>(SelectOffers, new { tenant }).ToHashSet();
            return [.. db.Query<Row>(SelectAll).Select(row => row.ToBundle())
                .Where(bundle => bundle.IsActive && (bundle.IsPublic || own.Contains(bundle.Id)))];
        }, stop);

    public async ValueTask<Bundle?> FindAsync(Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { id }), stop).ConfigureAwait(false))?.ToBundle();

    /// <returns>False when there is no such bundle.</returns>
    public ValueTask<bool> SwitchAsync(Guid id, bool isActive, CancellationToken stop) =>
        _sql.WriteAsync(db => db.Execute(Switch, new { id, isActive, at = _time.GetUtcNow() }) == 1, stop);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public string Name { get; init; } = "";
        public string Slug { get; init; } = "";
        public string CostCode { get; init; } = "";
        public bool IsActive { get; init; }
        public bool IsPublic { get; init; }
        public long PriceMicros { get; init; }
        public string Currency { get; init; } = "";
        public string Specs { get; init; } = "[]";
        public string Limits { get; init; } = "[]";
        public DateTimeOffset CreatedAt { get; init; }

        public Bundle ToBundle() => new()
        {
            Id = Id,
            Name = Name,
            Slug = Slug,
            CostCode = CostCode,
            IsActive = IsActive,
            IsPublic = IsPublic,
            Price = new(PriceMicros, Currency),
            Specs = JsonLists.Read(Specs),
            Limits = JsonNode.Parse(Limits)!.AsArray(),        // written from an array
            CreatedAt = CreatedAt,
        };
    }
}
