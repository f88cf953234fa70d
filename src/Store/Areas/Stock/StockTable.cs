using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>What an import has done.</summary>
/// <param name="Known">Numbers that the stock or an account had already: they stay as they are.</param>
public sealed record StockImport(int Added, int Known);

/// <summary>The numbers that accounts may order, as their operator has them. None of them is in an account's snapshot.</summary>
public sealed class StockTable
{
    internal const string Columns = """
        text, national, country, type, ndc, locality, area, rate_center, features, upfront_micros, monthly_micros, currency, is_reservable, is_quickship,
        is_on_request, block_first, block_size, state, holder, until_at
        """;
    internal const string Insert = """
        insert into rw_stock_number (text, national, reversed, country, type, ndc, locality, area, rate_center, features, upfront_micros,
            monthly_micros, currency, is_reservable, is_quickship, is_on_request, block_first, block_size, state, imported_at)
        values (@text, @national, @reversed, @country, @type, @ndc, @locality, @area, @rateCenter, @features, @upfront,
            @monthly, @currency, @isReservable, @isQuickship, @isOnRequest, @blockFirst, @blockSize, 'available', @at)
        on conflict (text) do nothing
        """;
    internal const string Select = $"select {Columns} from rw_stock_number where text = @text";
    internal const string SelectPage = $"select {Columns} from rw_stock_number order by text limit @limit offset @offset";
    internal const string SelectPageOfState =
        $"select {Columns} from rw_stock_number where state = @state order by text limit @limit offset @offset";
    internal const string Count = "select count(*) from rw_stock_number";
    internal const string CountOfState = "select count(*) from rw_stock_number where state = @state";
    internal const string Price = """
        update rw_stock_number set upfront_micros = @upfront, monthly_micros = @monthly, currency = @currency, features = @features,
            is_reservable = @isReservable, is_quickship = @isQuickship, is_on_request = @isOnRequest, locality = @locality, area = @area,
            rate_center = @rateCenter where text = @text
        """;
    // Nobody's turn ends a hold: it is over when its time is.
    internal const string Withdraw = """
        update rw_stock_number set state = 'withheld', holder = null, until_at = null
        where text = @text and (state in ('available', 'quarantined') or (state = 'held' and until_at <= @now))
        """;
    internal const string Offer =
        "update rw_stock_number set state = 'available', holder = null where text = @text and state = 'withheld'";

    /// <summary>So many at a time are asked for whether somebody has them by the operator's word.</summary>
    private const int AtOnce = 500;

    private static readonly Statement New = new(Insert);

    private readonly Sql _sql;

    internal StockTable(Sql sql) => _sql = sql;

    /// <summary>All in one transaction. What is known already stays as it is.</summary>
    public ValueTask<StockImport> ImportAsync(IReadOnlyList<StockNumber> numbers, DateTimeOffset at, CancellationToken stop) =>
        _sql.WriteAsync(db =>
        {
            int added = 0;
            foreach (var some in numbers.Chunk(AtOnce))
            {
                _sql.NoteAnswer();
                var owned = db.Query<string>(StockClaims.SelectOwnedAllTenants,
                    new { texts = new InList<string>([.. some.Select(number => number.Text)]) }).ToHashSet(StringComparer.Ordinal);
                foreach (var number in some)
                    if (!owned.Contains(number.Text)) added += Add(db, number, Times.Text(at));
            }
            return new StockImport(added, numbers.Count - added);
        }, stop, isLong: true);

    /// <summary>By their digits.</summary>
    /// <param name="state">Null for all.</param>
    public ValueTask<(IReadOnlyList<StockNumber> Numbers, long Total)> ListAsync(StockState? state, int offset, int limit,
        CancellationToken stop) => _sql.ReadAsync<(IReadOnlyList<StockNumber>, long)>(db =>
    {
        if (state is not { } wanted)
            return (Read(db, SelectPage, new { limit, offset }), db.ExecuteScalar<long>(Count));
        string name = Names<StockState>.Of(wanted);
        return (Read(db, SelectPageOfState, new { state = name, limit, offset }),
            db.ExecuteScalar<long>(CountOfState, new { state = name }));
    }, stop);

    public ValueTask<StockNumber?> FindAsync(string text, CancellationToken stop) =>
        _sql.ReadAsync(db => Read(db, Select, new { text }).FirstOrDefault(), stop);

    /// <summary>
    /// Changes prices, features, places, and whether it may be reserved; what <paramref name="change"/> makes of the rest is not heard.
    /// </summary>
    /// <returns>As it is then; null when it is not in the stock.</returns>
    public ValueTask<StockNumber?> ChangeAsync(string text, Func<StockNumber, StockNumber> change, CancellationToken stop) =>
        _sql.WriteAsync(db =>
        {
            if (Read(db, Select, new { text }).FirstOrDefault() is not { } before) return null;
            db.Execute(Price, Bind(change(before)));
            return Read(db, Select, new { text }).FirstOrDefault();
        }, stop);

    /// <summary>Takes it out of what accounts may find, or puts it back.</summary>
    /// <returns>False when its state does not allow it.</returns>
    public ValueTask<bool> SwitchAsync(string text, bool isOffered, DateTimeOffset now, CancellationToken stop) =>
        _sql.WriteAsync(db => db.Execute(isOffered ? Offer : Withdraw, new { text, now }) == 1, stop);

    internal static IReadOnlyList<StockNumber> Read(IDbConnection db, string sql, object which) =>
        [.. db.Query<Row>(sql, which).Select(row => row.ToNumber())];

    /// <returns>0 when the stock has it already.</returns>
    private static int Add(IDbConnection db, StockNumber number, string at) => New.Run(db, number.Text, number.National,
        Reverse(number.National), number.Country, Names<StockType>.Of(number.Type), number.Ndc, number.Locality, number.Area,
        number.RateCenter, Listed(number.Features), number.UpfrontMicros, number.MonthlyMicros, number.Currency, number.IsReservable,
        number.IsQuickship, number.IsOnRequest, number.BlockFirst, (long?)number.BlockSize, at);

    private static object Bind(StockNumber number) => new
    {
        text = number.Text,
        locality = number.Locality,
        area = number.Area,
        rateCenter = number.RateCenter,
        features = Listed(number.Features),
        upfront = number.UpfrontMicros,
        monthly = number.MonthlyMicros,
        currency = number.Currency,
        isReservable = number.IsReservable,
        isQuickship = number.IsQuickship,
        isOnRequest = number.IsOnRequest,
    };

    internal static string Reverse(string digits)
    {
        char[] reversed = digits.ToCharArray();
        Array.Reverse(reversed);
        return new(reversed);
    }

    /// <summary>Each between commas, so that one is found by itself.</summary>
    private static string Listed(IReadOnlyList<string> features) => $",{string.Join(',', features)},";

    internal static IReadOnlyList<string> Features(string listed) => listed.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private sealed record Row
    {
        public string Text { get; init; } = "";
        public string National { get; init; } = "";
        public string Country { get; init; } = "";
        public string Type { get; init; } = "";
        public string Ndc { get; init; } = "";
        public string? Locality { get; init; }
        public string? Area { get; init; }
        public string? RateCenter { get; init; }
        public string Features { get; init; } = "";
        public long UpfrontMicros { get; init; }
        public long MonthlyMicros { get; init; }
        public string Currency { get; init; } = "";
        public bool IsReservable { get; init; }
        public bool IsQuickship { get; init; }
        public bool IsOnRequest { get; init; }
        public string? BlockFirst { get; init; }
        public int? BlockSize { get; init; }
        public string State { get; init; } = "";
        public string? Holder { get; init; }
        public DateTimeOffset? UntilAt { get; init; }

        public StockNumber ToNumber() => new()
        {
            Text = Text,
            National = National,
            Country = Country,
            Type = Names<StockType>.Parse(Type),
            Ndc = Ndc,
            Locality = Locality,
            Area = Area,
            RateCenter = RateCenter,
            Features = StockTable.Features(Features),
            UpfrontMicros = UpfrontMicros,
            MonthlyMicros = MonthlyMicros,
            Currency = Currency,
            IsReservable = IsReservable,
            IsQuickship = IsQuickship,
            IsOnRequest = IsOnRequest,
            BlockFirst = BlockFirst,
            BlockSize = BlockSize,
            State = Names<StockState>.Parse(State),
            Holder = Holder is { } holder ? new TenantId(Guid.Parse(holder)) : null,
            Until = UntilAt,
        };
    }
}
