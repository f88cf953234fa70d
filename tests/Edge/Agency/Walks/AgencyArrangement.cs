using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Http;
using Xunit.Sdk;

namespace Ringwright.Edge.Agency.Walks;

/// <summary>
/// How each operation that is in is asked: what its path names and a body that fits. One that comes in and is not arranged here fails the
/// walks, which say the line to add.
/// </summary>
internal static class AgencyArrangement
{
    private const string Queue = "queue", Provider = "name";

    private static readonly Contract Contract = AgencyContract.Read();

    /// <summary>Fields of bodies → what they name; a number is named by its digits.</summary>
    private static readonly Dictionary<string, string> References = new(StringComparer.Ordinal)
    {
        ["client_id"] = "clients", ["campaign_id"] = "campaigns", ["agent_mapping_id"] = "agents", ["agent_id"] = "agents",
        ["from_number"] = "", ["rate_plan_id"] = "rate-plans",
    };

    /// <summary>The same of filters; a search is for a word.</summary>
    private static readonly Dictionary<string, Func<AgencyEstate, string>> Filters = new(StringComparer.Ordinal)
    {
        ["client_id"] = e => e.Ids["clients"], ["campaign_id"] = e => e.Ids["campaigns"], ["batch_id"] = e => e.Ids["batches"],
        ["agent_id"] = e => e.Ids["agents"], ["number"] = e => e.Number, ["phone_number"] = e => e.Number, ["search"] = e => e.Mark,
    };

    private static readonly Dictionary<string, Func<AgencyEstate, JsonObject>> Bodies = new(StringComparer.Ordinal)
    {
        ["InviteUser"] = e => new()
        {
            ["email"] = $"{e.Mark}-other@example.com", ["role"] = "client_viewer", ["client_id"] = e.Ids["clients"],
        },
        ["PutBranding"] = _ => new() { ["product_name"] = "Taken over" },
        ["UpdateUser"] = _ => new() { ["full_name"] = "Taken over", ["reset_totp"] = true },
        ["UpdateClient"] = _ => new() { ["name"] = "Taken over" },
        ["CreateAgent"] = _ => new() { ["name"] = "Another" },
        ["UpdateAgent"] = _ => new() { ["name"] = "Taken over" },
        ["CreateOutboundWebhook"] = e => new()
        {
            ["url"] = "http://127.0.0.1:9/another", ["events"] = new JsonArray("batch.paused"), ["client_id"] = e.Ids["clients"],
            ["is_active"] = false,
        },
        ["UpdateOutboundWebhook"] = _ => new() { ["url"] = "http://127.0.0.1:9/taken-over" },
        ["CreateTool"] = _ => new() { ["name"] = "another", ["definition"] = new JsonObject { ["url"] = "https://example.com/tool" } },
        ["UpdateTool"] = _ => new() { ["description"] = "Taken over" },
        ["CreateRatePlan"] = _ => new() { ["name"] = "Another", ["price_per_minute"] = "0.10" },
        ["UpdateRatePlan"] = _ => new() { ["name"] = "Taken over" },
        ["AssignAgents"] = e => new() { ["agent_id"] = e.Ids["agents"], ["default_direction"] = "outbound" },
        ["UpdateNumber"] = _ => new() { ["friendly_name"] = "Taken over" },
        ["AssignNumber"] = e => new() { ["agent_mapping_id"] = e.Ids["agents"] },
        ["UpdateCall"] = _ => new() { ["disposition"] = "busy" },
        ["AddNote"] = _ => new() { ["text"] = "Taken over" },
        ["CreateCampaign"] = e => new() { ["client_id"] = e.Ids["clients"], ["name"] = "Another", ["type"] = "sdr" },
        ["UpdateCampaign"] = _ => new() { ["name"] = "Taken over" },
        ["CreateBatch"] = e => new()
        {
            ["agent_mapping_id"] = e.Ids["agents"], ["from_number"] = e.Number, ["campaign_id"] = e.Ids["campaigns"], ["hold"] = true,
        },
        ["UpdateBatch"] = _ => new() { ["name"] = "Taken over" },
        ["AddBatchContacts"] = _ => new() { ["contacts"] = new JsonArray(new JsonObject { ["phone_number"] = "+15550400099" }) },
        ["AddCampaignContacts"] = _ => new() { ["contacts"] = new JsonArray(new JsonObject { ["phone_number"] = "+15550400099" }) },
        ["RetryFailed"] = _ => [],
        ["RetryDead"] = _ => [],
        ["RefetchTranscript"] = _ => [],
        ["RerunAnalysis"] = _ => [],
        ["UpdateContact"] = _ => new() { ["first_name"] = "Taken over" },
        ["CallbackContact"] = _ => new() { ["at"] = $"{DateTimeOffset.UtcNow.AddDays(1):O}" },
        ["PlaceCall"] = e => new()
        {
            ["agent_mapping_id"] = e.Ids["agents"], ["from_number"] = e.Number, ["campaign_id"] = e.Ids["campaigns"],
            ["to_number"] = AgencyLab.Number("busy"),
        },
        ["TestCallAgent"] = e => new()
        {
            ["from_number"] = e.Number, ["campaign_id"] = e.Ids["campaigns"], ["to_number"] = AgencyLab.Number("busy"),
        },
        ["CreateApiKey"] = e => new() { ["name"] = "Another", ["role"] = "client_viewer", ["client_id"] = e.Ids["clients"] },
        ["AddDncEntry"] = _ => new() { ["phone_number"] = "+15550400099" },
        ["ImportDncEntries"] = _ => new() { ["entries"] = new JsonArray(new JsonObject { ["phone_number"] = "+15550400099" }) },
        ["ExportNumber"] = _ => new() { ["phone_number"] = "+15550400099" },
        ["EraseNumber"] = _ => new() { ["phone_number"] = "+15550400099", ["because"] = "asked for it", ["confirm"] = true },
        ["GiveLegalOverride"] = _ => new() { ["because"] = "Taken over" },
        ["HoldCall"] = _ => new() { ["held"] = true, ["because"] = "Taken over" },
        ["AddConsent"] = e => new()
        {
            ["client_id"] = e.Ids["clients"], ["phone_number"] = "+15550400099", ["kind"] = "express", ["source"] = "call",
        },
        ["CheckCompliance"] = _ => new() { ["to_number"] = AgencyLab.Number("busy") },
        ["CreateAgency"] = _ => new() { ["name"] = "Another" },
        ["UpdateMe"] = _ => new() { ["full_name"] = "Another" },
        ["ChangePassword"] = _ => new() { ["current_password"] = "none of his", ["new_password"] = "another password" },
        ["BeginTotp"] = _ => new() { ["current_password"] = "none of his" },
        ["ConfirmTotp"] = _ => new() { ["totp"] = "123456" },
        ["EndTotp"] = _ => new() { ["current_password"] = "none of his", ["totp"] = "123456" },
        ["UpdateAgency"] = _ => new() { ["name"] = "Taken over" },
        ["CreateClient"] = _ => new() { ["name"] = "Another" },
        ["PutUltravox"] = _ => new() { ["webhook_signing_secrets"] = new JsonArray("none of his") },
        ["PutTelnyx"] = _ => new() { ["account_sid"] = "none of his" },
        ["PutLlm"] = _ => new() { ["base_url"] = "http://127.0.0.1:9/v1", ["api_key"] = "none of his", ["model"] = "none" },
        ["ProvisionTelephony"] = _ => [],
        ["ImportTelephony"] = _ => [],
        ["RotateWebhookSecret"] = _ => [],
        ["StartSyncJob"] = _ => [],
        ["SyncAgents"] = _ => [],
        ["SyncVoices"] = _ => [],
        ["SyncTools"] = _ => [],
        ["ReconcileNumbers"] = _ => [],
        ["PurchaseNumbers"] = _ => new() { ["phone_numbers"] = new JsonArray(new JsonObject { ["phone_number"] = "+15550400098" }) },
        ["ImportNumber"] = _ => new() { ["phone_number"] = "+15550400097", ["carrier"] = "byo_sip" },
        ["ReleaseNumbers"] = e => new() { ["phone_number_ids"] = new JsonArray(e.Ids["numbers"]), ["confirm"] = true },
    };

    /// <summary>All that are in.</summary>
    public static IReadOnlyList<Operation> Bound { get; } = Real();

    /// <summary>Those whose path names something; one that is public is known by its path alone.</summary>
    public static IEnumerable<Operation> OfThings => Bound.Where(one => !one.IsPublic && NameOf(one) is not null);

    /// <summary>Those of an agency that have pages, but for tables; a search that has a limit alone has none.</summary>
    public static IEnumerable<Operation> Lists =>
        Bound.Where(one => one.Method is "GET" && one.FindQuery("offset") is not null && !IsTable(one)
            && AgencyMatrix.May(one.Id, "agency_owner"));

    /// <summary>None of figures: they say when they were added up, and an agent narrows their calls, and not their campaigns.</summary>
    public static IEnumerable<string> FiltersOf(Operation list) => list.Path.StartsWith("/dashboard/", StringComparison.Ordinal) ? []
        : Filters.Keys.Where(name => list.FindQuery(name) is not null);

    public static string FilterOf(string name, AgencyEstate estate) => Filters[name](estate);

    /// <summary>An operation and a field of its body that names something.</summary>
    public static IEnumerable<(Operation Operation, string Field)> Named => Bound.SelectMany(one =>
        References.Keys.Where(word => SchemaOf(one)?.FindProperty(word) is not null).Select(word => (one, word)));

    public static string NamedBy(string field, AgencyEstate estate) =>
        References[field] is { Length: > 0 } kind ? estate.Ids[kind] : estate.Number;

    /// <summary>Those that read something whole: lists, tables for spreadsheets, figures and what an agency has set.</summary>
    public static IEnumerable<Operation> Wholes => Bound.Where(one => one.Method is "GET" && !one.IsPublic && NameOf(one) is null
        && one.Id is not "Stream" && AgencyMatrix.May(one.Id, "agency_owner"));

    /// <summary>The same of the functions of the documents.</summary>
    public static IEnumerable<Operation> WholeFunctions => AgencyFunction.All.Where(one => one.Names.Length == 0)
        .Select(FunctionOf).Where(function => function.Method is "GET");

    /// <summary>Functions of the documents, each with a field that names something.</summary>
    public static IEnumerable<(AgencyFunction Row, string Field)> Functions => AgencyFunction.All.SelectMany(row =>
    {
        var schema = SchemaOf(FunctionOf(row));
        var words = References.Keys.Where(word => word != row.Names && schema?.FindProperty(word) is not null);
        return (row.Names.Length > 0 ? words.Prepend(row.Names) : words).Select(word => (row, word));
    });

    public static Operation FunctionOf(AgencyFunction row) => Contract.Find(row.Name)!;      // a row has one

    public static string NamedBy(AgencyFunction row, string field, AgencyEstate estate) =>
        field == row.Names ? estate.Ids[KindOf(OfFunction(row))] : NamedBy(field, estate);

    /// <summary>How a function is asked: all that it names is of whoever asks, but for one field.</summary>
    public static (string Path, JsonObject? Body) AskOf(AgencyFunction row, AgencyEstate asks, string field, string value)
    {
        var function = FunctionOf(row);
        if (row.IsInQuery) return ($"{function.Path}?{field}={Uri.EscapeDataString(value)}", null);
        var body = BodyOf(OfFunction(row), asks) ?? [];
        if (row.Names.Length > 0) body[row.Names] = NamedBy(row, row.Names, asks);
        body[field] = value;
        return (function.Path, body);
    }

    /// <summary>Which does it.</summary>
    private static Operation OfFunction(AgencyFunction row) => Contract.Find(row.Operation)!;     // a row has one

    /// <summary>What the path of an operation names.</summary>
    public static string KindOf(Operation operation) => operation.Path.Split('/')[1];

    /// <param name="id">Of what it names; the estate's own when null.</param>
    public static string PathOf(Operation operation, AgencyEstate estate, string? id = null)
    {
        string path = operation.Path.Replace($"{{{Queue}}}", "enrichment", StringComparison.Ordinal)
            .Replace($"{{{Provider}}}", "ultravox", StringComparison.Ordinal);
        if (NameOf(operation) is not { } name) return path;
        if (!estate.Ids.TryGetValue(KindOf(operation), out string? own))
            throw new XunitException($"{operation} is in: {nameof(AgencyEstate)} is to have something of /{KindOf(operation)}.");
        string reason = operation.FindQuery("because") is not null ? "?because=he+asked"
            : operation.FindQuery("mode") is not null ? "?mode=redact" : "";
        return path.Replace($"{{{name}}}", id ?? own, StringComparison.Ordinal) + reason;
    }

    /// <summary>Of the parameter that names a thing; queues and providers are the same for all.</summary>
    private static string? NameOf(Operation operation) => operation.PathNames.FirstOrDefault(name => name is not (Queue or Provider));

    /// <summary>A body that would be taken; null when the operation has none.</summary>
    public static JsonObject? BodyOf(Operation operation, AgencyEstate estate) => SchemaOf(operation) is null ? null
        : Bodies.TryGetValue(operation.Id, out var make) ? make(estate)
        : throw new XunitException($"{operation} is in: {nameof(AgencyArrangement)} is to say what body fits {operation.Id}.");

    private static IReadOnlyList<Operation> Real()
    {
        var table = AgencyBindings.ReadOnly(Contract);
        // A function is one of these by another path: AgencyFunctionTests.
        return [.. Contract.Operations.Where(one => table[one].IsReal && one.Place is OperationPlace.Root)];
    }

    private static bool IsTable(Operation operation) => operation.Path.EndsWith(".csv", StringComparison.Ordinal);

    private static Schema? SchemaOf(Operation operation) =>
        operation.Body?.Content.FirstOrDefault(one => one.MediaType == "application/json")?.Schema;
}
