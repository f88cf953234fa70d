using System.Text.Json;
using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Operator;

/// <summary>
/// The operator's own API, for the admin listener: accounts, their keys, money and webhooks, trunks, routes, prices, what accounts have,
/// where calls would go and what became of them, test calls, snapshots. Its contract is in <c>contracts/operator</c>.
/// </summary>
public static class OperatorDialect
{
    private static readonly ContractFiles Files = new(typeof(OperatorDialect).Assembly, "operator");

    public const string Root = "/operator/v1";

    private static readonly Lazy<Contract> Facts = new(ReadContract);

    public static Dialect Create(OperatorParts parts)
    {
        var contract = Facts.Value;
        return new()
        {
            Name = "operator",
            Title = "The operator's API",
            Root = Root,
            Contract = contract,
            Errors = ErrorCatalogue.Read(Files.Text("errors.tsv"), Files.Text("faults.tsv")),
            Form = OperatorForm.Form,
            Bindings = new(contract, Rows(parts)),
            Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
            Rows = static kind => throw new InvalidOperationException($"The operator's API has no plain resource '{kind.RecordType}'."),
        };
    }

    internal static Contract ReadContract()
    {
        using var json = Files.Open("contract.json");
        return Contract.Read(json, Envelope.Data, parameters: Files.Text("parameters.tsv"));
    }

    private static IEnumerable<Binding> Rows(OperatorParts parts)
    {
        var (store, trunkParts, trunkHosts) = (parts.Store, parts.Trunks, parts.Trunks.Hosts);
        var desk = new Desk(store.States, new(parts.Logger), parts.Cycles);
        return
        [
            Guarded("ListDecisions", desk.List),
            Guarded("Decide", desk.Decide),

            Guarded("ListAccounts", op => Accounts.List(op, store)),
            Guarded("CreateAccount", op => Accounts.Create(op, parts)),
            Guarded("CreateAdministrator", op => AgencyAdministrators.Create(op, parts)),
            Guarded("ListAgencyProviders", op => AgencyProviders.List(op, parts)),
            Guarded("GetAccount", op => new(Accounts.Get(op))),
            Guarded("UpdateAccount", op => Accounts.Update(op, store)),
            Guarded("ReplaceAuthToken", op => Accounts.ReplaceToken(op, store, parts.Accounts.KeysChanged)),
            Guarded("StopAccount", op => AccountStops.Stop(op, store)),
            Guarded("ListAccessNetworks", op => AccessNetworks.List(op, store.AccessNetworks)),
            Guarded("RemoveAccessNetwork", op => AccessNetworks.Remove(op, store.AccessNetworks)),
            Guarded("ClearAccessNetworks", op => AccessNetworks.Clear(op, store.AccessNetworks)),

            Guarded("ListKeys", op => ApiKeys.List(op, store)),
            Guarded("CreateKey", op => ApiKeys.Create(op, store)),
            Guarded("RevokeKey", op => ApiKeys.Revoke(op, store, parts.Accounts.KeysChanged)),

            Guarded("ListBalances", op => Balances.List(op, parts)),
            Guarded("GetBalance", op => Balances.Get(op, parts)),
            Guarded("UpdateBalance", op => Balances.Update(op, parts)),
            Guarded("AddPayment", op => Balances.Add(op, parts)),
            Guarded("ListPaymentRequests", op => PaymentRequests.List(op, store.PaymentRequests)),
            Guarded("ApprovePaymentRequest", op => PaymentRequests.Decide(op, store.PaymentRequests, isApproved: true)),
            Guarded("RejectPaymentRequest", op => PaymentRequests.Decide(op, store.PaymentRequests, isApproved: false)),

            Guarded("FollowEvents", op => new(AccountEvents.Follow(op, parts.Accounts.Events))),
            Guarded("ListWebhookDeliveries", op => AccountEvents.List(op, store)),
            Guarded("ReplayWebhook", op => AccountEvents.Replay(op, store)),
            Guarded("CreateWebhookReplay", op => AccountEvents.ReplayMany(op, store, parts.Accounts.Events)),
            Guarded("GetWebhookReplay", op => AccountEvents.GetReplay(op, store)),
            Guarded("ListWarnings", op => AccountWarnings.List(op, store)),

            Handle("ListTrunks", op => Trunks.List(op, store.Trunks, trunkParts)),
            Handle("CreateTrunk", op => Trunks.Create(op, store.Trunks, trunkParts)),
            Handle("GetTrunk", op => Trunks.Get(op, store.Trunks, trunkParts)),
            Handle("UpdateTrunk", op => Trunks.Update(op, store.Trunks, trunkParts)),
            Handle("DeleteTrunk", op => Trunks.Delete(op, store.Trunks, trunkParts)),
            Guarded("TestTrunk", op => TestCalls.TestTrunk(op, parts.Trunks.Test)),

            Handle("ListRoutes", op => Operator.Routes.List(op, store.Routes)),
            Handle("CreateRoute", op => Operator.Routes.Create(op, store.Routes)),
            Handle("GetRoute", op => Operator.Routes.Get(op, store.Routes)),
            Handle("UpdateRoute", op => Operator.Routes.Update(op, store.Routes)),
            Handle("DeleteRoute", op => Operator.Routes.Delete(op, store.Routes)),
            Handle("ListTextCarriers", op => TextCarrierRecords.List(op, store.TextCarriers, trunkParts)),
            Handle("CreateTextCarrier", op => TextCarrierRecords.Create(op, store.TextCarriers, trunkParts)),
            Handle("GetTextCarrier", op => TextCarrierRecords.Get(op, store.TextCarriers, trunkParts)),
            Handle("UpdateTextCarrier", op => TextCarrierRecords.Update(op, store.TextCarriers, trunkParts)),
            Handle("DeleteTextCarrier", op => TextCarrierRecords.Delete(op, store.TextCarriers, trunkParts)),
            Guarded("GetText", op => TextTraces.Get(op, store)),
            Guarded("GetTextPolicy", op => TextPolicies.Get(op, store.TextPolicies)),
            Guarded("SetTextPolicy", op => TextPolicies.Set(op, store.TextPolicies)),
            Guarded("RemoveTextPolicy", op => TextPolicies.Remove(op, store.TextPolicies)),
            Guarded("GetPolicies", op => AccountPolicies.GetOfNode(op, store)),
            Guarded("SetPolicies", op => AccountPolicies.SetOfNode(op, store, parts.Logger)),
            Guarded("GetAccountPolicies", op => AccountPolicies.Get(op, store)),
            Guarded("SetAccountPolicies", op => AccountPolicies.Set(op, store)),
            Handle("ListContentRules", op => ContentRules.List(op, store.TextContents)),
            Handle("AddContentRule", op => ContentRules.Add(op, store.TextContents)),
            Handle("RemoveContentRule", op => ContentRules.Remove(op, store.TextContents)),
            Handle("ExplainRoute", op => new(RouteExplanations.Explain(op, parts.Calls.Explainer))),

            Handle("ListRateDecks", op => RateDecks.List(op, store.RateDecks)),
            Handle("CreateRateDeck", op => RateDecks.Create(op, store.RateDecks)),
            Handle("GetRateDeck", op => RateDecks.Get(op, store.RateDecks)),
            Handle("UpdateRateDeck", op => RateDecks.Update(op, store.RateDecks)),
            Handle("DeleteRateDeck", op => RateDecks.Delete(op, store.RateDecks)),
            Handle("ImportRates", op => RateDecks.Import(op, store.RateDecks)),
            Handle("FindRates", op => RateDecks.Find(op, store.RateDecks)),

            Handle("ListBundles", op => Bundles.List(op, store.Bundles)),
            Handle("CreateBundle", op => Bundles.Create(op, store.Bundles)),
            Handle("UpdateBundle", op => Bundles.Update(op, store.Bundles)),

            Handle("ListStock", op => StockNumbers.List(op, store.Stock)),
            Handle("ImportStock", op => StockImports.Import(op, store.Stock)),
            Handle("GetStockNumber", op => StockNumbers.Get(op, store.Stock)),
            Handle("UpdateStockNumber", op => StockNumbers.Update(op, store.Stock)),
            Handle("WithdrawStockNumber", op => StockNumbers.Switch(op, store.Stock, isOffered: false)),
            Handle("OfferStockNumber", op => StockNumbers.Switch(op, store.Stock, isOffered: true)),

            Handle("ListAddresses", op => new(Addresses.List(op, trunkHosts))),
            Handle("ShareAddress", op => Addresses.Share(op, store.SharedAddresses, trunkHosts)),
            Handle("UnshareAddress", op => Addresses.Unshare(op, store.SharedAddresses, trunkHosts)),
            Handle("ListVerifiedNumbers", op => OperatorVerifiedNumbers.List(op, store.VerifiedNumbers)),
            Handle("AddVerifiedNumber", op => OperatorVerifiedNumbers.Add(op, store.VerifiedNumbers)),
            Handle("RemoveVerifiedNumber", op => OperatorVerifiedNumbers.Remove(op, store.VerifiedNumbers)),
            Handle("ListShortCodes", op => OperatorShortCodes.List(op, store.ShortCodes)),
            Handle("AddShortCode", op => OperatorShortCodes.Add(op, store.ShortCodes)),
            Handle("RemoveShortCode", op => OperatorShortCodes.Remove(op, store.ShortCodes)),

            Guarded("ListDoNotCall", op => DoNotCall.List(op, store.DoNotCall)),
            Guarded("AddDoNotCall", op => DoNotCall.Add(op, store.DoNotCall)),
            Guarded("ImportDoNotCall", op => DoNotCall.Import(op, store.DoNotCall)),
            Guarded("LookUpDoNotCall", op => DoNotCall.LookUp(op, store.DoNotCall)),
            Guarded("RemoveDoNotCall", op => DoNotCall.Remove(op, store.DoNotCall)),
            Guarded("ListRegistries", op => RegistryRecords.List(op, store.Registries)),
            Guarded("AddRegistryNumbers", op => RegistryRecords.Add(op, store.Registries)),
            Guarded("ReplaceRegistry", op => RegistryRecords.Replace(op, store.Registries)),
            Guarded("RemoveRegistry", op => RegistryRecords.Remove(op, store.Registries)),
            Guarded("ListConsents", op => ContactConsents.List(op, store.Consents)),
            Guarded("AddConsent", op => ContactConsents.Add(op, store.Consents)),
            Guarded("RevokeConsents", op => ContactConsents.Revoke(op, store.Consents)),

            Guarded("ListCampaigns", op => CampaignRecords.List(op, parts)),
            Guarded("CreateCampaign", op => CampaignRecords.Create(op, parts)),
            Guarded("GetCampaign", op => CampaignRecords.Get(op, parts)),
            Guarded("StartCampaign", op => CampaignRecords.Start(op, parts)),
            Guarded("StopCampaign", op => CampaignRecords.Halt(op, parts)),
            Guarded("AddTargets", op => TargetImports.Add(op, parts)),
            Guarded("ListTargets", op => CampaignRecords.ListTargets(op, parts)),
            Guarded("ListAttempts", op => CampaignRecords.ListAttempts(op, parts)),
            Guarded("ResetTargets", op => CampaignRecords.Reset(op, parts)),

            Live("ListPhones", op => Phones.List(op, store.LivePhones)),
            Live("ListRefusedRegistrations", op => new(RefusedRegistrations.List(op, parts.Calls.Refused.Registrations))),
            Guarded("GetPhoneMessages", op => new(PhoneMessages.Get(op))),
            Guarded("SetPhoneMessages", op => PhoneMessages.Set(op, store.WaitingMessages)),

            .. Of("Numbers", "Number", AccountNumbers.Of(store)),
            Guarded("ListMailboxes", op => VoiceMessages.ListMailboxes(op, store)),
            Guarded("ListVoiceMessages", op => VoiceMessages.List(op, store)),
            Guarded("FetchVoiceMessage", op => VoiceMessages.Fetch(op, store)),
            Guarded("DeleteVoiceMessage", op => VoiceMessages.Delete(op, store)),
            Guarded("ImportNumbers", op => NumberImports.Import(op, store.Numbers)),
            Guarded("PortNumber", op => NumberImports.Port(op, store.Numbers)),
            .. Of("Connections", "Connection", AccountConnections.Of(store)),
            .. Of("Profiles", "Profile", AccountProfiles.Of(store)),
            Guarded("ListDocuments", op => AccountDocuments.List(op, parts)),
            Guarded("CreateDocument", op => AccountDocuments.Create(op, parts)),
            Guarded("GetDocument", op => AccountDocuments.Get(op, parts)),
            Guarded("UpdateDocument", op => AccountDocuments.Update(op, parts)),
            Guarded("DeleteDocument", op => AccountDocuments.Delete(op, parts)),

            Live("ListLiveCalls", op => OngoingCalls.List(op, store.LiveCalls, parts.Calls.IsWaiting)),
            Guarded("ListEndedCalls", op => OngoingCalls.ListEnded(op, store.LiveCalls)),
            Live("ListStreams", op => new(LiveStreams.List(op, parts.Calls.Audio))),
            Live("ListLabCalls", op => LabCalls.List(op, parts.Calls.Lab.Calls)),
            Live("ListRefusedCalls", op => new(RefusedCalls.List(op, parts.Calls.Refused.Calls))),
            Live("ListRefusedDials", op => new(RefusedDialRecords.List(op, parts.Calls.Refused.Dials))),
            Guarded("GetCallFaces", op => CallFaces.Get(op, parts.Calls)),
            Handle("GetCallTrace", op => CallTraceView.Get(op, parts.Calls.Traces)),
            Guarded("PlaceTestCall", op => TestCalls.Place(op, store)),
            Guarded("CreateTryLink", op => new(TryLinks.Create(op, parts.Documents.Links, parts.Calls.Lab.CreateTryLink))),
            Guarded("ListCallEvents", op => TestCalls.ListEvents(op, store)),
            Guarded("HangUpCall", op => TestCalls.HangUp(op, parts.Calls.Traces)),

            Live("ListLiveConferences", op => LiveConferences.List(op, store.LiveConferences)),
            Live("GetLiveConference", op => LiveConferences.Get(op, store.LiveConferences)),
            Live("ListLiveParticipants", op => LiveConferences.ListParticipants(op, store.LiveConferences)),
            Live("ListLiveQueues", op => LiveQueues.List(op, store.LiveQueues)),
            Live("GetLiveQueue", op => LiveQueues.Get(op, store.LiveQueues)),
            Live("ListQueuedCalls", op => LiveQueues.ListCalls(op, store.LiveQueues)),

            Handle("GetClock", op => new(Clock.Get(op, parts))),
            Handle("SetClock", op => Clock.Set(op, parts)),

            Handle("SaveSnapshot", op => Snapshots.Save(op, parts.Snapshots)),
            Handle("LoadSnapshot", op => Snapshots.Load(op, parts.Snapshots)),
        ];

        // What opens accounts to somebody, costs money or says what customers do. Where a listener asks nobody for a key, whoever is logged
        // in on the machine reaches it; only the socket is the owner's alone.
        Binding Guarded(string operation, Func<OperationContext, ValueTask<Reply>> handler) => Handle(operation, op =>
            parts.AsksForKey || op.Origin.Address is null ? handler(op)
            : new(op.Fail(Fault.Forbidden,
                "This is answered on the data folder's socket, and here where the operator key is asked for: start the "
                    + "node with --operator-key.")));

        // What a node that is gone has left in its tables lives no more; the next start says so there too.
        Binding Live(string operation, Func<OperationContext, ValueTask<Reply>> handler) => Guarded(operation, op =>
            parts.Calls.AreLive ? handler(op) : new(op.Fail(Fault.Unavailable, LiveCalls.NoNode)));
    }

    private static Binding[] Of<T>(string all, string one, AccountRecords<T> records) =>
    [
        Handle("List" + all, records.List),
        Handle("Create" + one, records.Create),
        Handle("Get" + one, records.Get),
        Handle("Update" + one, records.Update),
        Handle("Delete" + one, records.Delete),
    ];
}
