using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>Asks for blocks, newest first; null asks for nothing.</summary>
public sealed record TextBlockQuery
{
    public string? Sender { get; init; }
    public string? Profile { get; init; }
    public DateTimeOffset From { get; init; } = DateTimeOffset.UnixEpoch;
    public DateTimeOffset Until { get; init; } = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

/// <summary>Who has asked for no more texts of which profile. One for each: whoever asks twice has asked.</summary>
public sealed class TextBlockTable
{
    private const string Columns = "profile_id, number, sender, keyword, created_at";
    internal const string Insert = $"""
        insert into rw_text_block (tenant_id, {Columns}) values (@tenant, @profile, @number, @sender, @keyword, @at)
        on conflict (tenant_id, profile_id, number) do nothing
        """;
    internal const string Delete = "delete from rw_text_block where tenant_id = @tenant and profile_id = @profile and number = @number";
    internal const string Count = """
        select count(*) from rw_text_block where tenant_id = @tenant and profile_id = @profile and number = @number
        """;
    private const string Asked = """
        from rw_text_block where tenant_id = @tenant and (sender = @sender or @sender is null) and (profile_id = @profile or @profile is null)
            and created_at >= @from and created_at <= @until
        """;
    internal const string SelectPage =
        $"select {Columns} {Asked} order by created_at desc, profile_id, number limit @limit offset @offset";
    internal const string CountAsked = $"select count(*) {Asked}";

    private readonly Sql _sql;

    internal TextBlockTable(Sql sql) => _sql = sql;

    public ValueTask<bool> HasAsync(TenantId tenant, Guid profile, string number, CancellationToken stop) =>
        _sql.ReadAsync(db => Has(db, tenant, profile, number), stop);

    public ValueTask<(IReadOnlyList<TextBlock> Rows, long Total)> ListAsync(TenantId tenant, TextBlockQuery query, CancellationToken stop)
    {
        var which = new
        {
            tenant, sender = query.Sender, profile = query.Profile, from = query.From, until = query.Until, limit = query.Limit,
            offset = query.Offset,
        };
        return _sql.ReadAsync<(IReadOnlyList<TextBlock>, long)>(db =>
            ([.. db.Query<Row>(SelectPage, which).Select(row => row.ToBlock())], db.ExecuteScalar<long>(CountAsked, which)), stop);
    }

    internal static bool Has(IDbConnection db, TenantId tenant, Guid profile, string number) =>
        db.ExecuteScalar<long>(Count, new { tenant, profile, number }) > 0;

    /// <returns>True when there was none.</returns>
    internal static bool Put(IDbConnection db, TenantId tenant, TextBlock block) => db.Execute(Insert, new
    {
        tenant, profile = block.Profile, number = block.Number, sender = block.Sender, keyword = block.Keyword, at = block.At,
    }) == 1;

    internal static void Lift(IDbConnection db, TenantId tenant, Guid profile, string number) =>
        db.Execute(Delete, new { tenant, profile, number });

    private sealed record Row
    {
        public Guid ProfileId { get; init; }
        public string Number { get; init; } = "";
        public string Sender { get; init; } = "";
        public string? Keyword { get; init; }
        public DateTimeOffset CreatedAt { get; init; }

        public TextBlock ToBlock() => new(ProfileId, Number, Sender, Keyword, CreatedAt);
    }
}
