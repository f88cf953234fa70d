using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using static Ringwright.Http.Bind;

namespace Ringwright.Operator;

/// <summary>
/// The operator's own API, for the admin listener: trunks, routes, prices, what accounts have, where calls would go, and what became of them. Its contract
/// is in <c>contracts/operator</c>.
/// </summary>
public static class OperatorDialect
{
    public const string Root = "/operator/v1";

    public static Dialect Create(
        Database store, IRouteExplainer explainer, CallTraces traces, ITrunkRegistrations registrations, TrunkHosts trunkHosts, ITrunkHostCheck hostCheck)
    {
        var contract = ReadContract();
        return new()
        {
            Name = "operator",
            Root = Root,
            Contract = contract,
            Errors = ErrorCatalogue.Read(Text("errors.tsv"), Text("faults.tsv")),
            Form = OperatorForm.Form,
            Bindings = new(contract, Rows(store, explainer, traces, registrations, trunkHosts, hostCheck)),
            Json = JsonSerializerOptions.Default,       // handlers read and write nodes only
            Rows = static kind => throw new InvalidOperationException($"The operator's API has no plain resource '{kind.RecordType}'."),
        };
    }

    internal static Contract ReadContract()
    {
        using var json = Open("contract.json");
        return Contract.Read(json, Envelope.Data);
    }

    private static IEnumerable<Binding> Rows(
        Database store, IRouteExplainer explainer, CallTraces traces, ITrunkRegistrations registrations, TrunkHosts trunkHosts, ITrunkHostCheck hostCheck) =>
    [
        Handle("ListTrunks", op => Trunks.List(op, store.Trunks, registrations)),
        Handle("CreateTrunk", op => Trunks.Create(op, store.Trunks, registrations, hostCheck)),
        Handle("GetTrunk", op => Trunks.Get(op, store.Trunks, registrations)),
        Handle("UpdateTrunk", op => Trunks.Update(op, store.Trunks, registrations, hostCheck)),
        Handle("DeleteTrunk", op => Trunks.Delete(op, store.Trunks, registrations)),

        Handle("ListRoutes", op => Operator.Routes.List(op, store.Routes)),
        Handle("CreateRoute", op => Operator.Routes.Create(op, store.Routes)),
        Handle("GetRoute", op => Operator.Routes.Get(op, store.Routes)),
        Handle("UpdateRoute", op => Operator.Routes.Update(op, store.Routes)),
        Handle("DeleteRoute", op => Operator.Routes.Delete(op, store.Routes)),
        Handle("ExplainRoute", op => new(RouteExplanations.Explain(op, explainer))),

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

        Handle("ListAddresses", op => new(Addresses.List(op, trunkHosts))),
        Handle("ShareAddress", op => Addresses.Share(op, store.SharedAddresses, trunkHosts)),
        Handle("UnshareAddress", op => Addresses.Unshare(op, store.SharedAddresses, trunkHosts)),
        Handle("ListVerifiedNumbers", op => VerifiedNumbers.List(op, store.VerifiedNumbers)),
        Handle("AddVerifiedNumber", op => VerifiedNumbers.Add(op, store.VerifiedNumbers)),
        Handle("RemoveVerifiedNumber", op => VerifiedNumbers.Remove(op, store.VerifiedNumbers)),

        .. Of("Numbers", "Number", AccountNumbers.Of(store)),
        .. Of("Connections", "Connection", AccountConnections.Of(store)),
        .. Of("Profiles", "Profile", AccountProfiles.Of(store)),

        Handle("GetCallTrace", op => CallTraceView.Get(op, traces)),
    ];

    private static Binding[] Of<T>(string all, string one, AccountRecords<T> records) =>
    [
        Handle("List" + all, records.List),
        Handle("Create" + one, records.Create),
        Handle("Get" + one, records.Get),
        Handle("Update" + one, records.Update),
        Handle("Delete" + one, records.Delete),
    ];

    private static string Text(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) =>
        typeof(OperatorDialect).Assembly.GetManifestResourceStream("operator/" + name) ?? throw new InvalidOperationException($"The program lacks contracts/operator/{name}.");
}
