using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>A tenant as it was made; its secrets (<c>whsec_…</c>, and 32 hex digits) are to be shown once.</summary>
public sealed record NewTenant(Tenant Tenant, string WebhookSecret, string AuthToken);

public sealed class TenantTable
{
    private const string Made =
        "id, name, parent_id, channel_limit, daily_spend_limit_micros, request_rate, media_bytes_limit, live_audio_limit";
    private const string Columns = $"{Made}, disabled_at, default_profile_id, webhook_retries, voice_channels";
    // The tree has depth two: a child is nobody's parent.
    internal const string Insert = $"""
        insert into rw_tenant ({Made}, created_at)
        select @id, @name, @parent, @channels, @spend, @rate, @media, @live, @at
        where exists (select 1 from rw_tenant above where above.id = @parent and above.parent_id is null) or @parent is null
        """;
    internal const string SelectByName = $"select {Columns} from rw_tenant where name = @name";
    internal const string SelectAllTenants = $"select {Columns} from rw_tenant order by created_at, id";
    internal const string Select = $"select {Columns} from rw_tenant where id = @tenant";
    internal const string UpdateLimits = """
        update rw_tenant set channel_limit = @channels, daily_spend_limit_micros = @spend, request_rate = @rate, media_bytes_limit = @media, live_audio_limit = @live where id = @tenant
        """;

    internal const string UpdateChannels = "update rw_tenant set voice_channels = @channels where id = @tenant";
    internal const string UpdateRetries = "update rw_tenant set webhook_retries = @retries where id = @tenant";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;

    private readonly DefaultProfile _profile;

    internal TenantTable(Sql sql, Routing routing, SecretBox box, DefaultProfile profile, TimeProvider time) =>
        (_sql, _routing, _box, _profile, _time) = (sql, routing, box, profile, time);

    /// <summary>Makes the tenant with its signing key, its webhook secret, its auth token and its default profile.</summary>
    /// <param name="parent">The tenant to be above it.</param>
    /// <returns>Null when the name is taken, or when the parent is a child itself or not there.</returns>
    public async ValueTask<NewTenant?> CreateAsync(string name, TenantLimits limits, TenantId? parent, CancellationToken stop)
    {
        var tenant = new Tenant { Id = new(Guid.CreateVersion7(_time.GetUtcNow())), Name = name, Parent = parent, Limits = limits };
        byte[] seed = RandomNumberGenerator.GetBytes(32);
        string secret = SigningKeyTable.NewWebhookSecret();
        var made = await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<TenantRow>(SelectByName, new { name }) is not null) return null;
            var at = _time.GetUtcNow();
            var row = new
            {
                id = tenant.Id, name, parent = parent?.ToString(), channels = limits.Channels, spend = limits.DailySpendMicros,
                rate = limits.RequestRate, media = limits.MediaBytes, live = limits.LiveAudio, at,
            };
            if (db.Execute(Insert, row) == 0) return null;
            SigningKeyTable.Write(db, _box, tenant.Id, seed, secret, at);
            string token = AuthTokenTable.Write(db, _box, tenant.Id, at)!;      // its row was written just now
            return new NewTenant(tenant with { DefaultProfile = _profile.Write(db, tenant.Id, at) }, secret, token);
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return made;
    }

    public async ValueTask<Tenant?> FindByNameAsync(string name, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<TenantRow>(SelectByName, new { name }), stop).ConfigureAwait(false))
            ?.ToTenant();

    /// <summary>All, oldest first; the first one owns the bootstrap key.</summary>
    public async ValueTask<IReadOnlyList<Tenant>> ListAsync(CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<TenantRow>(SelectAllTenants), stop).ConfigureAwait(false)).Select(r => r.ToTenant())];

    /// <summary>Changes the limits to what <paramref name="change"/> makes of them.</summary>
    /// <returns>The tenant as it is now; null when there is none.</returns>
    public async ValueTask<Tenant?> ChangeLimitsAsync(TenantId tenant, Func<TenantLimits, TenantLimits> change, CancellationToken stop)
    {
        var changed = await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<TenantRow>(Select, new { tenant })?.ToTenant() is not { } known) return null;
            var limits = change(known.Limits);
            db.Execute(UpdateLimits, new
            {
                tenant, channels = limits.Channels, spend = limits.DailySpendMicros, rate = limits.RequestRate, media = limits.MediaBytes,
                live = limits.LiveAudio
            });
            var changed = known with { Limits = limits };
            AuditTable.Write(db, Note(known, changed));
            return changed;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return changed;
    }

    /// <param name="note">Of the account before and after, for the trail.</param>
    /// <returns>The tenant as it is now; null when there is none.</returns>
    public async ValueTask<Tenant?> ChangeRetriesAsync(TenantId tenant, RetrySchedule retries, Func<Tenant, Tenant, AuditNote>? note,
        CancellationToken stop)
    {
        var changed = await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<TenantRow>(Select, new { tenant })?.ToTenant() is not { } known) return null;
            var changed = known with { WebhookRetries = retries };
            db.Execute(UpdateRetries, new { tenant, retries = Names<RetrySchedule>.Of(retries) });
            AuditTable.Write(db, note is null ? Note(known, changed) : note(known, changed));
            return changed;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return changed;
    }

    /// <summary>Calls at a time to the tenant's numbers of a zone that are paid by channel.</summary>
    /// <param name="note">For the trail: what it had before, where it had said so.</param>
    /// <returns>False when there is no such tenant.</returns>
    public async ValueTask<bool> ChangeChannelsAsync(TenantId tenant, ChannelZone zone, int channels, Func<int?, AuditNote> note,
        CancellationToken stop)
    {
        bool isThere = await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<TenantRow>(Select, new { tenant })?.ToTenant() is not { } known) return false;
            var all = new Dictionary<string, int>(known.VoiceChannels) { [zone.Name] = channels };
            db.Execute(UpdateChannels, new { tenant, channels = JsonColumns.Write(all, ColumnJson.Default.DictionaryStringInt32) });
            AuditTable.Write(db, note(known.ChannelsOf(zone)));
            return true;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return isThere;
    }

    /// <summary>A change by the operator.</summary>
    private AuditNote Note(Tenant before, Tenant after) => new()
    {
        Tenant = after.Id, At = _time.GetUtcNow(), By = AuditActor.Operator, Change = "updated", RecordType = "account",
        ResourceId = after.Id.ToString(), Before = Fields(before), After = Fields(after),
    };

    private static JsonObject Fields(Tenant tenant) => new()
    {
        ["channels"] = tenant.Limits.Channels,
        ["daily_spend_micros"] = tenant.Limits.DailySpendMicros,
        ["request_rate"] = tenant.Limits.RequestRate,
        ["media_bytes"] = tenant.Limits.MediaBytes,
        ["live_audio"] = tenant.Limits.LiveAudio,
        ["webhook_retry_schedule"] = Names<RetrySchedule>.Of(tenant.WebhookRetries),
    };

    internal sealed record TenantRow
    {
        public TenantId Id { get; init; }
        public string Name { get; init; } = "";
        public TenantId? ParentId { get; init; }
        public int? ChannelLimit { get; init; }
        public long? DailySpendLimitMicros { get; init; }
        public int? RequestRate { get; init; }
        public long? MediaBytesLimit { get; init; }
        public int? LiveAudioLimit { get; init; }
        public DateTimeOffset? DisabledAt { get; init; }
        public long? DefaultProfileId { get; init; }
        public string? WebhookRetries { get; init; }
        public string? VoiceChannels { get; init; }

        public Tenant ToTenant(AccessList? access = null) => new()
        {
            Id = Id,
            Name = Name,
            Parent = ParentId,
            Limits = new()
            {
                Channels = ChannelLimit, DailySpendMicros = DailySpendLimitMicros, RequestRate = RequestRate, MediaBytes = MediaBytesLimit,
                LiveAudio = LiveAudioLimit
            },
            IsDisabled = DisabledAt is not null,
            DefaultProfile = DefaultProfileId,
            WebhookRetries = WebhookRetries is { } retries ? Names<RetrySchedule>.Parse(retries) : RetrySchedule.Short,
            VoiceChannels = (IReadOnlyDictionary<string, int>?)JsonColumns.Read(VoiceChannels, ColumnJson.Default.DictionaryStringInt32)
                ?? FrozenDictionary<string, int>.Empty,
            Access = access ?? AccessList.Everywhere,
        };
    }
}
