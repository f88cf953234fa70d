using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// What accounts find in the stock. What a search has shown is written down: that account may order it for a day.
/// A hold that is over and a quarantine that is over need no hand: from that moment the number counts as available.
/// </summary>
public sealed class StockSearch
{
    /// <summary>Nobody has it: not by an order, and not by the operator's word.</summary>
    internal const string FreeAllTenants = """
        (s.state = 'available' or (s.state in ('held', 'quarantined') and s.until_at <= @now)) and not exists (select 1 from rw_number n where n.text = s.text)
        """;
    private const string OwnHold = "(s.state = 'held' and s.holder = @holder and s.until_at > @now)";
    internal const string Forget = "delete from rw_found_number where tenant_id = @tenant and until_at <= @now";
    internal const string Remember = """
        insert into rw_found_number (tenant_id, text, until_at) select @tenant, s.text, @until from rw_stock_number s where s.text in @texts
        on conflict (tenant_id, text) do update set until_at = excluded.until_at
        """;
    internal const string CountCountry = "select count(*) from (select 1 from rw_stock_number where country = @country limit 1) known";
    private const string GroupColumns = "country, type, features, is_reservable, is_quickship";
    internal const string SelectFirstGroup =
        $"select {GroupColumns} from rw_stock_number where state <> 'withheld' order by {GroupColumns} limit 1";
    internal const string SelectNextGroup = $"""
        select {GroupColumns} from rw_stock_number where state <> 'withheld'
            and ({GroupColumns}) > (@country, @type, @features, @isReservable, @isQuickship) order by {GroupColumns} limit 1
        """;
    internal const string SelectFeatures = "select text, features from rw_stock_number where text in @texts and state <> 'withheld'";
    // The whole block must be there, and free.
    private const string WholeBlockAllTenants = """
        s.block_first = s.text and s.block_size = (select count(*) from rw_stock_number b where b.block_first = s.text
            and (b.state = 'available' or (b.state in ('held', 'quarantined') and b.until_at <= @now))
            and not exists (select 1 from rw_number n where n.text = b.text))
        """;

    private readonly Sql _sql;

    internal StockSearch(Sql sql) => _sql = sql;

    /// <summary>False for a country that never had a number in the stock.</summary>
    public ValueTask<bool> HasCountryAsync(string country, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(CountCountry, new { country }) > 0, stop);

    /// <summary>What is free or held by the account itself, ascending.</summary>
    public ValueTask<IReadOnlyList<StockNumber>> FindAsync(TenantId tenant, StockQuery query, DateTimeOffset now, CancellationToken stop)
    {
        var parameters = new DynamicParameters();
        parameters.Add("now", Times.Text(now));
        parameters.Add("holder", tenant.ToString());
        string free = $"({FreeAllTenants}{(query.IsWithoutHeld ? "" : $" or {OwnHold}")})";
        return FindAsync(parameters, query, free, stop);
    }

    /// <summary>The first numbers of blocks of which every number is free, ascending.</summary>
    public ValueTask<IReadOnlyList<StockNumber>> FindBlocksAsync(StockQuery query, DateTimeOffset now, CancellationToken stop)
    {
        var parameters = new DynamicParameters();
        parameters.Add("now", Times.Text(now));
        return FindAsync(parameters, query, WholeBlockAllTenants, stop);
    }

    /// <summary>
    /// The state or province of an area code, a town or a rate centre, whoever has the numbers there; null when the stock does not know.
    /// </summary>
    /// <param name="query">Of it the country and these alone.</param>
    public async ValueTask<string?> FindAreaAsync(StockQuery query, CancellationToken stop)
    {
        if (query is { Ndc: null, Locality: null, RateCenter: null }) return null;
        var place = new StockQuery
        {
            Country = query.Country, Ndc = query.Ndc, Locality = query.Locality, RateCenter = query.RateCenter, Limit = 1,
        };
        var known = await FindAsync(new DynamicParameters(), place, "s.area is not null", stop).ConfigureAwait(false);
        return known.Count > 0 ? known[0].Area : null;
    }

    /// <summary>Writes down that the account has seen these.</summary>
    public ValueTask<int> RememberAsync(TenantId tenant, IReadOnlyList<string> texts, DateTimeOffset now, CancellationToken stop) =>
        _sql.WriteAsync(db =>
        {
            db.Execute(Forget, new { tenant, now });
            return db.Execute(Remember, new { tenant, texts = new InList<string>(texts), until = now + StockLimits.Found });
        }, stop);

    /// <summary>By country, type and features. Each is one step in an index, however many numbers it has.</summary>
    public ValueTask<IReadOnlyList<StockGroup>> GroupsAsync(CancellationToken stop) => _sql.ReadAsync<IReadOnlyList<StockGroup>>(db =>
    {
        var groups = new List<StockGroup>();
        for (var row = db.QueryFirstOrDefault<GroupRow>(SelectFirstGroup); row is not null;)
        {
            groups.Add(row.ToGroup());
            row = db.QueryFirstOrDefault<GroupRow>(SelectNextGroup, new
            {
                country = row.Country, type = row.Type, features = row.Features, isReservable = row.IsReservable,
                isQuickship = row.IsQuickship,
            });
        }
        return groups;
    }, stop);

    /// <summary>The features of those that the stock knows.</summary>
    public ValueTask<IReadOnlyDictionary<string, IReadOnlyList<string>>> FeaturesAsync(IReadOnlyList<string> texts,
        CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyDictionary<string, IReadOnlyList<string>>>(db => db
            .Query<FeatureRow>(SelectFeatures, new { texts = new InList<string>(texts) })
            .ToDictionary(row => row.Text, row => StockTable.Features(row.Features), StringComparer.Ordinal), stop);

    /// <summary>How many are free, in groups.</summary>
    /// <param name="query">Its patterns and its limit are not asked for.</param>
    /// <param name="isByLocality">Else by national destination code.</param>
    /// <param name="exchange">The three digits behind the code; null for all.</param>
    public ValueTask<IReadOnlyList<StockLevel>> LevelsAsync(StockQuery query, bool isByLocality, string? exchange, DateTimeOffset now,
        CancellationToken stop)
    {
        var parameters = new DynamicParameters();
        parameters.Add("now", Times.Text(now));
        string where = Where(parameters, query with { StartsWith = exchange, EndsWith = null, Contains = null });
        string group = isByLocality ? "s.locality" : "s.ndc";
        string sql = $"""
            select {group} as name, s.area, s.type, s.block_size, count(*) as numbers from rw_stock_number s
            where {where} and {FreeAllTenants} group by {group}, s.area, s.type, s.block_size order by {group}, s.area, s.type, s.block_size limit @most
            """;
        parameters.Add("most", StockLimits.MostFound);
        return _sql.ReadAsync<IReadOnlyList<StockLevel>>(db => [.. db.Query<LevelRow>(sql, parameters).Select(row => row.ToLevel())], stop);
    }

    private ValueTask<IReadOnlyList<StockNumber>> FindAsync(DynamicParameters parameters, StockQuery query, string which,
        CancellationToken stop)
    {
        string sql = $"""
            select {StockTable.Columns} from rw_stock_number s where {Where(parameters, query)} and {which} order by s.national limit @limit
            """;
        parameters.Add("limit", query.Limit);
        return _sql.ReadAsync(db => StockTable.Read(db, sql, parameters), stop);
    }

    /// <summary>The conditions, each of which an index can serve.</summary>
    private static string Where(DynamicParameters parameters, StockQuery query)
    {
        var terms = new List<string>();
        Equal("country", query.Country);
        if (query.Type is { } type) Equal("type", Names<StockType>.Of(type));
        if (query.Ndc is { } ndc) Equal("ndc", ndc);
        if (query.Locality is { } locality) Equal("locality", locality);
        if (query.Area is { } area) Equal("area", area);
        if (query.RateCenter is { } center) Equal("rate_center", center);
        if (query.IsReservable is { } isReservable) Equal("is_reservable", isReservable);
        if (query.IsOnRequest is { } isOnRequest) Equal("is_on_request", isOnRequest);
        // Only toll-free numbers may have to be made ready first: others fit whatever is asked.
        if (query.IsQuickship is { } isQuickship)
        {
            terms.Add("(s.type <> 'toll_free' or s.is_quickship = @isQuickship)");
            parameters.Add("isQuickship", isQuickship);
        }
        foreach (var (i, feature) in query.Features.Index())
        {
            terms.Add($"s.features like @feature{i}");
            parameters.Add($"feature{i}", $"%,{feature},%");
        }
        if (query.StartsWith is { } start)
        {
            if (start.StartsWith('+')) Range("text", start);
            else Range("national", query.Ndc + start);
        }
        // What is asked of the end or the middle does not reach into the code before it.
        int before = query.Ndc?.Length ?? 0;
        if (query.EndsWith is { } end)
        {
            Range("reversed", StockTable.Reverse(end));
            terms.Add("length(s.national) >= @least");
            parameters.Add("least", before + end.Length);
        }
        if (query.Contains is { } part)
        {
            terms.Add("substr(s.national, @from) like @part");
            parameters.Add("from", before + 1);
            parameters.Add("part", $"%{part}%");
        }
        return string.Join(" and ", terms);

        void Equal(string column, object value)
        {
            terms.Add($"s.{column} = @{column}");
            parameters.Add(column, value);
        }

        // Digits: what begins so is between it and it with the sign behind '9'.
        void Range(string column, string digits)
        {
            terms.Add($"s.{column} >= @{column}From and s.{column} < @{column}To");
            parameters.Add($"{column}From", digits);
            parameters.Add($"{column}To", digits + ":");
        }
    }

    private sealed record GroupRow
    {
        public string Country { get; init; } = "";
        public string Type { get; init; } = "";
        public string Features { get; init; } = "";
        public bool IsReservable { get; init; }
        public bool IsQuickship { get; init; }

        public StockGroup ToGroup() => new(Country, Names<StockType>.Parse(Type), StockTable.Features(Features), IsReservable, IsQuickship);
    }

    private sealed record FeatureRow
    {
        public string Text { get; init; } = "";
        public string Features { get; init; } = "";
    }

    private sealed record LevelRow
    {
        public string? Name { get; init; }
        public string? Area { get; init; }
        public string Type { get; init; } = "";
        public int? BlockSize { get; init; }
        public long Numbers { get; init; }

        public StockLevel ToLevel() => new(Name, Area, Names<StockType>.Parse(Type), BlockSize, Numbers);
    }
}
