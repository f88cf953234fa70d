using System.Collections.Frozen;

namespace Ringwright.Edge.Agency.Walks;

/// <summary>A row of who may do what.</summary>
/// <param name="Cells">A letter for each part, in the order of <see cref="AgencyMatrix.Parts"/>.</param>
internal sealed record MatrixRow(int Number, string Cells, string Permission, string[] Operations)
{
    public char CellOf(string role) => Cells[Array.IndexOf(AgencyMatrix.Parts, role)];
}

/// <summary>
/// Who may do what, as it was agreed and not as the node's tables say, under default settings: what is granted only by a setting or for
/// one client (<c>g</c>) stands as without it. <c>Y</c> may, <c>-</c> may not; <c>i</c> an administrator of the platform who acts within
/// an agency; <c>c</c> rows of the own client; <c>s</c> oneself; <c>p</c> a part of it, which <see cref="InPart"/> says by operation.
/// </summary>
internal static class AgencyMatrix
{
    public static readonly string[] Parts =
        ["admin", "agency_owner", "agency_admin", "agency_member", "client_admin", "client_viewer"];

    // Members read: that they neither annotate, nor put numbers on lists, nor sync voices was decided against the first matrix.
    // Row 64 is split in two: administrators read plans, and clients' administrators see their own invoices, and no plan.
    private const string Text = """
         1 Y----- agency.manage: ListAgencies CreateAgency
         2 YYYYpp agency.read: GetAgency
         3 iY---- agency.update: UpdateAgency
         4 iY---- agency.branding.update: PutBranding PutLogo
         5 -Y---- credentials.write: PutUltravox PutTelnyx PutLlm DeleteIntegration
         6 iYYY-- credentials.status: GetIntegrations
         7 -Y---- telephony.provision: ProvisionTelephony ImportTelephony
         8 iYYY-- telephony.verify: VerifyTelephony
         9 -Yp--- webhook_secret.rotate: RotateWebhookSecret
        10 iYYY-- agency_users.list:
        11 iYp--- agency_users.change:
        12 iYYYcc clients.read: ListClients GetClient GetClientUsage
        13 iYY-p- clients.write: CreateClient UpdateClient
        14 iY---- clients.delete: DeleteClient
        15 iYY--- clients.limits:
        16 iYYYc- client_users.list: ListUsers GetUser
        17 iYY-c- client_users.change: InviteUser UpdateUser DeleteUser
        18 iYYYcc agents.read: ListAgents GetAgent
        19 iYY--- agents.write: CreateAgent UpdateAgent
        20 iYY--- agents.assign: AssignAgents
        21 iYY--- agents.sync: SyncAgents
        22 iY---- agents.delete: DeleteAgent
        23 iYYY-- tools.read: ListTools
        24 iYY--- tools.write: CreateTool UpdateTool DeleteTool SyncTools
        25 YYYYYY voices.read: ListVoices
        26 YYY--- voices.sync: SyncVoices
        27 iYYYcc numbers.read: ListNumbers GetNumber
        28 iYY--- numbers.search: SearchNumbers
        29 iYY--- numbers.purchase: PurchaseNumbers ImportNumber
        30 iYY--- numbers.assign: UpdateNumber AssignNumber UnassignNumber ReconcileNumbers
        31 -Y---- numbers.release: ReleaseNumbers
        32 iYYYcc campaigns.read: ListCampaigns GetCampaign GetCampaignProgress GetCampaignReport
        33 iYY--- campaigns.write: CreateCampaign UpdateCampaign ArchiveCampaign
        34 iYY--- campaigns.delete: DeleteCampaign
        35 iYYYcc contacts.read: ListCampaignContacts ListBatchContacts GetContactTimeline
        36 iYY-c- contacts.write: AddCampaignContacts AddBatchContacts ImportContacts GetImport GetImportErrors
        36 iYY-c- contacts.write: UpdateContact DeleteContact CallbackContact
        37 iYY--- contacts.export: ExportBatchContacts
        38 iYYYcc batches.read: ListBatches GetBatch
        39 iYY--- batches.create: CreateBatch UpdateBatch RetryFailed ResumeBatch CancelBatch
        40 iYY-c- batches.pause: PauseBatch
        41 iYY--- calls.place: PlaceCall TestCallAgent
        42 iYYYcc calls.read: ListCalls GetCall Stream
        43 iYYYcc calls.transcript.read: GetTranscript
        44 iYY-c- calls.recording.read: GetRecording
        45 iYY--- calls.cost.read:
        46 iYYYc- calls.price.read:
        47 iYY-c- calls.annotate: UpdateCall AddNote
        48 iYY--- calls.reanalyse: RerunAnalysis RefetchTranscript
        49 iY---- calls.delete: DeleteCall
        50 iYY--- calls.export: ExportCalls
        51 YYYYcc dashboards.read: DashboardOverview DashboardTimeseries DashboardFunnel DashboardCampaigns DashboardHeatmap
        51 YYYYcc dashboards.read: DashboardQuality DashboardObjections DashboardAgents DashboardNumbers DashboardLive
        51 YYYYcc dashboards.read: DashboardCompliance
        52 iYYY-- sync_jobs.read: ListSyncJobs GetSyncJob ListSyncErrors
        53 iYY--- sync_jobs.start: StartSyncJob CancelSyncJob
        54 YYY--- queues.read: ListQueue GetQueued ListAlerts
        55 YYY--- queues.retry: RetryQueued RetryDead DiscardQueued
        56 YYY--- webhook_logs.read: ListWebhookLogs
        57 iYYYcc dnc.read: ListDncEntries CheckCompliance
        57 iYY-c- dnc.add: AddDncEntry ImportDncEntries
        58 iY---- dnc.remove: DeleteDncEntry
        59 iYYpcp consent.write: ListConsent AddConsent DeleteConsent
        60 iY---- compliance.write: ExportNumber EraseNumber HoldCall GiveLegalOverride EndLegalOverride
        61 iYY--- outbound_webhooks.manage: ListOutboundWebhooks CreateOutboundWebhook GetOutboundWebhook UpdateOutboundWebhook
        61 iYY--- outbound_webhooks.manage: DeleteOutboundWebhook ListOutboundDeliveries ResendOutboundDelivery
        62 iYp--- api_keys.manage: ListApiKeys CreateApiKey DeleteApiKey
        63 YYY-c- audit_log.read: ListAudit
        64 iYp--- billing.plans: ListRatePlans CreateRatePlan UpdateRatePlan DeleteRatePlan
        64 iYY-c- billing.invoices: ListInvoices ListCharges
        65 Y----- platform.manage: TickWorker
        66 ssssss me: GetMe UpdateMe ChangePassword BeginTotp ConfirmTotp EndTotp Logout
        """;

    /// <summary>What a part may whose cell is <c>p</c>; what is not here it may not.</summary>
    private static readonly FrozenSet<string> InPart = new[]
    {
        "GetAgency client_admin", "GetAgency client_viewer", "UpdateClient client_admin", "ListConsent agency_member",
        "ListConsent client_viewer", "ListApiKeys agency_admin", "CreateApiKey agency_admin", "DeleteApiKey agency_admin",
        "ListRatePlans agency_admin",
    }.ToFrozenSet();

    public static IReadOnlyList<MatrixRow> Rows { get; } = [.. Text.Split('\n', StringSplitOptions.TrimEntries).Select(RowOf)];

    /// <summary>An operation stands in one row.</summary>
    private static readonly Dictionary<string, MatrixRow> ByOperation =
        Rows.SelectMany(row => row.Operations.Select(one => (one, row))).ToDictionary(pair => pair.one, pair => pair.row);

    public static bool Has(string operation) => ByOperation.ContainsKey(operation);

    public static char CellOf(string operation, string role) => ByOperation[operation].CellOf(role);

    /// <summary>Whether the part may, within an agency of its own.</summary>
    public static bool May(string operation, string role)
    {
        char cell = CellOf(operation, role);
        return cell is 'p' ? InPart.Contains($"{operation} {role}") : cell is not ('-' or 'i');
    }

    /// <summary>What <c>permissions.tsv</c> calls the cell.</summary>
    public static string WordOf(char cell) => cell switch
    {
        'Y' => "yes",
        '-' => "no",
        'i' => "acting",
        'c' => "own",
        's' => "self",
        'p' => "some",
        _ => throw new ArgumentOutOfRangeException(nameof(cell), cell, "It is no class."),
    };

    private static MatrixRow RowOf(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        string[] head = line[..colon].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new(int.Parse(head[0], System.Globalization.CultureInfo.InvariantCulture), head[1], head[2],
            line[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
