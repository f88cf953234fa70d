using Ringwright.Agency.Batches;
using Ringwright.Agency.Billing;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Compliance;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Platform;
using Ringwright.Agency.Privacy;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Talking;
using Ringwright.Agency.Telling;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>One row for each operation that is there.</summary>
public static class AgencyBindings
{
    private const string NotBuilt = "Not built yet.", Ingest = "VoiceWebhook", CarrierIngest = "CarrierWebhook";

    public static BindingTable Of(Contract contract, AgencyParts parts)
    {
        var absent = AgencyContract.ReadAbsent();
        var (repeats, acting, grants) = (new Repeats(parts), new ActingAdministrators(parts), new ClientGrants(parts));
        var handlers = Rows(parts).ToDictionary(row => row.Operation, row => row.Handler);
        var (ingest, pace) = (new WebhookIngest(parts), new DialPace());
        return new(contract,
            [
                // What is answered again by its key asks for no call.
                .. handlers.Select(row => Permissions.Guarded(contract, row.Key, repeats.Once(row.Key, pace.Kept(row.Key, row.Value)),
                    acting, grants)),
                .. AgencyFunction.All.Where(one => handlers.ContainsKey(one.Operation)).Select(one => Permissions.Guarded(contract,
                    one.Name, repeats.Once(one.Operation, pace.Kept(one.Operation, one.Over(handlers[one.Operation]))), acting, grants,
                    guardedAs: one.Operation)),
                // Whoever tells is known by the path and by what he signs.
                Bind.Upload(Ingest, WebhookIngest.MostRead, ingest.Voice),
                Bind.Upload(CarrierIngest, WebhookIngest.MostRead, ingest.Carrier),
                .. AgencyFunction.All.Where(one => one.Operation is Ingest)
                    .Select(one => Bind.Upload(one.Name, WebhookIngest.MostRead, ingest.Voice)),
                .. AgencyFunction.All.Where(one => one.Operation is CarrierIngest)
                    .Select(one => Bind.Upload(one.Name, WebhookIngest.MostRead, ingest.Carrier)),
            ],
            operation => absent.GetValueOrDefault(operation.Id) ?? absent.GetValueOrDefault(operation.Family) ?? NotBuilt);
    }

    /// <summary>To be read, and not to be called.</summary>
    public static BindingTable ReadOnly(Contract contract) => Of(contract, new() { Store = null! });

    private static IEnumerable<(string Operation, Func<OperationContext, ValueTask<Reply>> Handler)> Rows(AgencyParts parts)
    {
        var second = new SecondFactor(parts);
        var signIns = parts.Store is null ? null! : new SignIns(parts, second);
        var users = new AgencyUsers(parts, signIns, second);
        var keys = new AgencyApiKeys(parts);
        var (administrators, agencies) = (new Administrators(parts), new Agencies(parts));
        var branding = new AgencyBranding(parts);
        var clients = new AgencyClients(parts);
        var agents = new AgencyAgents(parts);
        var tools = new AgencyTools(parts);
        var calls = new AgencyCalls(parts);
        var extras = new CallExtras(parts, calls);
        var redaction = new CallRedaction(parts, calls);
        var privacy = new NumberPrivacy(parts, calls, redaction);
        var queue = new EnrichmentQueue(parts, calls);
        var (webhooks, integrations, history) = (new WebhookQueue(parts), new Integrations(parts), new SyncJobs(parts));
        var telephony = new Telephony(parts);
        var numbers = new AgencyNumbers(parts);
        var market = new NumberMarket(parts);
        var campaigns = new AgencyCampaigns(parts);
        var overrides = new LegalOverrides(campaigns);
        var batches = new AgencyBatches(parts);
        var making = new BatchMaking(parts, batches);
        var single = new SingleCalls(parts, making);
        var waiting = new WaitingContacts(parts, campaigns);
        var growth = new BatchGrowth(parts, batches, waiting);
        var imports = new ContactImports(parts, batches, growth, waiting);
        var contacts = new AgencyContacts(parts, campaigns, batches);
        var questions = new FigureQuestions(parts, batches);
        var dashboards = new Dashboards(parts, questions);
        var quality = new QualityFigures(parts, questions);
        var each = new EachFigures(parts, questions);
        var compliance = new ComplianceFigures(parts, questions);
        var outbound = new OutboundWebhooks(parts);
        var deliveries = new OutboundDeliveries(parts, outbound);
        var (plans, invoices) = (new RatePlans(parts), new ClientInvoices(parts));
        var doNotCall = new AgencyDoNotCall(parts);
        var consents = new AgencyConsents(parts);
        return
        [
            ("Login", op => signIns.Login(op)), ("Refresh", op => signIns.Refresh(op)), ("AcceptInvite", op => signIns.Accept(op)),
            ("ForgotPassword", new ForgottenPasswords(parts).Forgot), ("ResetPassword", op => signIns.Reset(op)),
            ("Logout", OrOf(administrators.Logout, op => signIns.Logout(op))),
            ("ListAgencies", agencies.List), ("CreateAgency", agencies.Create), ("TickWorker", new Workers(parts).Tick),
            ("GetMe", OrOf(administrators.GetMe, op => AgencyProfile.GetMe(op, parts))),
            ("UpdateMe", op => AgencyProfile.UpdateMe(op, parts)),
            ("ChangePassword",
                OrOf(op => administrators.ChangePassword(op, second), op => AgencyProfile.ChangePassword(op, parts, second))),
            ("BeginTotp", second.Begin), ("ConfirmTotp", second.Confirm), ("EndTotp", second.End),
            ("GetAgency", op => AgencyProfile.Get(op, parts)), ("UpdateAgency", op => AgencyProfile.Update(op, parts)),
            ("PutBranding", branding.Put), ("PutLogo", branding.PutLogo),
            ("ListUsers", users.List), ("InviteUser", users.Invite), ("GetUser", users.Get), ("UpdateUser", users.Update),
            ("DeleteUser", users.Delete), ("ListApiKeys", keys.List), ("CreateApiKey", keys.Create), ("DeleteApiKey", keys.Revoke),
            ("ListClients", clients.List), ("CreateClient", clients.Create), ("GetClient", clients.Get), ("UpdateClient", clients.Update),
            ("DeleteClient", clients.Delete),
            ("ListAgents", agents.List), ("CreateAgent", agents.Create), ("AssignAgents", agents.Assign), ("GetAgent", agents.Get),
            ("UpdateAgent", agents.Update), ("DeleteAgent", agents.Delete), ("SyncAgents", new AgentSync(parts).Sync),
            ("ListTools", tools.List), ("CreateTool", tools.Create), ("UpdateTool", tools.Update), ("DeleteTool", tools.Delete),
            ("SyncTools", new ToolSync(parts).Sync),
            ("ListVoices", new AgencyVoices(parts).List), ("SyncVoices", new VoiceSync(parts).Sync),
            ("ListCalls", calls.List), ("GetCall", extras.Get), ("UpdateCall", calls.Update),
            ("GetTranscript", new Transcripts(parts, calls).Get), ("RerunAnalysis", queue.Rerun),
            ("RefetchTranscript", queue.Refetch),
            ("ListQueue", ByQueue(webhooks.List, queue.List)), ("GetQueued", ByQueue(webhooks.Get, queue.Get)),
            ("RetryQueued", ByQueue(webhooks.Retry, queue.Retry)), ("RetryDead", ByQueue(webhooks.RetryDead, queue.RetryDead)),
            ("DiscardQueued", ByQueue(webhooks.Discard, queue.Discard)), ("ListWebhookLogs", webhooks.Logs),
            ("ListAlerts", new Alerts(parts).List),
            ("ListOutboundWebhooks", outbound.List), ("CreateOutboundWebhook", outbound.Create), ("GetOutboundWebhook", outbound.Get),
            ("UpdateOutboundWebhook", outbound.Update), ("DeleteOutboundWebhook", outbound.Delete),
            ("ListOutboundDeliveries", deliveries.List), ("ResendOutboundDelivery", deliveries.Resend),
            ("GetIntegrations", integrations.Get), ("PutUltravox", integrations.PutUltravox), ("PutTelnyx", integrations.PutTelnyx),
            ("PutLlm", integrations.PutLlm),
            ("DeleteIntegration", integrations.Delete), ("ProvisionTelephony", telephony.Provision),
            ("ImportTelephony", telephony.Import), ("VerifyTelephony", telephony.Verify),
            ("RotateWebhookSecret", integrations.Rotate), ("StartSyncJob", history.Start), ("ListSyncJobs", history.List),
            ("GetSyncJob", history.Get), ("CancelSyncJob", history.Cancel), ("ListSyncErrors", history.Errors),
            ("DeleteCall", redaction.Delete), ("HoldCall", redaction.Hold), ("ExportNumber", privacy.Export),
            ("EraseNumber", privacy.Erase),
            ("PlaceCall", single.Place), ("TestCallAgent", single.Test),
            ("Stream", new CallStream(parts, calls, batches).Open),
            ("AddNote", extras.AddNote), ("ExportCalls", extras.Export), (Permissions.Download, extras.Recording),
            ("ListAudit", new AgencyTrail(parts).List),
            ("ListNumbers", numbers.List), ("GetNumber", numbers.Get), ("UpdateNumber", numbers.Update), ("AssignNumber", numbers.Assign),
            ("UnassignNumber", numbers.Unassign), ("SearchNumbers", market.Search), ("PurchaseNumbers", market.Purchase),
            ("ReleaseNumbers", market.Release), ("ReconcileNumbers", numbers.Reconcile),
            ("ImportNumber", new BroughtNumbers(parts).Import),
            ("ListCampaigns", campaigns.List), ("CreateCampaign", campaigns.Create), ("GetCampaign", campaigns.Get),
            ("UpdateCampaign", campaigns.Update), ("ArchiveCampaign", campaigns.Archive), ("DeleteCampaign", campaigns.Delete),
            ("GiveLegalOverride", overrides.Give), ("EndLegalOverride", overrides.End),
            ("AddCampaignContacts", waiting.Add), ("DeleteContact", waiting.Delete),
            ("ListBatches", batches.List), ("CreateBatch", making.Create), ("GetBatch", batches.Get), ("UpdateBatch", batches.Update),
            ("RetryFailed", making.Retry), ("AddBatchContacts", growth.Add), ("ExportBatchContacts", contacts.Export),
            ("ImportContacts", imports.Import), ("GetImport", imports.Get), ("GetImportErrors", imports.Errors),
            ("GetCampaignProgress", contacts.Progress), ("GetContactTimeline", new ContactTimeline(parts).Get),
            ("CallbackContact", new ContactCallbacks(parts).Add), ("UpdateContact", new ContactChanges(parts).Update),
            ("PauseBatch", batches.Pause), ("ResumeBatch", batches.Resume), ("CancelBatch", batches.Cancel),
            ("ListBatchContacts", contacts.ListOfBatch), ("ListCampaignContacts", contacts.ListOfCampaign),
            ("ListDncEntries", doNotCall.List), ("AddDncEntry", doNotCall.Add), ("DeleteDncEntry", doNotCall.Remove),
            ("ImportDncEntries", doNotCall.Import),
            ("ListConsent", consents.List), ("AddConsent", consents.Add), ("DeleteConsent", consents.Revoke),
            ("CheckCompliance", new ComplianceCheck(parts).Ask),
            ("DashboardOverview", dashboards.Overview), ("DashboardTimeseries", dashboards.Timeseries),
            ("DashboardFunnel", dashboards.Funnel), ("DashboardCampaigns", dashboards.Campaigns), ("DashboardHeatmap", dashboards.Heat),
            ("DashboardQuality", quality.Quality), ("DashboardObjections", quality.Objections),
            ("DashboardAgents", each.Agents), ("DashboardNumbers", each.Numbers), ("DashboardLive", each.Live),
            ("DashboardCompliance", compliance.Get),
            ("GetClientUsage", new ClientUsage(parts, questions).Get),
            ("ListRatePlans", plans.List), ("CreateRatePlan", plans.Create), ("UpdateRatePlan", plans.Update),
            ("DeleteRatePlan", plans.Delete), ("ListInvoices", invoices.List), ("ListCharges", invoices.Lines),
            ("GetCampaignReport", new CampaignReport(parts, questions, campaigns).Get),
        ];
    }

    /// <summary>An administrator of the platform is no user of an agency.</summary>
    private static Func<OperationContext, ValueTask<Reply>> OrOf(Func<OperationContext, ValueTask<Reply>> administrator,
        Func<OperationContext, ValueTask<Reply>> user) => op => ActingAdministrators.IsOne(op) ? administrator(op) : user(op);

    private static Func<OperationContext, ValueTask<Reply>> ByQueue(Func<OperationContext, ValueTask<Reply>> webhook,
        Func<OperationContext, ValueTask<Reply>> other) => op => op.Path("queue") is WebhookQueue.Name ? webhook(op) : other(op);
}
