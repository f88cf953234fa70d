using System.Data;
using System.Security.Cryptography;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// The accounts below an account, for who owns the one above. Every write leaves notes in its own transaction: <c>notes</c> says which,
/// of what was (null for a new one) and what is.
/// </summary>
public sealed class ChildTenantTable
{
    internal const string Insert = """
        insert into rw_tenant (id, name, parent_id, organization, email, has_own_prices, keys, channel_limit, daily_spend_limit_micros, request_rate, media_bytes_limit, live_audio_limit, created_at, updated_at)
        select @id, @name, @parent, @organization, @email, @hasOwnPrices, @keys, @channels, @spend, @rate, @media, @live, @at, @at
        where exists (select 1 from rw_tenant above where above.id = @parent and above.parent_id is null)
        """;
    private const string Children = $"""
        (select id, parent_id, coalesce(organization, name) as organization, coalesce(email, id || '@{ChildTenant.EmailHost}') as email, has_own_prices,
            keys, channel_limit, disabled_at, created_at, coalesce(updated_at, created_at) as updated_at
        from rw_tenant where parent_id = @parent) child
        """;
    internal const string Select = $"select * from {Children} where id = @id";
    private const string Condition = $"""
        from {Children}
        where (email = @email or @email is null)
            and (lower(email) like @emailPart escape '\' or @emailPart is null)
            and (organization = @organization or @organization is null)
            and (lower(organization) like @organizationPart escape '\' or @organizationPart is null)
        """;
    internal const string Count = $"select count(*) {Condition}";
    internal const string SelectOldest = $"select * {Condition} order by created_at, id limit @limit offset @offset";
    internal const string SelectNewest = $"select * {Condition} order by created_at desc, id desc limit @limit offset @offset";
    internal const string SelectByEmail = $"select * {Condition} order by email, id limit @limit offset @offset";
    internal const string SelectByEmailDown = $"select * {Condition} order by email desc, id desc limit @limit offset @offset";
    internal const string CountEmail = $"select count(*) from {Children} where lower(email) = lower(@email)";
    internal const string CountBelow = "select count(*) from rw_tenant where parent_id = @parent";
    internal const string UpdatePrices =
        "update rw_tenant set has_own_prices = @hasOwnPrices, updated_at = @at where id = @id and parent_id = @parent";
    internal const string Disable =
        "update rw_tenant set disabled_at = coalesce(disabled_at, @at), updated_at = @at where id = @id and parent_id = @parent";
    internal const string Enable = "update rw_tenant set disabled_at = null, updated_at = @at where id = @id and parent_id = @parent";
    internal const string UpdateChannels =
        "update rw_tenant set channel_limit = @channels, updated_at = @at where id = @id and parent_id = @parent";
    internal const string SumOfShares = "select coalesce(sum(channel_limit), 0) from rw_tenant where parent_id = @parent";
    internal const string SelectLimit = "select channel_limit from rw_tenant where id = @parent";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly SecretBox _box;
    private readonly DefaultProfile _profile;
    private readonly ConnectionTable _connections;
    private readonly int _most;
    private readonly TimeProvider _time;

    internal ChildTenantTable(Sql sql, Routing routing, SecretBox box, DefaultProfile profile,
        ConnectionTable connections, int most, TimeProvider time) =>
        (_sql, _routing, _box, _profile, _connections, _most, _time) = (sql, routing, box, profile, connections, most, time);

    /// <summary>Makes the account with its signing key, its webhook secret, its default profile and two keys of an owner.</summary>
    public async ValueTask<ChildMade> CreateAsync(TenantId parent, NewChildTenant wanted,
        Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> notes, CancellationToken stop)
    {
        var id = new TenantId(Guid.CreateVersion7(_time.GetUtcNow()));
        // The token in the form of the older API: 22 letters of base64url.
        var keys = new ChildKeys(ApiKeyTable.NewText(), System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        string secret = SigningKeyTable.NewWebhookSecret(), email = wanted.Email ?? ChildTenant.NobodysEmail(id);
        var made = await _sql.WriteAsync(db =>
        {
            if (db.ExecuteScalar<long>(_sql.Folded(CountEmail), new { parent, email }) > 0) return (ChildMade)new ChildMade.EmailTaken();
            if (db.ExecuteScalar<long>(CountBelow, new { parent }) >= _most) return new ChildMade.TooMany(_most);
            var at = _time.GetUtcNow();
            // Names are unique on the node, for its operator; a customer need not know of others who have a client of the same name.
            bool isFree =
                db.QuerySingleOrDefault<TenantTable.TenantRow>(TenantTable.SelectByName, new { name = wanted.Organization }) is null;
            string name = isFree ? wanted.Organization : $"{wanted.Organization} ({id})";
            var limits = new TenantLimits { Channels = db.ExecuteScalar<int?>(SelectLimit, new { parent }) }.CarefulBelow;
            var row = new
            {
                channels = limits.Channels, spend = limits.DailySpendMicros, rate = limits.RequestRate, media = limits.MediaBytes,
                live = limits.LiveAudio,
                id, name, parent, organization = wanted.Organization, email, hasOwnPrices = wanted.HasOwnPrices,
                keys = _box.SealText($"{keys.Key}\n{keys.Token}", KeysPurpose(id)), at,
            };
            if (db.Execute(Insert, row) == 0) return new ChildMade.TooDeep();
            SigningKeyTable.Write(db, _box, id, seed, secret, at);
            AuthTokenTable.Write(db, _box, id, at);
            _profile.Write(db, id, at);
            MoneyAccountTable.Write(db, MoneyAccountTable.Find(db, id) with { RollsUp = wanted.IsPaidAbove }, at);
            ApiKeyTable.Write(db, id, keys.Key, KeyRole.Owner, "made with the account", at);
            ApiKeyTable.Write(db, id, keys.Token, KeyRole.Owner, "token made with the account", at);
            var child = Find(db, parent, id)!; // just made
            Note(db, notes(null, child));
            return new ChildMade.Done(child);
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return made;
    }

    public ValueTask<ChildTenant?> FindAsync(TenantId parent, TenantId id, CancellationToken stop) =>
        _sql.ReadAsync(db => Find(db, parent, id), stop);

    public ValueTask<ChildTenantPage> ListAsync(TenantId parent, ChildTenantQuery query, CancellationToken stop)
    {
        var which = new
        {
            parent, email = query.Email, emailPart = Pattern(query.EmailContains), organization = query.Organization,
            organizationPart = Pattern(query.OrganizationContains), limit = query.Limit, offset = query.Offset,
        };
        string select = (query.IsByEmail, query.IsDescending) switch
        {
            (true, false) => SelectByEmail,
            (true, true) => SelectByEmailDown,
            (false, true) => SelectNewest,
            _ => SelectOldest,
        };
        return _sql.ReadAsync(db => new ChildTenantPage(
            [.. db.Query<Row>(_sql.Folded(select), which).AsList().Select(r => r.ToChild(db, _box))],
            db.ExecuteScalar<long>(_sql.Folded(Count), which)), stop);
    }

    /// <returns>The account as it is now; null when it is none of this one's.</returns>
    public ValueTask<ChildTenant?> AllowPricesAsync(TenantId parent, TenantId id, bool hasOwnPrices,
        Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> notes, CancellationToken stop) =>
        ChangeAsync(parent, id, notes, (db, at) => db.Execute(UpdatePrices, new { parent, id, hasOwnPrices, at }), stop);

    /// <summary>Switches it off, and its connections with it.</summary>
    /// <returns>The account as it is now; null when it is none of this one's.</returns>
    public ValueTask<ChildTenant?> DisableAsync(TenantId parent, TenantId id, Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> notes,
        CancellationToken stop) =>
        ChangeAsync(parent, id, notes, (db, at) =>
        {
            db.Execute(Disable, new { parent, id, at });
            _connections.Switch(db, id, isActive: false, at);
        }, stop);

    /// <param name="withConnections">False leaves its connections switched off.</param>
    /// <returns>The account as it is now; null when it is none of this one's.</returns>
    public ValueTask<ChildTenant?> EnableAsync(TenantId parent, TenantId id, bool withConnections,
        Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> notes, CancellationToken stop) =>
        ChangeAsync(parent, id, notes, (db, at) =>
        {
            db.Execute(Enable, new { parent, id, at });
            if (withConnections) _connections.Switch(db, id, isActive: true, at);
        }, stop);

    /// <summary>Switches it on, and of its connections those that went off with it and that nobody has changed since.</summary>
    /// <returns>The account as it is now; null when it is none of this one's.</returns>
    public ValueTask<ChildTenant?> ResumeAsync(TenantId parent, TenantId id, Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> notes,
        CancellationToken stop) =>
        ChangeAsync(parent, id, notes, (db, at) =>
        {
            if (Find(db, parent, id) is not { DisabledAt: { } since }) return;
            db.Execute(Enable, new { parent, id, at });
            _connections.SwitchBack(db, id, since, at);
        }, stop);

    /// <summary>Gives it a limit of channels. All such limits together stay within the limit of the account above.</summary>
    /// <param name="most">The limit above where the account has none.</param>
    public async ValueTask<ShareGiven> ShareAsync(TenantId parent, TenantId id, int channels, int most,
        Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> notes, CancellationToken stop)
    {
        var given = await _sql.WriteAsync(db =>
        {
            if (Find(db, parent, id) is not { } before) return (ShareGiven)new ShareGiven.Missing();
            long free = (db.ExecuteScalar<int?>(SelectLimit, new { parent }) ?? most) - db.ExecuteScalar<long>(SumOfShares, new { parent })
                + (before.Channels ?? 0);
            if (channels > free) return new ShareGiven.TooMany(Math.Max(0, free));
            db.Execute(UpdateChannels, new { parent, id, channels, at = _time.GetUtcNow() });
            var after = Find(db, parent, id)!; // was found before
            Note(db, notes(before, after));
            return new ShareGiven.Done(after);
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return given;
    }

    /// <summary>Takes its limit of channels away: it uses what the account above has.</summary>
    /// <returns>The account as it is now; null when it is none of this one's.</returns>
    public ValueTask<ChildTenant?> UnshareAsync(TenantId parent, TenantId id, Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> notes,
        CancellationToken stop) =>
        ChangeAsync(parent, id, notes, (db, at) => db.Execute(UpdateChannels, new { parent, id, channels = (int?)null, at }), stop);

    /// <summary>What was given to the accounts below, in all.</summary>
    public ValueTask<long> SharedAsync(TenantId parent, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(SumOfShares, new { parent }), stop);

    private async ValueTask<ChildTenant?> ChangeAsync(TenantId parent, TenantId id,
        Func<ChildTenant?, ChildTenant, IEnumerable<AuditNote>> notes, Action<IDbConnection, DateTimeOffset> change, CancellationToken stop)
    {
        var changed = await _sql.WriteAsync(db =>
        {
            if (Find(db, parent, id) is not { } before) return null;
            change(db, _time.GetUtcNow());
            var after = Find(db, parent, id)!; // was found before
            Note(db, notes(before, after));
            return after;
        }, stop).ConfigureAwait(false);
        if (changed is not null) await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return changed;
    }

    private ChildTenant? Find(IDbConnection db, TenantId parent, TenantId id) =>
        db.QuerySingleOrDefault<Row>(Select, new { parent, id })?.ToChild(db, _box);

    private static void Note(IDbConnection db, IEnumerable<AuditNote> notes)
    {
        foreach (var note in notes) AuditTable.Write(db, note);
    }

    internal static string KeysPurpose(TenantId id) => $"keys of account {id}";

    private static string? Pattern(string? text) =>
        text is null ? null : $"%{text.ToLowerInvariant().Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%";

    private sealed record Row
    {
        public TenantId Id { get; init; }
        public TenantId ParentId { get; init; }
        public string Organization { get; init; } = "";
        public string Email { get; init; } = "";
        public bool HasOwnPrices { get; init; }
        public string? Keys { get; init; }
        public int? ChannelLimit { get; init; }
        public DateTimeOffset? DisabledAt { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public ChildTenant ToChild(IDbConnection db, SecretBox box) => new()
        {
            Id = Id,
            Parent = ParentId,
            Organization = Organization,
            Email = Email,
            HasOwnPrices = HasOwnPrices,
            IsPaidAbove = MoneyAccountTable.Find(db, Id).RollsUp,
            Keys = Keys is { } text && box.UnsealText(text, KeysPurpose(Id)).Split('\n') is [var key, var token] ? new(key, token) : null,
            Channels = ChannelLimit,
            DisabledAt = DisabledAt,
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
