using System.Data;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>
/// The customers' connections. Names are unique per tenant, apart from those of applications. A deleted connection leaves its numbers
/// without one and takes its addresses, host names and credentials with it.
/// </summary>
public sealed class ConnectionTable
{
    private const string Noun = "connection";
    private const string Columns = """
        tenant_id, id, kind, name, is_active, webhook_url, webhook_failover_url, webhook_timeout_ms, webhook_version, webhook_retries, first_command_timeout_ms,
            inbound_channel_limit, outbound_channel_limit, outbound_profile_id, codecs, digit_method, is_dtmf_redacted, sip, user_name, secret, subdomain,
            is_subdomain_open, tells_cost, rtp_timeout_secs, held_rtp_timeout_secs, hold_music, application_kind, application_target,
            webhook_method, webhook_failover_method, status_url, status_method
        """;
    internal const string Source = "rw_connection where tenant_id = @tenant and kind = @kind";
    internal const string SourceOfAll = "rw_connection where tenant_id = @tenant";
    private const string UniqueName = "case when @kind in ('call_control', 'document') then cast(@id as text) else @name end";
    internal const string Insert = $"""
        insert into rw_connection (tenant_id, id, kind, unique_name, name, is_active, webhook_url, webhook_failover_url, webhook_timeout_ms, webhook_version, webhook_retries,
            first_command_timeout_ms, inbound_channel_limit, outbound_channel_limit, outbound_profile_id, codecs, digit_method, is_dtmf_redacted,
            sip, user_name, secret, subdomain, is_subdomain_open, tells_cost, rtp_timeout_secs, held_rtp_timeout_secs, hold_music,
            application_kind, application_target, webhook_method, webhook_failover_method, status_url, status_method, doc, revision, created_at, updated_at)
        values (@tenant, @id, @kind, {UniqueName}, @name, @isActive, @webhookUrl, @webhookFailoverUrl, @webhookTimeoutMs, @webhookVersion, @webhookRetries,
            @firstCommandTimeoutMs, @inboundChannelLimit, @outboundChannelLimit, @outboundProfileId, @codecs, @digitMethod, @isDtmfRedacted,
            @sip, @userName, @secret, @subdomain, @isSubdomainOpen, @tellsCost, @rtpTimeoutSecs, @heldRtpTimeoutSecs, @holdMusic,
            @applicationKind, @applicationTarget, @webhookMethod, @webhookFailoverMethod, @statusUrl, @statusMethod, @doc, @revision, @createdAt, @updatedAt)
        """;
    internal const string Update = $"""
        update rw_connection set unique_name = {UniqueName}, name = @name, is_active = @isActive, webhook_url = @webhookUrl, webhook_failover_url = @webhookFailoverUrl,
            webhook_timeout_ms = @webhookTimeoutMs, webhook_version = @webhookVersion, webhook_retries = @webhookRetries, first_command_timeout_ms = @firstCommandTimeoutMs,
            inbound_channel_limit = @inboundChannelLimit, outbound_channel_limit = @outboundChannelLimit, outbound_profile_id = @outboundProfileId,
            codecs = @codecs, digit_method = @digitMethod, is_dtmf_redacted = @isDtmfRedacted, sip = @sip, user_name = @userName, secret = @secret,
            subdomain = @subdomain, is_subdomain_open = @isSubdomainOpen, tells_cost = @tellsCost,
            rtp_timeout_secs = @rtpTimeoutSecs, held_rtp_timeout_secs = @heldRtpTimeoutSecs, hold_music = @holdMusic, application_kind = @applicationKind,
            application_target = @applicationTarget, webhook_method = @webhookMethod,
            webhook_failover_method = @webhookFailoverMethod, status_url = @statusUrl, status_method = @statusMethod,
            doc = @doc, revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and kind = @kind and id = @id and revision = @revision
        """;
    private const string Own =
        "where tenant_id = @tenant and connection_id = (select id from rw_connection where tenant_id = @tenant "
        + "and kind = @kind and id = @id)";
    internal const string CountNumbers = "select count(*) from rw_number where tenant_id = @tenant and connection_id = @id";
    internal const string DetachNumbers = $"update rw_number set connection_id = null, revision = revision + 1 {Own}";
    internal const string DeleteAddresses = $"delete from rw_connection_address {Own}";
    internal const string DeleteHosts = $"delete from rw_connection_host {Own}";
    internal const string DeleteCredentials = $"delete from rw_sip_credential {Own}";
    internal const string DeleteBucket = $"delete from rw_connection_bucket {Own}";
    internal const string Delete = "delete from rw_connection where tenant_id = @tenant and kind = @kind and id = @id";
    internal const string SelectAllTenants = $"select {Columns} from rw_connection";
    internal const string Select = $"{SelectAllTenants} where tenant_id = @tenant and id = @id";

    private static readonly ResourceSql Statements = new()
    {
        Noun = Noun,
        Source = Source,
        Insert = Insert,
        Update = Update,
        Detach = [DetachNumbers, DeleteAddresses, DeleteHosts, DeleteCredentials, DeleteBucket],
        Delete = Delete,
        Columns = new Dictionary<string, string>
        {
            ["name"] = "name",
            ["kind"] = "kind",
            ["is_active"] = "case when is_active then 'true' else 'false' end",
            ["outbound_profile_id"] = "cast(outbound_profile_id as text)",
        },
        Sets = new Dictionary<string, string>
        {
            ["hosts"] = "select host as value from rw_connection_host h where h.tenant_id = rw_connection.tenant_id "
                + "and h.connection_id = rw_connection.id",
        },
    };

    private readonly RowWriter _writer;
    private readonly SecretBox _box;
    private readonly RecordSql<Connection> _table;

    internal ConnectionTable(RowWriter writer, SecretBox box, IReadOnlyList<DialectFaces> dialects)
    {
        (_writer, _box) = (writer, box);
        _table = new("rw_connection", Statements, FaceSet<Connection>.Of(dialects, d => d.Connections))
        {
            Bind = Bind,
            TenantOf = connection => connection.Tenant,
            KindOf = connection => Names<ConnectionKind>.Of(connection.Kind),
            SecretOf = connection => connection.Sip?.Password,
            Read = (db, rest, which) => db.Query<Row>($"select {Columns}, doc, revision, created_at, updated_at from rw_connection {rest}",
                which).Select(row => row.ToKept(box)),
        };
        Records = new(writer, box, _table);
    }

    /// <summary>As nobody's dialect has them, of all kinds.</summary>
    public Records<Connection> Records { get; }

    /// <summary>
    /// The connections of all kinds, for reading: their bodies are as different as their kinds. Columns as for <see cref="Rows"/>.
    /// </summary>
    public IResourceRows AllRows(ResourceView<Connection> view) =>
        new TypedRows<Connection>(_writer, _box, Statements with { Source = SourceOfAll }, view, "", Bind, _table);

    /// <summary>
    /// The connections of one kind. Columns for the view: name, kind, is_active, outbound_profile_id, and hosts (each
    /// of its host names). A secret is the password of <see cref="SipConnection"/>.
    /// </summary>
    public IResourceRows Rows(ConnectionKind kind, ResourceView<Connection> view) =>
        new TypedRows<Connection>(_writer, _box, Statements, view, Names<ConnectionKind>.Of(kind), Bind, _table);

    /// <summary>Removes one to which no number leads, and none that another network has at the moment, either; InUse for others.</summary>
    public ValueTask<WriteOutcome> RemoveUnledAsync(TenantId tenant, string id, CancellationToken stop) =>
        Records.RemoveAsync(tenant, id, work: null,
            db => db.ExecuteScalar<long>(CountNumbers, new { tenant, id = Statements.KeyOf(id) }) == 0, stop);

    /// <summary>Switches all connections of a tenant on or off, in the transaction of what they are switched with.</summary>
    internal void Switch(IDbConnection db, TenantId tenant, bool isActive, DateTimeOffset at) =>
        Records.ChangeAll(db, "where tenant_id = @tenant and is_active <> @isActive", new { tenant, isActive },
            connection => connection with { IsActive = isActive }, at);

    /// <summary>Switches on those that are off and were changed last at that moment.</summary>
    internal void SwitchBack(IDbConnection db, TenantId tenant, DateTimeOffset since, DateTimeOffset at) =>
        Records.ChangeAll(db, "where tenant_id = @tenant and is_active <> @isActive and updated_at = @since",
            new { tenant, isActive = true, since }, connection => connection with { IsActive = true }, at);

    private static DynamicParameters Bind(Connection connection)
    {
        var parameters = new DynamicParameters();
        parameters.Add("name", connection.Name);
        parameters.Add("isActive", connection.IsActive);
        parameters.Add("webhookUrl", connection.WebhookUrl);
        parameters.Add("webhookFailoverUrl", connection.WebhookFailoverUrl);
        parameters.Add("webhookTimeoutMs", (long?)connection.WebhookTimeout?.TotalMilliseconds);
        parameters.Add("webhookVersion", connection.WebhookVersion);
        parameters.Add("webhookRetries", connection.WebhookRetries is { } retries ? Names<RetrySchedule>.Of(retries) : null);
        parameters.Add("firstCommandTimeoutMs", (long?)connection.FirstCommandTimeout?.TotalMilliseconds);
        parameters.Add("inboundChannelLimit", connection.InboundChannelLimit);
        parameters.Add("outboundChannelLimit", connection.OutboundChannelLimit);
        parameters.Add("outboundProfileId", connection.OutboundProfile);
        parameters.Add("codecs", JsonLists.Write(connection.Codecs));
        parameters.Add("digitMethod", Names<DigitMethod>.Of(connection.Digits));
        parameters.Add("isDtmfRedacted", connection.IsDtmfRedacted);
        parameters.Add("sip", connection.Sip is { } sip
            ? JsonColumns.Write(sip with { UserName = null, Password = null }, ColumnJson.Default.SipConnection)
            : null);
        parameters.Add("userName", connection.Sip?.UserName);
        parameters.Add("secret", null);     // the view's secret, when it has one, is laid over this
        parameters.Add("subdomain", connection.Subdomain);
        parameters.Add("isSubdomainOpen", connection.IsSubdomainOpen);
        parameters.Add("tellsCost", connection.TellsCost);
        parameters.Add("rtpTimeoutSecs", connection.RtpTimeoutSeconds);
        parameters.Add("heldRtpTimeoutSecs", connection.HeldRtpTimeoutSeconds);
        parameters.Add("holdMusic", connection.HoldMusic);
        parameters.Add("applicationKind", connection.Application.Kind);
        parameters.Add("applicationTarget", connection.Application.Target);
        parameters.Add("webhookMethod", connection.WebhookMethod);
        parameters.Add("webhookFailoverMethod", connection.WebhookFailoverMethod);
        parameters.Add("statusUrl", connection.StatusUrl);
        parameters.Add("statusMethod", connection.StatusMethod);
        return parameters;
    }

    internal sealed record Row : RecordRow
    {
        public ConnectionId Id { get; init; }
        public string Kind { get; init; } = "";
        public string Name { get; init; } = "";
        public bool IsActive { get; init; }
        public string? WebhookUrl { get; init; }
        public string? WebhookFailoverUrl { get; init; }
        public long? WebhookTimeoutMs { get; init; }
        public string WebhookVersion { get; init; } = "";
        public string? WebhookRetries { get; init; }
        public long? FirstCommandTimeoutMs { get; init; }
        public int? InboundChannelLimit { get; init; }
        public int? OutboundChannelLimit { get; init; }
        public long? OutboundProfileId { get; init; }
        public string Codecs { get; init; } = "[]";
        public string DigitMethod { get; init; } = "";
        public bool IsDtmfRedacted { get; init; }
        public string? Sip { get; init; }
        public string? UserName { get; init; }
        public string? Secret { get; init; }
        public string? Subdomain { get; init; }
        public bool IsSubdomainOpen { get; init; }
        public bool TellsCost { get; init; }
        public int? RtpTimeoutSecs { get; init; }
        public int? HeldRtpTimeoutSecs { get; init; }
        public string? HoldMusic { get; init; }
        public string ApplicationKind { get; init; } = "";
        public string ApplicationTarget { get; init; } = "";
        public string WebhookMethod { get; init; } = "";
        public string? WebhookFailoverMethod { get; init; }
        public string? StatusUrl { get; init; }
        public string StatusMethod { get; init; } = "";

        public Connection ToConnection(SecretBox box) => new()
        {
            Id = Id,
            Tenant = TenantId,
            Kind = Names<ConnectionKind>.Parse(Kind),
            Application = ApplicationKind is Calls.ApplicationKind.Webhook ? Application.Webhook : new(ApplicationKind, ApplicationTarget),
            Name = Name,
            IsActive = IsActive,
            WebhookUrl = WebhookUrl,
            WebhookFailoverUrl = WebhookFailoverUrl,
            WebhookMethod = WebhookMethod,
            WebhookFailoverMethod = WebhookFailoverMethod,
            StatusUrl = StatusUrl,
            StatusMethod = StatusMethod,
            WebhookTimeout = WebhookTimeoutMs is { } webhook ? TimeSpan.FromMilliseconds(webhook) : null,
            WebhookVersion = WebhookVersion,
            WebhookRetries = WebhookRetries is { } retries ? Names<RetrySchedule>.Parse(retries) : null,
            FirstCommandTimeout = FirstCommandTimeoutMs is { } first ? TimeSpan.FromMilliseconds(first) : null,
            InboundChannelLimit = InboundChannelLimit,
            OutboundChannelLimit = OutboundChannelLimit,
            OutboundProfile = OutboundProfileId,
            Codecs = JsonLists.Read(Codecs),
            Digits = Names<DigitMethod>.Parse(DigitMethod),
            IsDtmfRedacted = IsDtmfRedacted,
            Subdomain = Subdomain,
            IsSubdomainOpen = IsSubdomainOpen,
            TellsCost = TellsCost,
            RtpTimeoutSeconds = RtpTimeoutSecs,
            HeldRtpTimeoutSeconds = HeldRtpTimeoutSecs,
            HoldMusic = HoldMusic,
            Sip = JsonColumns.Read(Sip, ColumnJson.Default.SipConnection) is { } sip
                ? sip with
                {
                    UserName = UserName,
                    Password = Secret is null ? null : box.UnsealText(Secret, ResourceSql.PurposeOf(Noun, TenantId, Id.ToString()))
                } : null,
        };

        public Kept<Connection> ToKept(SecretBox box) => new(Id.ToString(), ToConnection(box), Doc ?? [], Revision, CreatedAt, UpdatedAt);
    }
}
