using System.Net;
using System.Text.Json;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;

namespace Ringwright.Store.Tables;

/// <summary>A trunk or a route with the times of its row.</summary>
public sealed record Stored<T>(T Value, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The operator's trunks. They belong to no tenant. Passwords and keys are encrypted at rest.</summary>
public sealed class TrunkTable
{
    internal const string Columns =
        "id, name, is_enabled, host, port, transport, nat, rtp_auto_adjust, tls, tls_key, sources, auth_user, auth_password, "
        + "channel_limit, codecs, from_domain, media_encryption, registers, registrar, register_seconds, caller_ids, caller_identity, "
        + "forwarded_by, rtp_timeout_secs, held_rtp_timeout_secs, probe_seconds, next_trunk_on, calls_per_second, inbound_channel_limit, "
        + "inbound_calls_per_second, may_refer, created_at, updated_at";
    internal const string SelectAll = $"select {Columns} from rw_trunk order by created_at, id";
    internal const string Select = $"select {Columns} from rw_trunk where id = @id";
    internal const string SelectByName = $"select {Columns} from rw_trunk where name = @name";
    internal const string Insert = $"""
        insert into rw_trunk ({Columns})
        values (@Id, @Name, @IsEnabled, @Host, @Port, @Transport, @Nat, @RtpAutoAdjust, @Tls, @TlsKey, @Sources, @AuthUser, @AuthPassword, @ChannelLimit, @Codecs, @FromDomain, @MediaEncryption, @Registers, @Registrar, @RegisterSeconds, @CallerIds, @CallerIdentity, @ForwardedBy, @RtpTimeoutSecs, @HeldRtpTimeoutSecs, @ProbeSeconds, @NextTrunkOn, @CallsPerSecond, @InboundChannelLimit, @InboundCallsPerSecond, @MayRefer, @CreatedAt, @UpdatedAt)
        """;
    internal const string Update = """
        update rw_trunk set name = @Name, is_enabled = @IsEnabled, host = @Host, port = @Port, transport = @Transport, nat = @Nat, rtp_auto_adjust = @RtpAutoAdjust,
            tls = @Tls, tls_key = @TlsKey, sources = @Sources, auth_user = @AuthUser,
            auth_password = @AuthPassword, channel_limit = @ChannelLimit, codecs = @Codecs, from_domain = @FromDomain, media_encryption = @MediaEncryption,
            registers = @Registers, registrar = @Registrar, register_seconds = @RegisterSeconds, caller_ids = @CallerIds, caller_identity = @CallerIdentity,
            forwarded_by = @ForwardedBy, rtp_timeout_secs = @RtpTimeoutSecs, held_rtp_timeout_secs = @HeldRtpTimeoutSecs,
            probe_seconds = @ProbeSeconds, next_trunk_on = @NextTrunkOn, calls_per_second = @CallsPerSecond,
            inbound_channel_limit = @InboundChannelLimit, inbound_calls_per_second = @InboundCallsPerSecond, may_refer = @MayRefer,
            updated_at = @UpdatedAt
        where id = @Id
        """;
    internal const string CountRoutes = "select count(*) from rw_route where trunk_id = @id";
    internal const string Delete = "delete from rw_trunk where id = @id";

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;

    internal TrunkTable(Sql sql, Routing routing, SecretBox box, TimeProvider time) =>
        (_sql, _routing, _box, _time) = (sql, routing, box, time);

    /// <summary>Oldest first.</summary>
    public async ValueTask<IReadOnlyList<Stored<Trunk>>> ListAsync(CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectAll), stop).ConfigureAwait(false)).Select(r => r.ToStored(_box))];

    public async ValueTask<Stored<Trunk>?> FindAsync(TrunkId id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { id }), stop).ConfigureAwait(false))?.ToStored(_box);

    public async ValueTask<Stored<Trunk>?> FindByNameAsync(string name, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectByName, new { name }), stop).ConfigureAwait(false))?.ToStored(_box);

    /// <returns>Duplicate when the name is taken.</returns>
    public ValueTask<WriteOutcome> InsertAsync(Trunk trunk, CancellationToken stop) => WriteAsync(Insert, trunk, stop);

    public ValueTask<WriteOutcome> UpdateAsync(Trunk trunk, CancellationToken stop) => WriteAsync(Update, trunk, stop);

    /// <returns>InUse while a route leads to it.</returns>
    public async ValueTask<WriteOutcome> DeleteAsync(TrunkId id, CancellationToken stop)
    {
        var outcome = await _sql.WriteAsync(db =>
        {
            if (db.ExecuteScalar<long>(CountRoutes, new { id }) > 0) return WriteOutcome.InUse;
            return db.Execute(Delete, new { id }) == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return outcome;
    }

    private async ValueTask<WriteOutcome> WriteAsync(string statement, Trunk trunk, CancellationToken stop)
    {
        var row = Row.Of(trunk, _box, _time.GetUtcNow());
        var outcome = await _sql.WriteAsync(db =>
        {
            if (db.QuerySingleOrDefault<Row>(SelectByName, new { name = trunk.Name }) is { } named && named.Id != trunk.Id)
                return WriteOutcome.Duplicate;
            return db.Execute(statement, row) == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return outcome;
    }

    internal static string PasswordPurpose(TrunkId id) => $"password of trunk {id}";

    internal static string KeyPurpose(TrunkId id) => $"TLS key of trunk {id}";

    internal sealed record Row
    {
        public TrunkId Id { get; init; }
        public string Name { get; init; } = "";
        public bool IsEnabled { get; init; }
        public string Host { get; init; } = "";
        /// <summary>0 is none.</summary>
        public int Port { get; init; }
        public string? Transport { get; init; }
        public string Nat { get; init; } = "auto";
        public bool RtpAutoAdjust { get; init; } = true;
        public string Tls { get; init; } = "{}";
        public string? TlsKey { get; init; }
        public string Sources { get; init; } = "[]";
        public string? AuthUser { get; init; }
        public string? AuthPassword { get; init; }
        public int? ChannelLimit { get; init; }
        public string Codecs { get; init; } = "[]";
        public string? FromDomain { get; init; }
        public bool Registers { get; init; }
        public string? Registrar { get; init; }
        public int RegisterSeconds { get; init; }
        public string MediaEncryption { get; init; } = "disabled";
        public string CallerIds { get; init; } = "owned";
        public string CallerIdentity { get; init; } = "none";
        public string ForwardedBy { get; init; } = "diversion";
        public int? RtpTimeoutSecs { get; init; }
        public int? HeldRtpTimeoutSecs { get; init; }
        public int ProbeSeconds { get; init; }
        public string NextTrunkOn { get; init; } = "[]";
        public int? CallsPerSecond { get; init; }
        public int? InboundChannelLimit { get; init; }
        public int? InboundCallsPerSecond { get; init; }
        public bool MayRefer { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public static Row Of(Trunk trunk, SecretBox box, DateTimeOffset at) => new()
        {
            Id = trunk.Id,
            Name = trunk.Name,
            IsEnabled = trunk.IsEnabled,
            Host = trunk.Host,
            Port = trunk.Port ?? 0,
            Transport = trunk.Transport is { } transport ? Names<SipTransport>.Of(transport) : null,
            Nat = Names<NatPolicy>.Of(trunk.Nat),
            RtpAutoAdjust = trunk.AdjustsRtp,
            Tls = JsonLists.WriteTls(trunk.Tls),
            TlsKey = trunk.Tls.CertificateKey is null ? null : box.SealText(trunk.Tls.CertificateKey, KeyPurpose(trunk.Id)),
            Sources = JsonLists.Write([.. trunk.Sources.Select(n => n.ToString())]),
            AuthUser = trunk.AuthUser,
            AuthPassword = trunk.AuthPassword is null ? null : box.SealText(trunk.AuthPassword, PasswordPurpose(trunk.Id)),
            ChannelLimit = trunk.ChannelLimit,
            Codecs = JsonLists.Write(trunk.Codecs),
            FromDomain = trunk.FromDomain,
            Registers = trunk.Registers,
            Registrar = trunk.Registrar,
            RegisterSeconds = trunk.RegisterSeconds,
            MediaEncryption = Names<MediaEncryption>.Of(trunk.Encryption),
            CallerIds = Names<CallerChoice>.Of(trunk.CallerIds),
            CallerIdentity = Names<CallerIdentity>.Of(trunk.Identity),
            ForwardedBy = Names<ForwardedBy>.Of(trunk.ForwardedBy),
            RtpTimeoutSecs = trunk.RtpTimeoutSeconds,
            HeldRtpTimeoutSecs = trunk.HeldRtpTimeoutSeconds,
            ProbeSeconds = trunk.ProbeSeconds,
            NextTrunkOn = JsonLists.Write(trunk.NextTrunkOn.Texts),
            CallsPerSecond = trunk.CallsPerSecond,
            InboundChannelLimit = trunk.InboundChannelLimit,
            InboundCallsPerSecond = trunk.InboundCallsPerSecond,
            MayRefer = trunk.MayRefer,
            CreatedAt = at,
            UpdatedAt = at,
        };

        public Trunk ToTrunk(SecretBox box) => new()
        {
            Id = Id,
            Name = Name,
            IsEnabled = IsEnabled,
            Host = Host,
            Port = Port == 0 ? null : Port,
            Transport = Transport is null ? null : Names<SipTransport>.Parse(Transport),
            Nat = Names<NatPolicy>.Parse(Nat),
            AdjustsRtp = RtpAutoAdjust,
            Tls = JsonLists.ReadTls(Tls) with { CertificateKey = TlsKey is null ? null : box.UnsealText(TlsKey, KeyPurpose(Id)) },
            Sources = [.. JsonLists.Read(Sources).Select(n => IPNetwork.Parse(n))],
            AuthUser = AuthUser,
            AuthPassword = AuthPassword is null ? null : box.UnsealText(AuthPassword, PasswordPurpose(Id)),
            ChannelLimit = ChannelLimit,
            Codecs = JsonLists.Read(Codecs),
            FromDomain = FromDomain,
            Registers = Registers,
            Registrar = Registrar,
            RegisterSeconds = RegisterSeconds,
            Encryption = Names<MediaEncryption>.Parse(MediaEncryption),
            CallerIds = Names<CallerChoice>.Parse(CallerIds),
            Identity = Names<CallerIdentity>.Parse(CallerIdentity),
            ForwardedBy = Names<ForwardedBy>.Parse(ForwardedBy),
            RtpTimeoutSeconds = RtpTimeoutSecs,
            HeldRtpTimeoutSeconds = HeldRtpTimeoutSecs,
            ProbeSeconds = ProbeSeconds,
            NextTrunkOn = AnswerSet.TryParse(JsonLists.Read(NextTrunkOn)) ?? AnswerSet.ServerFailures,
            CallsPerSecond = CallsPerSecond,
            InboundChannelLimit = InboundChannelLimit,
            InboundCallsPerSecond = InboundCallsPerSecond,
            MayRefer = MayRefer,
        };

        public Stored<Trunk> ToStored(SecretBox box) => new(ToTrunk(box), CreatedAt, UpdatedAt);

    }
}
