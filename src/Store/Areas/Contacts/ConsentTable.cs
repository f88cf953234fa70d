using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

public enum ConsentKind { Express, Written }

public enum ConsentChannel { Voice, Message }

/// <summary>Somebody has agreed to be reached at a number.</summary>
public sealed record Consent
{
    /// <summary>So far the clock of whoever says when it was given may be ahead.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);

    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required string Number { get; init; }
    public required ConsentKind Kind { get; init; }
    public required ConsentChannel Channel { get; init; }
    /// <summary>Where it came from, in the account's words: "web form", "call".</summary>
    public required string Source { get; init; }
    /// <summary>Which text was agreed to.</summary>
    public string? TextVersion { get; init; }
    public string? Evidence { get; init; }
    public required DateTimeOffset GivenAt { get; init; }
    public DateTimeOffset? RevokedAt { get; init; }
    public string? RevokedBy { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>When it was given, as somebody says it: now, where his clock is a little ahead; null for what is to come.</summary>
    public static DateTimeOffset? GivenBy(DateTimeOffset said, DateTimeOffset now) =>
        said <= now ? said : said - now <= Ahead ? now : null;
}

/// <summary>Consents are evidence: rows are added, and revoked once; nothing else of them changes, and none is deleted.</summary>
public sealed class ConsentTable
{
    internal const string Columns =
        "id, tenant_id, number, kind, channel, source, text_version, evidence, given_at, revoked_at, revoked_by, created_at";
    internal const string Insert = """
        insert into rw_consent (id, tenant_id, number, kind, channel, source, text_version, evidence, given_at, created_at)
        values (@id, @tenant, @number, @kind, @channel, @source, @textVersion, @evidence, @givenAt, @at)
        """;
    internal const string Revoke = """
        update rw_consent set revoked_at = @at, revoked_by = @by where tenant_id = @tenant and number = @number and channel = @channel
            and revoked_at is null
        """;
    /// <summary>By either number of the telephone: a consent for one holds for both.</summary>
    private const string Shown = "(cast(@number as text) is null or number in (@number, @second))";
    internal const string SelectPage =
        $"select {Columns} from rw_consent where tenant_id = @tenant and {Shown} order by number, given_at, id limit @limit offset @offset";
    internal const string Count = $"select count(*) from rw_consent where tenant_id = @tenant and {Shown}";
    // An account and those below it, as far as whoever asks may see them.
    internal const string SelectSomeAllTenants = $"""
        select {Columns} from rw_consent where tenant_id in @tenants and {Shown} order by number, given_at, id limit @limit offset @offset
        """;
    internal const string CountSomeAllTenants = $"select count(*) from rw_consent where tenant_id in @tenants and {Shown}";
    internal const string SelectFirst = $"""
        select {Columns} from rw_consent where tenant_id = @tenant and number = @number and channel = 'voice' and revoked_at is null
            and given_at <= @at and kind in @kinds
        order by given_at, id limit 1
        """;
    internal const string SelectLast = $"""
        select {Columns} from rw_consent where tenant_id = @tenant and number = @number and channel = 'voice' and revoked_at is null
            and given_at <= @at and kind in @kinds
        order by given_at desc, id desc limit 1
        """;
    internal const string SelectAgreed = """
        select number, max(given_at) as given_at from rw_consent where tenant_id = @tenant and number in @numbers and channel = 'voice'
            and revoked_at is null and given_at <= @at and kind in @kinds
        group by number
        """;
    internal const string SelectRevoked = """
        select number, max(revoked_at) as revoked_at from rw_consent where tenant_id = @tenant and number in @numbers
            and channel = 'voice' and revoked_at is not null
        group by number
        """;
    // Whose it is is for who asks to say.
    internal const string SelectByIdAllTenants = $"select {Columns} from rw_consent where id = @id";

    /// <summary>So many are asked about, or written, at once.</summary>
    public const int MostNumbers = 500;

    private readonly Sql _sql;

    internal ConsentTable(Sql sql) => _sql = sql;

    public ValueTask<bool> AddAsync(Consent consent, AuditNote? note, CancellationToken stop) => _sql.WriteAsync(db =>
    {
        db.Execute(Insert, ValuesOf(consent));
        AuditTable.Write(db, note);
        return true;
    }, stop);

    private static object ValuesOf(Consent consent) => new
    {
        id = consent.Id, tenant = consent.Tenant, number = consent.Number, kind = Names<ConsentKind>.Of(consent.Kind),
        channel = Names<ConsentChannel>.Of(consent.Channel), source = consent.Source, textVersion = consent.TextVersion,
        evidence = consent.Evidence, givenAt = consent.GivenAt, at = consent.At,
    };

    /// <summary>All that the account has on the channel for the number, and for the other one of its telephone.</summary>
    /// <param name="note">Is told how many.</param>
    /// <returns>How many were not revoked before.</returns>
    public ValueTask<int> RevokeAsync(TenantId tenant, string number, ConsentChannel channel, string by, DateTimeOffset at,
        Func<int, AuditNote?> note, CancellationToken stop) => _sql.WriteAsync(db =>
        {
            int revoked = 0;
            foreach (string one in OneTelephone.AllOf([number]))
                revoked += db.Execute(Revoke, new { tenant, number = one, channel = Names<ConsentChannel>.Of(channel), by, at });
            if (revoked > 0) AuditTable.Write(db, note(revoked));
            return revoked;
        }, stop);

    /// <summary>By number, with those for the other one of its telephone; also those that were revoked.</summary>
    public ValueTask<(IReadOnlyList<Consent> Rows, long Total)> ListAsync(TenantId tenant, string? number, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant, number, second = SecondOf(number), limit, offset };
        return _sql.ReadAsync<(IReadOnlyList<Consent>, long)>(db => (
            [.. db.Query<Row>(SelectPage, which).Select(row => row.ToConsent())], db.ExecuteScalar<long>(Count, which)), stop);
    }

    /// <summary>Of several accounts.</summary>
    public ValueTask<(IReadOnlyList<Consent> Rows, long Total)> ListSomeAsync(IReadOnlyList<TenantId> tenants, string? number, int offset,
        int limit, CancellationToken stop)
    {
        var which = new
        {
            tenants = new InList<string>([.. tenants.Select(tenant => tenant.ToString())]), number, second = SecondOf(number),
            limit, offset,
        };
        return _sql.ReadAsync<(IReadOnlyList<Consent>, long)>(db => (
            [.. db.Query<Row>(SelectSomeAllTenants, which).Select(row => row.ToConsent())],
            db.ExecuteScalar<long>(CountSomeAllTenants, which)), stop);
    }

    /// <summary>
    /// The first by which the number may be called: of this kind, or a stronger one; else the last for the other number of its telephone,
    /// if that was given since somebody has taken it back by this one. Null when there is none.
    /// </summary>
    public ValueTask<Consent?> FindAgreedAsync(TenantId tenant, string number, ConsentKind kind, DateTimeOffset at,
        CancellationToken stop) => _sql.ReadAsync<Consent?>(db =>
        {
            var kinds = KindsOf(kind);
            if (db.QueryFirstOrDefault<Row>(SelectFirst, new { tenant, number, at, kinds }) is { } first) return first.ToConsent();
            return OneTelephone.OtherOf(number) is { } other
                && db.QueryFirstOrDefault<Row>(SelectLast, new { tenant, number = other, at, kinds }) is { } last
                && !(last.GivenAt <= RevokedOf(db, tenant, [number]).GetValueOrDefault(number)) ? last.ToConsent() : null;
        }, stop);

    /// <summary>Those of the numbers of which <see cref="FindAgreedAsync"/> finds one.</summary>
    public ValueTask<IReadOnlySet<string>> ListAgreedAsync(TenantId tenant, IReadOnlyList<string> numbers, ConsentKind kind,
        DateTimeOffset at, CancellationToken stop) => _sql.ReadAsync<IReadOnlySet<string>>(db =>
        {
            var agreed = new HashSet<string>(StringComparer.Ordinal);
            foreach (string[] some in numbers.Chunk(MostNumbers))
            {
                var given = GivenOf(db, tenant, OneTelephone.AllOf(some), kind, at);
                agreed.UnionWith(some.Where(given.ContainsKey));
                string[] byOther = [.. some.Where(number => !given.ContainsKey(number) && OneTelephone.OtherOf(number) is { } other
                    && given.ContainsKey(other))];
                if (byOther.Length == 0) continue;
                var revoked = RevokedOf(db, tenant, byOther);
                // Each has one: it was found by it.
                agreed.UnionWith(byOther.Where(number =>
                    !(given[OneTelephone.OtherOf(number)!] <= revoked.GetValueOrDefault(number))));
            }
            return agreed;
        }, stop);

    /// <summary>
    /// Consents to be called, each number once, as a list brings them: what the account has already is not written down again, and nothing
    /// that was given before the last revocation of the number, or of the other one of its telephone.
    /// </summary>
    /// <param name="consents">At most <see cref="MostNumbers"/>: what calls write goes between two times.</param>
    /// <param name="note">Is told how many are new.</param>
    /// <returns>How many.</returns>
    public ValueTask<int> BringAsync(TenantId tenant, IReadOnlyList<Consent> consents, Func<int, AuditNote?> note,
        CancellationToken stop) => _sql.WriteAsync(db =>
        {
            int added = 0;
            string[] numbers = [.. consents.Select(one => one.Number)];
            var revoked = RevokedOf(db, tenant, OneTelephone.AllOf(numbers));
            foreach (var kind in consents.GroupBy(one => one.Kind))
            {
                var known = GivenOf(db, tenant, numbers, kind.Key, kind.Max(one => one.At));
                foreach (var one in kind.Where(one => !known.ContainsKey(one.Number)
                        && !OneTelephone.AllOf([one.Number]).Any(number => one.GivenAt <= revoked.GetValueOrDefault(number))))
                    added += db.Execute(Insert, ValuesOf(one));
            }
            if (added > 0) AuditTable.Write(db, note(added));
            return added;
        }, stop, isPiece: true);

    /// <summary>Of those numbers for which the account has a consent of this kind, or a stronger one, when the last was given.</summary>
    private static Dictionary<string, DateTimeOffset> GivenOf(IDbConnection db, TenantId tenant, IReadOnlyList<string> numbers,
        ConsentKind kind, DateTimeOffset at) =>
        db.Query<Row>(SelectAgreed, new { tenant, numbers = new InList<string>(numbers), at, kinds = KindsOf(kind) })
            .ToDictionary(row => row.Number, row => row.GivenAt, StringComparer.Ordinal);

    /// <summary>When consents for these numbers were last taken back, of those for which any was.</summary>
    private static Dictionary<string, DateTimeOffset?> RevokedOf(IDbConnection db, TenantId tenant, IReadOnlyList<string> numbers) =>
        db.Query<Row>(SelectRevoked, new { tenant, numbers = new InList<string>(numbers) })
            .ToDictionary(row => row.Number, row => row.RevokedAt, StringComparer.Ordinal);

    private static string? SecondOf(string? number) => number is null ? null : OneTelephone.OtherOf(number) ?? number;

    private static InList<string> KindsOf(ConsentKind least) =>
        new([Names<ConsentKind>.Of(least), Names<ConsentKind>.Of(ConsentKind.Written)]);

    /// <summary>Whosever it is.</summary>
    public ValueTask<Consent?> FindAsync(Guid id, CancellationToken stop) =>
        _sql.ReadAsync(db => db.QueryFirstOrDefault<Row>(SelectByIdAllTenants, new { id })?.ToConsent(), stop);

    internal sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public string Number { get; init; } = "";
        public string Kind { get; init; } = "";
        public string Channel { get; init; } = "";
        public string Source { get; init; } = "";
        public string? TextVersion { get; init; }
        public string? Evidence { get; init; }
        public DateTimeOffset GivenAt { get; init; }
        public DateTimeOffset? RevokedAt { get; init; }
        public string? RevokedBy { get; init; }
        public DateTimeOffset CreatedAt { get; init; }

        public Consent ToConsent() => new()
        {
            Id = Id, Tenant = TenantId, Number = Number, Kind = Names<ConsentKind>.Parse(Kind),
            Channel = Names<ConsentChannel>.Parse(Channel), Source = Source, TextVersion = TextVersion, Evidence = Evidence,
            GivenAt = GivenAt, RevokedAt = RevokedAt, RevokedBy = RevokedBy, At = CreatedAt,
        };
    }
}
