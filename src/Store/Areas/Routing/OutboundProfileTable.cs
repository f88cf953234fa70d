using System.Globalization;
using Dapper;
using Ringwright.Calls;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>Outbound voice profiles. Their names may stand twice; a profile that a connection refers to is in use and stays.</summary>
public sealed class OutboundProfileTable
{
    private const string Columns =
        "tenant_id, id, name, is_enabled, concurrent_call_limit, destinations, daily_spend_limit_micros, max_rate_micros, "
        + "recording, billing_group, tags";
    internal const string Source = "rw_outbound_profile where tenant_id = @tenant";
    internal const string Insert = """
        insert into rw_outbound_profile (tenant_id, id, unique_name, name, is_enabled, concurrent_call_limit, destinations, daily_spend_limit_micros,
            max_rate_micros, recording, billing_group, tags, doc, revision, created_at, updated_at)
        values (@tenant, @id, cast(@id as text), @name, @isEnabled, @concurrentCallLimit, @destinations, @dailySpendLimitMicros, @maxRateMicros, @recording, @billingGroup, @tags, @doc, @revision, @createdAt, @updatedAt)
        """;
    internal const string Update = """
        update rw_outbound_profile set name = @name, is_enabled = @isEnabled, concurrent_call_limit = @concurrentCallLimit,
            destinations = @destinations, daily_spend_limit_micros = @dailySpendLimitMicros, max_rate_micros = @maxRateMicros,
            recording = @recording, billing_group = @billingGroup, tags = @tags, doc = @doc, revision = revision + 1, updated_at = @updatedAt
        where tenant_id = @tenant and id = @id and revision = @revision
        """;
    internal const string Delete = "delete from rw_outbound_profile where tenant_id = @tenant and id = @id";
    internal const string SelectAllTenants = $"select {Columns} from rw_outbound_profile";
    internal const string Select = $"{SelectAllTenants} where tenant_id = @tenant and id = @id";

    private static readonly ResourceSql Statements = new()
    {
        Source = Source,
        Insert = Insert,
        Update = Update,
        Delete = Delete,
        Columns = new Dictionary<string, string>
        {
            ["name"] = "name",
            ["is_enabled"] = "case when is_enabled then 'true' else 'false' end",
            ["connections_count"] = """
                (select count(*) from rw_connection c where c.tenant_id = rw_outbound_profile.tenant_id and c.outbound_profile_id = rw_outbound_profile.id)
                """,
        },
    };

    private readonly RowWriter _writer;
    private readonly SecretBox _box;
    private readonly RecordSql<OutboundProfile> _table;

    internal OutboundProfileTable(RowWriter writer, SecretBox box, IReadOnlyList<DialectFaces> dialects)
    {
        (_writer, _box) = (writer, box);
        _table = new("rw_outbound_profile", Statements, FaceSet<OutboundProfile>.Of(dialects, d => d.Profiles))
        {
            Bind = Bind,
            TenantOf = profile => profile.Tenant,
            Read = (db, rest, which) =>
                db.Query<Row>($"select {Columns}, doc, revision, created_at, updated_at from rw_outbound_profile {rest}", which)
                    .Select(row => row.ToKept()),
        };
        Records = new(writer, box, _table);
    }

    /// <summary>As nobody's dialect has them.</summary>
    public Records<OutboundProfile> Records { get; }

    /// <summary>As a dialect has them. Columns for the view: name, is_enabled, connections_count.</summary>
    public IResourceRows Rows(ResourceView<OutboundProfile> view) =>
        new TypedRows<OutboundProfile>(_writer, _box, Statements, view, "", Bind, _table);

    private static DynamicParameters Bind(OutboundProfile profile)
    {
        var parameters = new DynamicParameters();
        parameters.Add("name", profile.Name);
        parameters.Add("isEnabled", profile.IsEnabled);
        parameters.Add("concurrentCallLimit", profile.ConcurrentCallLimit);
        parameters.Add("destinations", JsonLists.Write(profile.Destinations));
        parameters.Add("dailySpendLimitMicros", profile.DailySpendLimitMicros);
        parameters.Add("maxRateMicros", profile.MaxRateMicros);
        parameters.Add("billingGroup", profile.BillingGroup);
        parameters.Add("tags", JsonLists.Write(profile.Tags));
        parameters.Add("recording", JsonColumns.Write(profile.Recording, ColumnJson.Default.ProfileRecording));
        return parameters;
    }

    internal sealed record Row : RecordRow
    {
        public long Id { get; init; }
        public string Name { get; init; } = "";
        public bool IsEnabled { get; init; }
        public int? ConcurrentCallLimit { get; init; }
        public string Destinations { get; init; } = "[]";
        public long? DailySpendLimitMicros { get; init; }
        public long? MaxRateMicros { get; init; }
        public string? Recording { get; init; }
        public string? BillingGroup { get; init; }
        public string Tags { get; init; } = "[]";

        public OutboundProfile ToProfile() => new()
        {
            Id = Id,
            Tenant = TenantId,
            Name = Name,
            IsEnabled = IsEnabled,
            ConcurrentCallLimit = ConcurrentCallLimit,
            Destinations = JsonLists.Read(Destinations),
            DailySpendLimitMicros = DailySpendLimitMicros,
            MaxRateMicros = MaxRateMicros,
            BillingGroup = BillingGroup,
            Tags = JsonLists.Read(Tags),
            Recording = JsonColumns.Read(Recording, ColumnJson.Default.ProfileRecording),
        };

        public Kept<OutboundProfile> ToKept() =>
            new(Id.ToString(CultureInfo.InvariantCulture), ToProfile(), Doc ?? [], Revision, CreatedAt, UpdatedAt);
    }
}
